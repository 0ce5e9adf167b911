"""Attention that is told where it looked: Chorowski et al. (2015), https://arxiv.org/abs/1506.07503.

A convolution of the previous step's weights gives each position features of what lies around it:
whether attention was here, just before, or just behind. They are added to the keys, so that any
score can take them in. (The paper's two linear maps, filters and what weighs them, are one here.)
"""

from collections.abc import Callable, Mapping
from typing import ClassVar

import numpy as np

from seqflip.nn import reference
from seqflip.nn.arrays import FloatArray
from seqflip.nn.attention import (
    ATTENTIONS,
    AdditiveAttention,
    Attention,
    AttentionCache,
    AttentionGradients,
    Memory,
    ScaledDotAttention,
    Stages,
    at_first,
)
from seqflip.nn.buffers import Buffers
from seqflip.nn.functional import softmax_backward
from seqflip.nn.parameters import Parameter
from seqflip.nn.start import Declared, glorot

REACH = 3  # positions on either side that a convolution sees
WIDTH = 2 * REACH + 1


class Located(Attention):
    """What both kinds share: the location features, and one look after the other.

    ``location.weight`` has the shape that ``torch.nn.Conv1d`` gives it, ``(d_k, 1, WIDTH)``.
    Before the first step all weight lies on the first position.
    """

    remembers = True
    plain_stages: ClassVar[Mapping[str, Callable[..., FloatArray]]] = {"location": reference.locate}

    def __init__(self, parameters: Mapping[str, Parameter]) -> None:
        super().__init__(parameters)
        self.location = parameters["location.weight"]

    @classmethod
    def declare(cls, d_model: int, d_k: int, d_v: int) -> dict[str, Declared]:
        own = {"location.weight": Declared((d_k, 1, WIDTH), glorot())}
        return super().declare(d_model, d_k, d_v) | own

    @classmethod
    def hidden_size(cls, d_k: int) -> int:
        return super().hidden_size(d_k) + 2 * d_k  # the features, and the keys with them

    def compared(self, key: FloatArray, stages: Stages) -> FloatArray:
        return key + stages["location"]

    def forward(
        self,
        states: FloatArray,
        memory: Memory,
        context: FloatArray,
        buffers: Buffers,
        before: FloatArray | None = None,
    ) -> AttentionCache:
        """Look step by step; see :meth:`Attention.forward`."""
        query = self.ask(states, buffers)
        batch, steps, d_k = query.shape
        source_len = memory.key.shape[1]
        scores, weights, previous = (buffers.empty(batch, steps, source_len) for _ in range(3))
        location, key = buffers.empty(batch, steps, source_len, d_k), np.empty_like(memory.key)
        hidden: list[FloatArray] = []
        previous[:, 0] = at_first(scores[:, 0]) if before is None else before
        for t in range(steps):
            if t > 0:
                previous[:, t] = weights[:, t - 1]
            np.matmul(around(previous[:, t]), self.location.value[:, 0].T, out=location[:, t])
            np.add(memory.key, location[:, t], out=key)
            now = slice(t, t + 1)
            scores[:, now], squashed = self.score(query[:, now], key, buffers)
            hidden += [] if squashed is None else [squashed]
            weights[:, now] = memory.weigh(scores[:, now], memory.mask)
        np.matmul(weights, memory.value, out=context)
        stages = {"before": previous, "location": location}
        kept = np.concatenate(hidden, axis=1) if hidden else None
        return AttentionCache(states, query, scores, weights, memory, kept, stages)

    def backward(
        self,
        d_context: FloatArray,
        cache: AttentionCache,
        buffers: Buffers,
        d_last: FloatArray | None = None,
    ) -> AttentionGradients:
        """Go back over the steps; see :meth:`Attention.backward`."""
        memory, previous, location = cache.memory, cache.stages["before"], cache.stages["location"]
        d_weights, d_value = self.see_backward(d_context, cache, buffers)
        d_query = buffers.empty(*cache.query.shape)
        d_location = buffers.empty(*location.shape)
        d_key, d_before = np.zeros_like(memory.key), d_last
        for t in reversed(range(d_weights.shape[1])):
            now = slice(t, t + 1)
            if d_before is not None:
                d_weights[:, t] += d_before
            step = cache._replace(
                query=cache.query[:, now],
                hidden=None if cache.hidden is None else cache.hidden[:, now],
                memory=memory._replace(key=memory.key + location[:, t]),
            )
            d_scores = softmax_backward(d_weights[:, now], cache.weights[:, now])
            d_query[:, now], d_location[:, t] = self.score_backward(d_scores, step, buffers)
            d_key += d_location[:, t]
            d_before = around_backward(np.matmul(d_location[:, t], self.location.value[:, 0]))
        windows = around(previous.reshape(-1, previous.shape[-1])).reshape(-1, WIDTH)
        self.location.grad[:, 0] += d_location.reshape(-1, self.d_k).T @ windows
        d_states = self.ask_backward(d_query, cache.states, buffers)
        return AttentionGradients(d_states, d_key, d_value, d_before)


@ATTENTIONS.register
class LocationAttention(Located, AdditiveAttention):
    """``score = w · tanh(query + key + location)``, the paper's."""

    name, label = "location", "Location, additive"


@ATTENTIONS.register
class LocationDotAttention(Located, ScaledDotAttention):
    """``score = query · (key + location) / sqrt(d_k)``."""

    name, label = "location_dot", "Location, scaled dot product"


def around(weights: FloatArray) -> FloatArray:
    """Return what lies around each place: ``(batch, source_len, WIDTH)``; zeros beyond the ends."""
    padded = np.pad(weights, ((0, 0), (REACH, REACH)))
    return np.lib.stride_tricks.sliding_window_view(padded, WIDTH, axis=1)


def around_backward(d_windows: FloatArray) -> FloatArray:
    """Return the gradient by what :func:`around` looked at."""
    batch, source_len, _ = d_windows.shape
    d_padded = np.zeros((batch, source_len + 2 * REACH), d_windows.dtype)
    for i in range(WIDTH):
        d_padded[:, i : i + source_len] += d_windows[..., i]
    return d_padded[:, REACH:-REACH]
