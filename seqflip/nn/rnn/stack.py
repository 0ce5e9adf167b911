"""Recurrent layers on top of each other: tokens in, the top layer's states out.

The encoder is such a stack; so is the decoder. Dropout acts on what enters a layer, never along
time: Zaremba et al. (2014), https://arxiv.org/abs/1409.2329.
"""

from typing import NamedTuple

import numpy as np

from seqflip.nn.arrays import BoolArray, FloatArray, IntArray
from seqflip.nn.buffers import Buffers
from seqflip.nn.layers import Dropout, Embedding
from seqflip.nn.parameters import Parameters
from seqflip.nn.rnn.cells import Cell, State
from seqflip.nn.rnn.recurrent import (
    DenseCache,
    Recurrent,
    RecurrentCache,
    TokenCache,
    in_loop_order,
    join_directions,
    split_directions,
)
from seqflip.nn.start import Declared


class EmbeddedCache(NamedTuple):
    """Inputs that were embedded one by one."""

    tokens: IntArray  # (steps, batch)
    dropped: FloatArray | None  # (steps, batch, d_model)
    dense: DenseCache


def declare_layers(
    cell: type[Cell], layers: int, directions: int, d_model: int, fed: int = 0
) -> dict[str, Declared]:
    """Return the parameters of a stack, as ``torch.nn.RNN`` names them.

    ``fed`` is how much wider than ``d_model`` the lowest layer's input is.
    """
    declared: dict[str, Declared] = {}
    for layer in range(layers):
        n_in = d_model + (fed if layer == 0 else 0)
        kinds = cell.declare(n_in, d_model // directions)
        for kind, one in kinds.items():
            declared |= dict.fromkeys(_names(kind, layer, directions), one)
    return declared


def make_layers(
    cell: type[Cell], layers: int, directions: int, parameters: Parameters, prefix: str
) -> list[Recurrent]:
    """Return the layers over parameters that :func:`declare_layers` named."""
    kinds = cell.declare(1, 1)
    made = []
    for layer in range(layers):
        names = {kind: _names(kind, layer, directions) for kind in kinds}
        own = {
            kind: parameters.stack([prefix + name for name in both]) for kind, both in names.items()
        }
        made.append(Recurrent(cell, **own))
    return made


def _names(kind: str, layer: int, directions: int) -> list[str]:
    return [f"{kind}_l{layer}{direction}" for direction in ("", "_reverse")[:directions]]


class StackCache(NamedTuple):
    """What :meth:`Stack.forward` leaves for its backward pass."""

    inputs: TokenCache | EmbeddedCache
    between: list[
        tuple[FloatArray | None, DenseCache]
    ]  # the dropout's mask and the input of each upper layer
    layers: list[RecurrentCache]


class Stack:
    """An embedding and layers of one or two directions.

    Parameters
    ----------
    embedding : Embedding
    layers : the recurrent layers, from the lowest
    dropout : Dropout
    """

    def __init__(self, embedding: Embedding, layers: list[Recurrent], dropout: Dropout) -> None:
        self.embedding, self.layers, self.dropout = embedding, layers, dropout
        self.directions = layers[0].directions
        self.width = self.directions * layers[0].hidden

    def embed(
        self, tokens: IntArray, rng: np.random.Generator | None, buffers: Buffers
    ) -> tuple[FloatArray, TokenCache | EmbeddedCache]:
        """Return the lowest layer's gates for ``tokens``, ``(steps, batch)``."""
        bottom = self.layers[0]
        drops = rng is not None and self.dropout.rate > 0
        if not drops and len(self.embedding.weight.value) <= tokens.size:
            ordered = in_loop_order(tokens, self.directions)
            return bottom.project_tokens(ordered, self.embedding.weight, buffers)
        x, dropped = self.dropout.forward(self.embedding.forward(tokens), rng)
        gates, dense = bottom.project(x, buffers)
        return gates, EmbeddedCache(tokens, dropped, dense)

    def embed_backward(
        self, d_gates: FloatArray, cache: TokenCache | EmbeddedCache, buffers: Buffers
    ) -> None:
        """Accumulate the gradients of the embedding and the lowest layer's input weights."""
        bottom = self.layers[0]
        if isinstance(cache, TokenCache):
            bottom.project_tokens_backward(d_gates, self.embedding.weight, cache, buffers)
        else:
            d_x = self.dropout.backward(
                bottom.project_backward(d_gates, cache.dense), cache.dropped
            )
            self.embedding.backward(d_x, cache.tokens, buffers)

    def forward(
        self,
        tokens: IntArray,
        states: list[State],
        pad: BoolArray | None,
        rng: np.random.Generator | None,
        buffers: Buffers,
        out: FloatArray,
    ) -> tuple[list[State], StackCache]:
        """Run all layers over ``tokens``.

        Parameters
        ----------
        tokens : (steps, batch)
        states : what each layer starts from
        pad : (steps, batch), optional
            True at padding.
        rng : for dropout; None: nothing is dropped
        out : (steps, batch, width)
            Is filled with the top layer's states.

        Returns
        -------
        final : each layer's last state
        cache : StackCache
        """
        if pad is not None:
            pad = in_loop_order(pad, self.directions)[..., None]
        gates, inputs = self.embed(tokens, rng, buffers)
        between: list[tuple[FloatArray | None, DenseCache]] = []
        caches: list[RecurrentCache] = []
        for layer, state in zip(self.layers, states, strict=True):
            if caches:
                below = caches[-1].tape.states[0][1:]
                joined = join_directions(below, out=buffers.empty(*tokens.shape, self.width))
                x, dropped = self.dropout.forward(joined, rng)
                gates, dense = layer.project(x, buffers)
                between.append((dropped, dense))
            caches.append(layer.forward(gates, state, pad, buffers))
        join_directions(caches[-1].tape.states[0][1:], out=out)
        return [cache.tape.state(-1) for cache in caches], StackCache(inputs, between, caches)

    def backward(
        self, d_output: FloatArray, d_final: list[State] | None, cache: StackCache, buffers: Buffers
    ) -> list[State]:
        """Accumulate all gradients; return those by the initial states.

        Parameters
        ----------
        d_output : (steps, batch, width)
        d_final : gradient by each layer's last state, optional
        """
        d_initial: list[State] = []
        for index in reversed(range(len(self.layers))):
            with buffers.scope():
                d_last = None if d_final is None else d_final[index]
                d_below, d_first = self._layer_backward(index, d_output, d_last, cache, buffers)
            d_initial.insert(0, d_first)
            if d_below is not None:
                d_output = d_below
        return d_initial

    def _layer_backward(
        self,
        index: int,
        d_output: FloatArray,
        d_final: State | None,
        cache: StackCache,
        buffers: Buffers,
    ) -> tuple[FloatArray | None, State]:
        """Return the gradients by the output of the layer below, if any, and the initial state."""
        layer = self.layers[index]
        d_states = split_directions(d_output, self.directions, buffers)
        d_gates, d_first = layer.backward(d_states, d_final, cache.layers[index], buffers)
        if index == 0:
            self.embed_backward(d_gates, cache.inputs, buffers)
            return None, d_first
        dropped, dense = cache.between[index - 1]
        d_input = layer.project_backward(d_gates, dense)
        return self.dropout.backward(d_input, dropped), d_first
