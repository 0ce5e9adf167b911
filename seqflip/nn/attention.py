"""Attention: where to look, decided anew at every output step.

A query is compared with one key per input position; the softmax of the scores says how much of each
position's value goes into the context. Variants differ only in how they score.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import ClassVar, NamedTuple, Self

import numpy as np

from seqflip.nn import reference
from seqflip.nn.arrays import BoolArray, FloatArray
from seqflip.nn.buffers import Buffers
from seqflip.nn.dot_product import dot_products, scale_for
from seqflip.nn.functional import softmax, softmax_backward, tanh_backward
from seqflip.nn.layers import Linear
from seqflip.nn.looking import CROSS, Weigh, WeighAt, Where
from seqflip.nn.parameters import Parameter
from seqflip.nn.registry import Registry
from seqflip.nn.start import Declared, glorot


class Memory(NamedTuple):
    """What can be attended to: made once from the encoder's states, used at every output step."""

    states: FloatArray  # (batch, source_len, d_model)
    key: FloatArray  # (batch, source_len, d_k)
    value: FloatArray  # (batch, source_len, d_v)
    mask: BoolArray | None  # (batch, 1, source_len), True: may be attended to
    weigh: Weigh = softmax  # another one for experiments; the backward pass is the softmax's

    def weighed_by(self, weigh_at: WeighAt) -> Self:
        """Return it with another way from scores to weights, where there is another."""
        weigh = weigh_at(Where(CROSS, 0))
        return self if weigh is None else self._replace(weigh=weigh)

    def repeated(self, n: int) -> Self:
        """Return a batch of one as a batch of ``n`` equal ones, without a copy."""

        def repeat(x: FloatArray) -> FloatArray:
            return np.broadcast_to(x, (n, *x.shape[1:]))

        return self._replace(
            states=repeat(self.states), key=repeat(self.key), value=repeat(self.value)
        )


Stages = Mapping[str, FloatArray]  # by name, each (batch, steps, ...)
NO_STAGES: Stages = MappingProxyType({})


class AttentionCache(NamedTuple):
    """One look, or many at once: every intermediate between decoder states and context."""

    states: FloatArray  # (batch, steps, d_model)
    query: FloatArray  # (batch, steps, d_k)
    scores: FloatArray  # (batch, steps, source_len), as they enter the softmax
    weights: FloatArray  # (batch, steps, source_len)
    memory: Memory
    hidden: FloatArray | None = None  # (batch, steps, source_len, d_k), additive: tanh(query + key)
    stages: Stages = NO_STAGES  # what else a variant makes on the way


class Attended(NamedTuple):
    """What was compared and found when some steps attended."""

    query: FloatArray  # (batch, steps, d_k)
    scores: FloatArray  # (batch, steps, source_len)
    weights: FloatArray  # (batch, steps, source_len)
    stages: Stages = NO_STAGES


class AttentionGradients(NamedTuple):
    """Gradients of the loss by what went into a look."""

    states: FloatArray  # (batch, steps, d_model)
    key: FloatArray  # (batch, source_len, d_k)
    value: FloatArray  # (batch, source_len, d_v)
    before: FloatArray | None = None  # (batch, source_len): by the weights of the step before


class Attention:
    """What all variants share: projections to query, key and value, softmax, and the weighted sum.

    Parameters
    ----------
    parameters : mapping
        What :meth:`declare` names.

    Attributes
    ----------
    attends : bool
        Whether there is anything to see.
    remembers : bool
        Whether where it looks depends on where it looked a step before.
    scale : float
        What the sum of the terms is multiplied by.
    formula, term : str
        The score without its scale, and what it is the sum of, as one would write them of
        ``{query}`` and ``{key}``.
    plain : function of query, key and the parameters that are its own
        The scores, as in :mod:`seqflip.nn.reference`.
    plain_stages : mapping
        What makes each of its stages, as in :mod:`seqflip.nn.reference`.
    """

    name: ClassVar[str]
    label: ClassVar[str]
    formula: ClassVar[str] = "score({query}, {key})"
    term: ClassVar[str] = "term"
    plain: ClassVar[Callable[..., FloatArray] | None] = None
    plain_stages: ClassVar[Mapping[str, Callable[..., FloatArray]]] = {}
    attends: ClassVar[bool] = True
    remembers: ClassVar[bool] = False
    scale = 1.0

    def __init__(self, parameters: Mapping[str, Parameter]) -> None:
        self.query, self.key, self.value = (
            Linear(parameters[f"{part}.weight"]) for part in ("query", "key", "value")
        )
        self.d_k = len(self.query.weight.value)
        self.d_v = len(self.value.weight.value)

    @classmethod
    def declare(cls, d_model: int, d_k: int, d_v: int) -> dict[str, Declared]:
        """Return the parameters' names, shapes and beginnings."""
        widths = {"query": d_k, "key": d_k, "value": d_v}
        return {
            f"{part}.weight": Declared((width, d_model), glorot()) for part, width in widths.items()
        }

    @classmethod
    def hidden_size(cls, d_k: int) -> int:
        """Return how many numbers are squashed, and kept, for each score."""
        return 0

    def remember(self, states: FloatArray, mask: BoolArray | None, buffers: Buffers) -> Memory:
        """Project encoder states ``(batch, source_len, d_model)`` to keys and values.

        ``mask``, ``(batch, 1, source_len)``, is True at real tokens; None where all are.
        """
        flat = states.reshape(-1, states.shape[-1])
        key = self.key.forward(flat, out=buffers.empty(len(flat), self.d_k))
        value = self.value.forward(flat, out=buffers.empty(len(flat), self.d_v))
        shape = states.shape[:2]
        return Memory(states, key.reshape(*shape, self.d_k), value.reshape(*shape, self.d_v), mask)

    def remember_backward(
        self, d_key: FloatArray, d_value: FloatArray, memory: Memory, buffers: Buffers
    ) -> FloatArray:
        """Return the gradient by the encoder's states, ``(batch, source_len, d_model)``."""
        flat = memory.states.reshape(-1, memory.states.shape[-1])
        d_states = self.key.backward(
            d_key.reshape(-1, self.d_k), flat, out=buffers.empty(*flat.shape)
        )
        d_states += self.value.backward(
            d_value.reshape(-1, self.d_v), flat, out=buffers.empty(*flat.shape)
        )
        return d_states.reshape(memory.states.shape)

    def ask(self, states: FloatArray, buffers: Buffers) -> FloatArray:
        """Make queries, ``(batch, steps, d_k)``, of decoder states, ``(batch, steps, d_model)``."""
        flat = states.reshape(-1, states.shape[-1])
        query = self.query.forward(flat, out=buffers.empty(len(flat), self.d_k))
        return query.reshape(*states.shape[:2], self.d_k)

    def ask_backward(self, d_query: FloatArray, states: FloatArray, buffers: Buffers) -> FloatArray:
        """Return the gradient by the decoder's states, ``(batch, steps, d_model)``."""
        flat = states.reshape(-1, states.shape[-1])
        d_states = self.query.backward(
            d_query.reshape(-1, self.d_k), flat, out=buffers.empty(*flat.shape)
        )
        return d_states.reshape(states.shape)

    def forward(
        self,
        states: FloatArray,
        memory: Memory,
        context: FloatArray,
        buffers: Buffers,
        before: FloatArray | None = None,
    ) -> AttentionCache:
        """Look from decoder states at the memory.

        Parameters
        ----------
        states : (batch, steps, d_model)
        memory : Memory
        context : (batch, steps, d_v)
            Is filled with the weighted sums of the values.
        before : (batch, source_len), optional
            The weights of the step before; None: there was none. Only what remembers reads them.
        """
        query = self.ask(states, buffers)
        scores, hidden = self.score(query, memory.key, buffers)
        weights = memory.weigh(scores, memory.mask, out=buffers.empty(*scores.shape))
        np.matmul(weights, memory.value, out=context)
        return AttentionCache(states, query, scores, weights, memory, hidden)

    def backward(
        self,
        d_context: FloatArray,
        cache: AttentionCache,
        buffers: Buffers,
        d_last: FloatArray | None = None,
    ) -> AttentionGradients:
        """Return the gradients by all that went in; accumulate those of the parameters.

        Parameters
        ----------
        d_context : (batch, steps, d_v)
        cache : AttentionCache
        d_last : (batch, source_len), optional
            What comes by the last step's weights from the step that follows.
        """
        d_weights, d_value = self.see_backward(d_context, cache, buffers)
        d_scores = softmax_backward(d_weights, cache.weights)
        d_query, d_key = self.score_backward(d_scores, cache, buffers)
        return AttentionGradients(self.ask_backward(d_query, cache.states, buffers), d_key, d_value)

    @staticmethod
    def see_backward(
        d_context: FloatArray, cache: AttentionCache, buffers: Buffers
    ) -> tuple[FloatArray, FloatArray]:
        """Return the gradients by the weights and the values, through their products alone."""
        value, weights = cache.memory.value, cache.weights
        d_value = np.matmul(weights.swapaxes(1, 2), d_context, out=buffers.empty(*value.shape))
        d_weights = np.matmul(d_context, value.swapaxes(1, 2), out=buffers.empty(*weights.shape))
        return d_weights, d_value

    def score(
        self, query: FloatArray, key: FloatArray, buffers: Buffers
    ) -> tuple[FloatArray, FloatArray | None]:
        """Return scores ``(batch, steps, source_len)`` and what else the backward pass needs."""
        raise NotImplementedError

    def terms(self, query: FloatArray, key: FloatArray) -> FloatArray:
        """Return what each score is ``scale`` times the sum of, for one to check by hand.

        Parameters
        ----------
        query : (steps, d_k)
        key : (source_len, d_k)

        Returns
        -------
        (steps, source_len, d_k)
        """
        raise NotImplementedError

    def compared(self, key: FloatArray, stages: Stages) -> FloatArray:
        """Return what queries met: the keys, ``(source_len, d_k)``, or ``(steps, ...)`` of them.

        ``stages`` are those of one sequence, each ``(steps, ...)``.
        """
        return key

    def factors(self, query: FloatArray, key: FloatArray) -> dict[str, FloatArray]:
        """Return by name what stands between a query and a key, ``(d_k,)``, and their terms."""
        return {}

    def score_backward(
        self, d_scores: FloatArray, cache: AttentionCache, buffers: Buffers
    ) -> tuple[FloatArray, FloatArray]:
        """Return the gradients by query and key."""
        raise NotImplementedError


ATTENTIONS: Registry[type[Attention]] = Registry()


class Products(Attention):
    """What the two that multiply share: ``score = scale * query · key``."""

    formula, term = "{query} · {key}", "{query} {key}"

    def score(
        self, query: FloatArray, key: FloatArray, buffers: Buffers
    ) -> tuple[FloatArray, FloatArray | None]:
        """Return ``scale * query keyᵀ``."""
        scores = buffers.empty(*query.shape[:2], key.shape[1])
        return dot_products(query, key, self.scale, out=scores), None

    def terms(self, query: FloatArray, key: FloatArray) -> FloatArray:
        """Return the products ``query[i] key[i]``."""
        return query[:, None] * key

    def score_backward(
        self, d_scores: FloatArray, cache: AttentionCache, buffers: Buffers
    ) -> tuple[FloatArray, FloatArray]:
        key, query = cache.memory.key, cache.query
        d_scores *= self.scale
        d_query = np.matmul(d_scores, key, out=buffers.empty(*query.shape))
        d_key = np.matmul(d_scores.swapaxes(1, 2), query, out=buffers.empty(*key.shape))
        return d_query, d_key


@ATTENTIONS.register
class ScaledDotAttention(Products):
    """``score = query · key / sqrt(d_k)``: Vaswani et al. (2017), https://arxiv.org/abs/1706.03762.

    The products of ``d_k`` terms have a spread of ``sqrt(d_k)``. Without the division, a large
    ``d_k`` saturates the softmax, and almost no gradient passes through it.
    """

    name, label = "scaled_dot", "Scaled dot product"
    plain = staticmethod(reference.scaled_dot)

    def __init__(self, parameters: Mapping[str, Parameter]) -> None:
        super().__init__(parameters)
        self.scale = scale_for(self.d_k)


@ATTENTIONS.register
class DotAttention(Products):
    """``score = query · key``: Luong et al. (2015), https://arxiv.org/abs/1508.04025."""

    name, label = "dot", "Dot product, unscaled"
    plain = staticmethod(reference.dot)


@ATTENTIONS.register
class AdditiveAttention(Attention):
    """``score = w · tanh(query + key)``: Bahdanau et al. (2015), https://arxiv.org/abs/1409.0473.

    ``w`` is one more parameter, ``(d_k,)``.
    """

    name, label = "additive", "Additive"
    formula = "w · tanh({query} + {key})"
    plain = staticmethod(reference.additive)

    def __init__(self, parameters: Mapping[str, Parameter]) -> None:
        super().__init__(parameters)
        self.weight = parameters["score.weight"]

    @classmethod
    def declare(cls, d_model: int, d_k: int, d_v: int) -> dict[str, Declared]:
        return super().declare(d_model, d_k, d_v) | {"score.weight": Declared((d_k,), glorot())}

    @classmethod
    def hidden_size(cls, d_k: int) -> int:
        return d_k

    def score(
        self, query: FloatArray, key: FloatArray, buffers: Buffers
    ) -> tuple[FloatArray, FloatArray | None]:
        """Return ``w · tanh(query + key)`` for every pair, and the ``tanh``."""
        batch, steps, d_k = query.shape
        hidden = buffers.empty(batch, steps, key.shape[1], d_k)
        np.add(query[:, :, None], key[:, None], out=hidden)
        np.tanh(hidden, out=hidden)
        return np.matmul(hidden, self.weight.value, out=buffers.empty(*hidden.shape[:3])), hidden

    def terms(self, query: FloatArray, key: FloatArray) -> FloatArray:
        """Return the products ``w[i] tanh(query[i] + key[i])``."""
        products: FloatArray = self.weight.value * np.tanh(query[:, None] + key)
        return products

    def factors(self, query: FloatArray, key: FloatArray) -> dict[str, FloatArray]:
        return {"tanh(sum)": np.tanh(query + key), "w_i": self.weight.value}

    def score_backward(
        self, d_scores: FloatArray, cache: AttentionCache, buffers: Buffers
    ) -> tuple[FloatArray, FloatArray]:
        """Return the gradients by query and key; accumulate that of ``w``."""
        hidden = cache.hidden
        assert hidden is not None
        self.weight.grad[...] += d_scores.reshape(-1) @ hidden.reshape(-1, self.d_k)
        d_sum = tanh_backward(hidden)
        d_sum *= self.weight.value
        d_sum *= d_scores[..., None]
        return d_sum.sum(axis=2), d_sum.sum(axis=1)


@ATTENTIONS.register
class NoAttention(Attention):
    """The bottleneck: no context, and all that the decoder knows is the encoder's last state.

    Sutskever et al. (2014), https://arxiv.org/abs/1409.3215
    """

    name, label = "none", "None (bottleneck)"
    attends = False

    def __init__(self, parameters: Mapping[str, Parameter]) -> None:
        self.d_k = self.d_v = 0

    @classmethod
    def declare(cls, d_model: int, d_k: int, d_v: int) -> dict[str, Declared]:
        return {}

    def remember(self, states: FloatArray, mask: BoolArray | None, buffers: Buffers) -> Memory:
        """Keep nothing: keys and values without features."""
        nothing = np.zeros((*states.shape[:2], 0), states.dtype)
        return Memory(states, nothing, nothing, mask)

    def remember_backward(
        self, d_key: FloatArray, d_value: FloatArray, memory: Memory, buffers: Buffers
    ) -> FloatArray:
        """Return zeros: nothing came from the encoder's states."""
        return np.zeros_like(memory.states)

    def forward(
        self,
        states: FloatArray,
        memory: Memory,
        context: FloatArray,
        buffers: Buffers,
        before: FloatArray | None = None,
    ) -> AttentionCache:
        """Look nowhere: all weights are zero."""
        batch, steps, _ = states.shape
        nowhere = np.zeros((batch, steps, memory.key.shape[1]), states.dtype)
        return AttentionCache(states, states[..., :0], nowhere, nowhere, memory)

    def terms(self, query: FloatArray, key: FloatArray) -> FloatArray:
        return query[:, None] * key

    def backward(
        self,
        d_context: FloatArray,
        cache: AttentionCache,
        buffers: Buffers,
        d_last: FloatArray | None = None,
    ) -> AttentionGradients:
        return AttentionGradients(np.zeros_like(cache.states), cache.memory.key, cache.memory.value)


def at_first(like: FloatArray) -> FloatArray:
    """Return weights, ``(batch, source_len)``, that all lie on the first position."""
    weights = np.zeros_like(like)
    weights[:, 0] = 1
    return weights
