"""The decoder: from the encoder's last states and its own words so far to features of the next.

A decoder's features are ``[state ; context]``; what the context is made of is decided by the
attention. Two ways to run it share everything but the order of the computation: without input
feeding all states come first, and all looks at the source are one batched product; with it, each
look is needed for the next state.
"""

from typing import NamedTuple, Self

import numpy as np

from seqflip.nn.arrays import FloatArray, IntArray
from seqflip.nn.attention import Attended, Attention, AttentionCache, Memory
from seqflip.nn.buffers import Buffers
from seqflip.nn.rnn.cells import State
from seqflip.nn.rnn.recurrent import BackwardWalk, DenseCache, RecurrentCache
from seqflip.nn.rnn.stack import Stack, StackCache


class DecoderState(NamedTuple):
    """All that a decoder remembers from one step to the next."""

    layers: list[State]  # each part (1, batch, d_model)
    context: FloatArray  # (batch, d_v): of the previous step
    weights: FloatArray | None = None  # (batch, source_len): of the previous step, if there was one

    @property
    def by_layer(self) -> FloatArray:
        """What each layer puts out, (layers, batch, d_model)."""
        return np.array([layer[0][0] for layer in self.layers])

    def take(self, rows: IntArray) -> Self:
        """Return the state with these rows of the batch."""
        layers = [tuple(part[:, rows] for part in layer) for layer in self.layers]
        weights = None if self.weights is None else self.weights[rows]
        return self._replace(layers=layers, context=self.context[rows], weights=weights)


class DecoderGradients(NamedTuple):
    """Gradients by what a decoder started from and looked at."""

    layers: list[State]
    key: FloatArray  # (batch, source_len, d_k)
    value: FloatArray  # (batch, source_len, d_v)


class DecoderCache(NamedTuple):
    """What a decoder's forward pass leaves for its backward pass."""

    stack: StackCache
    attention: list[AttentionCache]  # one for all steps, or one a step with input feeding
    contexts: FloatArray  # (batch, steps, d_v)
    fed: FloatArray | None = None  # (steps, 1, batch, d_v): the contexts that were fed, if they are

    @property
    def looked(self) -> Attended:
        """What was compared and found, of all steps."""
        looks = self.attention
        if len(looks) == 1:
            return Attended(looks[0].query, looks[0].scores, looks[0].weights, looks[0].stages)
        parts = zip(*((look.query, look.scores, look.weights) for look in looks), strict=True)
        query, scores, weights = (np.concatenate(part, axis=1) for part in parts)
        stages = {
            name: np.concatenate([look.stages[name] for look in looks], axis=1)
            for name in looks[0].stages
        }
        return Attended(query, scores, weights, stages)

    @property
    def layer_states(self) -> FloatArray:
        """The states after each step, (layers, batch, steps, d_model)."""
        after = [layer.tape.states[0][1:, 0] for layer in self.stack.layers]
        return np.array(after).swapaxes(1, 2)

    @property
    def contexts_read(self) -> FloatArray | None:
        """The contexts that were read with the tokens, (batch, steps, d_v)."""
        return None if self.fed is None else self.fed[:, 0].swapaxes(0, 1)


class Decoder:
    """All steps of the recurrence first, then all looks at once.

    Parameters
    ----------
    stack : Stack of one direction
    attention : Attention
    dropout : acts on the features
    """

    def __init__(self, stack: Stack, attention: Attention) -> None:
        self.stack, self.attention, self.dropout = stack, attention, stack.dropout
        self.d_features = stack.width + attention.d_v

    def forward(
        self,
        tokens: IntArray,
        state: DecoderState,
        memory: Memory,
        rng: np.random.Generator | None,
        buffers: Buffers,
    ) -> tuple[FloatArray, DecoderState, DecoderCache]:
        """Read ``tokens``, ``(steps, batch)``, each the word before the one to be predicted.

        Returns
        -------
        features : (batch, steps, d_model + d_v)
        state : DecoderState after the last step
        cache : DecoderCache
        """
        features = buffers.empty(tokens.shape[1], tokens.shape[0], self.d_features)
        states, context = features[..., : self.stack.width], features[..., self.stack.width :]
        layers, stack = self.stack.forward(
            tokens, state.layers, None, rng, buffers, out=states.swapaxes(0, 1)
        )
        look = self.attention.forward(states, memory, context, buffers, state.weights)
        final = DecoderState(layers, context[:, -1], look.weights[:, -1])
        return features, final, DecoderCache(stack, [look], context)

    def backward(
        self, d_features: FloatArray, cache: DecoderCache, buffers: Buffers
    ) -> DecoderGradients:
        """Accumulate all gradients, given that by the features (which is overwritten)."""
        width = self.stack.width
        d_states, d_context = d_features[..., :width], d_features[..., width:]
        through_look = self.attention.backward(d_context, cache.attention[0], buffers)
        d_states += through_look.states
        d_layers = self.stack.backward(d_states.swapaxes(0, 1), None, cache.stack, buffers)
        return DecoderGradients(d_layers, through_look.key, through_look.value)


class InputFeedingDecoder(Decoder):
    """Step by step: the context of one step is part of the input of the next.

    Luong et al. (2015), section 3.3, https://arxiv.org/abs/1508.04025
    """

    def _context_weight(self) -> FloatArray:
        """Return the lowest layer's weights for the context: (gates, 1, d_model, d_v)."""
        return self.stack.layers[0].weight.value[..., self.stack.width :]

    def forward(
        self,
        tokens: IntArray,
        state: DecoderState,
        memory: Memory,
        rng: np.random.Generator | None,
        buffers: Buffers,
    ) -> tuple[FloatArray, DecoderState, DecoderCache]:
        """Read ``tokens`` one after the other; see :meth:`Decoder.forward`."""
        steps, batch = tokens.shape
        layers = self.stack.layers
        width, gates_shape = self.stack.width, (layers[0].cell.gates, 1, batch, self.stack.width)
        features = buffers.empty(batch, steps, self.d_features)
        states, contexts = features[..., :width], features[..., width:]
        bottom_gates, inputs = self.stack.embed(tokens, rng, buffers)
        gates = [bottom_gates, *(buffers.empty(steps, *gates_shape) for _ in layers[1:])]
        tapes = [
            layer.cell.tape(g, s, buffers)
            for layer, g, s in zip(layers, gates, state.layers, strict=True)
        ]
        upper_inputs = [buffers.empty(steps, 1, batch, width) for _ in layers[1:]]
        masks: list[list[FloatArray | None]] = [[] for _ in layers[1:]]
        fed = buffers.empty(steps, 1, batch, self.attention.d_v)
        weight = self._context_weight().swapaxes(2, 3)
        attention: list[AttentionCache] = []
        for t in range(steps):
            fed[t, 0] = contexts[:, t - 1] if t > 0 else state.context
            bottom_gates[t] += np.matmul(fed[t], weight)
            layers[0].cell.step(tapes[0], t)
            for index, layer in enumerate(layers[1:]):
                x, mask = self.dropout.forward(tapes[index].states[0][t + 1], rng)
                masks[index].append(mask)
                upper_inputs[index][t] = x
                np.matmul(x, layer.weight.value.swapaxes(2, 3), out=gates[index + 1][t])
                gates[index + 1][t] += layer.bias.value + layer.cell.outer_bias()
                layer.cell.step(tapes[index + 1], t)
            states[:, t] = tapes[-1].states[0][t + 1, 0]
            now = slice(t, t + 1)
            before = attention[-1].weights[:, 0] if attention else state.weights
            attention.append(
                self.attention.forward(states[:, now], memory, contexts[:, now], buffers, before)
            )
        between = [
            (_joined(kept), DenseCache(x)) for kept, x in zip(masks, upper_inputs, strict=True)
        ]
        stack = StackCache(inputs, between, [RecurrentCache(tape, None) for tape in tapes])
        weights = attention[-1].weights[:, 0]
        final = DecoderState([tape.state(-1) for tape in tapes], contexts[:, -1], weights)
        return features, final, DecoderCache(stack, attention, contexts, fed)

    def backward(
        self, d_features: FloatArray, cache: DecoderCache, buffers: Buffers
    ) -> DecoderGradients:
        """Accumulate all gradients, given that by the features."""
        layers, width = self.stack.layers, self.stack.width
        walks = [
            BackwardWalk(layer, c, buffers)
            for layer, c in zip(layers, cache.stack.layers, strict=True)
        ]
        d_layers = [walk.zero for walk in walks]
        memory = cache.attention[0].memory
        d_key, d_value = np.zeros_like(memory.key), np.zeros_like(memory.value)
        d_fed: FloatArray = np.zeros_like(d_features[:, 0, width:])
        d_weights: FloatArray | None = None
        for t in reversed(range(d_features.shape[1])):
            d_context: FloatArray = d_features[:, t, width:] + d_fed
            through_look = self.attention.backward(
                d_context[:, None], cache.attention[t], buffers, d_weights
            )
            d_weights = through_look.before
            d_key += through_look.key
            d_value += through_look.value
            d_h: FloatArray = d_features[:, t, :width] + through_look.states[:, 0]
            for index in reversed(range(len(layers))):
                d_layers[index][0][...] += d_h
                d_layers[index] = walks[index].step(t, d_layers[index])
                d_gates = walks[index].d_inputs(t)
                if index > 0:
                    mask = cache.stack.between[index - 1][0]
                    d_x = np.matmul(d_gates, layers[index].weight.value).sum(axis=0)[0]
                    d_h = self.dropout.backward(d_x, None if mask is None else mask[t])
                else:
                    d_fed = np.matmul(d_gates, self._context_weight()).sum(axis=0)[0]
        self._accumulate(walks, cache, buffers)
        return DecoderGradients(d_layers, d_key, d_value)

    def _accumulate(self, walks: list[BackwardWalk], cache: DecoderCache, buffers: Buffers) -> None:
        """Accumulate the gradients of all layers' weights, each in one product over all steps."""
        assert cache.fed is not None
        bottom = self.stack.layers[0]
        d_gates = walks[0].finish()
        self.stack.embed_backward(d_gates, cache.stack.inputs, buffers)
        fed = cache.fed.reshape(1, d_gates.shape[2], self.attention.d_v)
        bottom.weight.grad[..., self.stack.width :] += np.matmul(d_gates.swapaxes(2, 3), fed)
        for layer, walk, (_, dense) in zip(
            self.stack.layers[1:], walks[1:], cache.stack.between, strict=True
        ):
            layer.accumulate_inputs(walk.finish(), dense)


def _joined(masks: list[FloatArray | None]) -> FloatArray | None:
    """Return the dropout's masks of all steps as one array; None where nothing was dropped."""
    present = [mask for mask in masks if mask is not None]
    return np.concatenate(present) if present else None
