"""How parameters begin: each part of the network declares its shapes, and what is drawn into them.

Matrices are drawn so that signals keep their size on the way; nothing is trained yet.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from seqflip.nn.arrays import FloatArray

Start = Callable[[FloatArray, np.random.Generator], None]  # fills an array


class Declared(NamedTuple):
    """A parameter before there is memory for it."""

    shape: tuple[int, ...]
    start: Start


def zeros(value: FloatArray, rng: np.random.Generator) -> None:
    """Fill with zeros, as biases begin."""
    value[...] = 0


def ones(value: FloatArray, rng: np.random.Generator) -> None:
    """Fill with ones, as scales begin."""
    value[...] = 1


def constant(number: float) -> Start:
    """Fill with one number."""

    def start(value: FloatArray, rng: np.random.Generator) -> None:
        value[...] = number

    return start


def normal(scale: float) -> Start:
    """Draw from a normal distribution with standard deviation ``scale``."""

    def start(value: FloatArray, rng: np.random.Generator) -> None:
        value[...] = scale * rng.standard_normal(value.shape)

    return start


def glorot(blocks: int = 1) -> Start:
    """Draw uniformly after Glorot & Bengio (2010), https://proceedings.mlr.press/v9/glorot10a.html.

    ``blocks`` matrices of equal size may lie below each other: each is drawn for its own size.
    """

    def start(value: FloatArray, rng: np.random.Generator) -> None:
        bound = np.sqrt(6 / (value.shape[0] / blocks + value.shape[-1]))
        value[...] = rng.uniform(-bound, bound, value.shape)

    return start


def orthogonal(value: FloatArray, rng: np.random.Generator) -> None:
    """Draw square matrices below each other, each orthogonal.

    Saxe et al. (2014), https://arxiv.org/abs/1312.6120
    """
    width = value.shape[1]
    for square in value.reshape(-1, width, width):
        square[...] = np.linalg.qr(rng.standard_normal(square.shape))[0]
