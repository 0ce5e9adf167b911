"""How parameters begin."""

import numpy as np
import pytest

from seqflip.nn.start import glorot, normal, orthogonal, zeros


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def test_normal_has_its_spread() -> None:
    value = np.empty((100, 100))
    normal(0.03)(value, rng())
    assert value.std() == pytest.approx(0.03, rel=0.02)


@pytest.mark.parametrize("blocks", [1, 4])
def test_glorot_fills_the_range_of_each_of_the_matrices_below_each_other(blocks: int) -> None:
    value = np.empty((80, 30))
    glorot(blocks)(value, rng())
    bound = np.sqrt(6 / (80 / blocks + 30))
    assert 0.98 * bound < np.abs(value).max() < bound


def test_each_square_is_orthogonal() -> None:
    value = np.empty((12, 4))
    orthogonal(value, rng())
    for square in np.split(value, 3):
        np.testing.assert_allclose(square @ square.T, np.eye(4), atol=1e-12)


def test_zeros_are_zeros() -> None:
    value = np.ones(3)
    zeros(value, rng())
    assert not value.any()
