"""What is around each part of a block: a way past it, dropout, and a layer norm before or after.

Before (Xiong et al., 2020, https://arxiv.org/abs/2002.04745) needs no care at the start; after is
how Vaswani et al. (2017) had it::

    before:  y = x + dropout(part(norm(x)))        after:  y = norm(x + dropout(part(x)))
"""

from collections.abc import Callable
from typing import Generic, NamedTuple, TypeVar

import numpy as np

from seqflip.nn.arrays import FloatArray
from seqflip.nn.buffers import Buffers
from seqflip.nn.layers import Dropout
from seqflip.nn.registry import Registry
from seqflip.nn.transformer.layer_norm import LayerNorm, LayerNormCache

CacheT = TypeVar("CacheT")
Part = Callable[[FloatArray], tuple[FloatArray, CacheT]]
PartBackward = Callable[[FloatArray, CacheT], FloatArray]


class NormPlace(NamedTuple):
    """Where the layer norms stand."""

    name: str
    label: str


NORMS: Registry[NormPlace] = Registry()
BEFORE = NORMS.register(NormPlace("before", "Before each part"))
AFTER = NORMS.register(NormPlace("after", "After each part"))


class AroundCache(NamedTuple, Generic[CacheT]):
    """What a part and what is around it recorded."""

    x: FloatArray  # (n, d_model): what came in, and went past the part
    y: FloatArray  # (n, d_model): what went out
    part: CacheT
    norm: LayerNormCache
    dropped: FloatArray | None  # (n, d_model): the dropout's mask


class Around:
    """The way past a part, and the layer norm.

    Parameters
    ----------
    norm : LayerNorm
    place : str
        A name in ``NORMS``.
    dropout : Dropout
    """

    def __init__(self, norm: LayerNorm, place: str, dropout: Dropout) -> None:
        self.norm, self.first, self.dropout = norm, place == BEFORE.name, dropout

    def forward(
        self,
        x: FloatArray,
        part: Part[CacheT],
        rng: np.random.Generator | None,
        buffers: Buffers,
    ) -> tuple[FloatArray, AroundCache[CacheT]]:
        """Return ``y``, for ``x`` of the same shape, ``(n, d_model)``."""
        if self.first:
            normal, norm = self.norm.forward(x, buffers)
            found, cache = part(normal)
            found, dropped = self.dropout.forward(found, rng)
            y = np.add(x, found, out=buffers.empty(*x.shape))
            return y, AroundCache(x, y, cache, norm, dropped)
        found, cache = part(x)
        found, dropped = self.dropout.forward(found, rng)
        y, norm = self.norm.forward(np.add(x, found, out=buffers.empty(*x.shape)), buffers)
        return y, AroundCache(x, y, cache, norm, dropped)

    def backward(
        self,
        d_y: FloatArray,
        part_backward: PartBackward[CacheT],
        cache: AroundCache[CacheT],
        buffers: Buffers,
    ) -> FloatArray:
        """Accumulate all gradients; return the gradient by ``x``."""
        if self.first:
            d_found = self.dropout.backward(d_y, cache.dropped)
            d_x = self.norm.backward(part_backward(d_found, cache.part), cache.norm, buffers)
            d_x += d_y
            return d_x
        d_sum = self.norm.backward(d_y, cache.norm, buffers)
        d_x = part_backward(self.dropout.backward(d_sum, cache.dropped), cache.part)
        d_x += d_sum
        return d_x
