"""Rotary positions: queries and keys are turned by an angle that grows with their place.

A product of two turned vectors depends on how far apart they stand, and on nothing else of where.
Su et al. (2021), https://arxiv.org/abs/2104.09864
"""

from typing import NamedTuple, Self

import numpy as np

from seqflip.nn.arrays import FloatArray
from seqflip.nn.buffers import Buffers
from seqflip.nn.transformer.sinusoids import angles_of


class Rotation(NamedTuple):
    """By how much each pair of features is turned at each place."""

    cosine: FloatArray  # (1 or batch, 1, n, d / 2)
    sine: FloatArray  # (1 or batch, 1, n, d / 2)

    @classmethod
    def at(cls, places: FloatArray, d: int) -> Self:
        """Return the rotation of ``d`` features at ``places``, ``(1 or batch, n)``."""
        angles = angles_of(places, d)[:, None]
        return cls(np.cos(angles), np.sin(angles))

    def turn(self, x: FloatArray, buffers: Buffers) -> FloatArray:
        """Turn the pairs of neighbours in ``x``, ``(batch, heads, n, d)``."""
        batch, heads, n, d = x.shape
        turned = buffers.empty(batch, n, heads, d).swapaxes(1, 2)
        first, second = x[..., 0::2], x[..., 1::2]
        turned[..., 0::2] = first * self.cosine - second * self.sine
        turned[..., 1::2] = first * self.sine + second * self.cosine
        return turned

    def turn_back(self, d_turned: FloatArray) -> None:
        """Make of the gradient by what was turned, in place, that by what it was before."""
        first, second = d_turned[..., 0::2].copy(), d_turned[..., 1::2].copy()
        d_turned[..., 0::2] = first * self.cosine + second * self.sine
        d_turned[..., 1::2] = second * self.cosine - first * self.sine
