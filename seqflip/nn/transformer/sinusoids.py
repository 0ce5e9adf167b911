"""Waves of many lengths: what sinusoidal and rotary positions are made of."""

import numpy as np

from seqflip.nn.arrays import FloatArray

LONGEST = 10_000  # the longest wave has 2 pi times so many places


def angles_of(places: FloatArray, d: int) -> FloatArray:
    """Return ``place / 10000^(2i / d)`` for each pair ``i`` of ``d`` features.

    ``places`` is ``(..., n)``, the angles are ``(..., n, d / 2)``, rounded up.
    """
    rates = (LONGEST ** (-np.arange(0, d, 2) / d)).astype(places.dtype)
    angles: FloatArray = places[..., None] * rates
    return angles


def sinusoids(places: FloatArray, d: int) -> FloatArray:
    """Return sines at even features and cosines at odd ones, ``(..., n, d)``.

    Vaswani et al. (2017), section 3.5, https://arxiv.org/abs/1706.03762
    """
    angles = angles_of(places, d)
    waves = np.empty((*places.shape, d), places.dtype)
    waves[..., 0::2] = np.sin(angles)
    waves[..., 1::2] = np.cos(angles[..., : d // 2])
    return waves
