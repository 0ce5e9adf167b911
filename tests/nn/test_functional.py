"""Elementary functions: their values, their derivatives, and what they do at the extremes."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from seqflip.nn.arrays import FloatArray
from seqflip.nn.functional import (
    in_blocks,
    max_of_rows,
    sigmoid,
    sigmoid_backward,
    softmax,
    softmax_backward,
    sum_of_columns,
    sum_of_rows,
    tanh_backward,
)
from tests.nn.gradients import assert_gradients

ANY_FLOATS = arrays(
    np.float64,
    array_shapes(min_dims=1, max_dims=3, max_side=5),
    elements=st.floats(-1e300, 1e300),
)


def test_sigmoid_is_the_logistic_function() -> None:
    x = np.linspace(-8, 8, 33)
    np.testing.assert_allclose(sigmoid(x), 1 / (1 + np.exp(-x)), rtol=1e-12)


def test_sigmoid_saturates_without_overflow() -> None:
    assert sigmoid(np.array([-1e300, -800.0, 0.0, 800.0, 1e300])).tolist() == [0, 0, 0.5, 1, 1]


def test_sigmoid_may_write_over_its_argument() -> None:
    x = np.array([-1.0, 2.0])
    expected = sigmoid(x)
    assert sigmoid(x, out=x) is x
    assert x.tolist() == expected.tolist()


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    ("function", "backward"), [(sigmoid, sigmoid_backward), (np.tanh, tanh_backward)]
)
def test_derivatives_in_terms_of_the_output(
    function: Callable[[FloatArray], FloatArray],
    backward: Callable[[FloatArray], FloatArray],
    seed: int,
) -> None:
    rng = np.random.default_rng(seed)
    x, d_y = rng.standard_normal((2, 3, 4))
    gradient = d_y * backward(function(x))
    assert_gradients(lambda: float(np.sum(d_y * function(x))), {"x": (x, gradient)})


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("masked", [False, True])
def test_softmax_backward(masked: bool, seed: int) -> None:
    rng = np.random.default_rng(seed)
    x, d_y = rng.standard_normal((2, 4, 5))
    mask = rng.random((4, 5)) < 0.6 if masked else None
    gradient = softmax_backward(d_y, softmax(x, mask))
    assert_gradients(lambda: float(np.sum(d_y * softmax(x, mask))), {"x": (x, gradient)})


@given(ANY_FLOATS)
def test_softmax_rows_are_distributions_however_large_the_scores(x: FloatArray) -> None:
    y = softmax(x)
    assert (y >= 0).all()
    np.testing.assert_allclose(y.sum(axis=-1), 1, rtol=1e-12)


def test_softmax_does_not_see_a_constant_added_to_a_row() -> None:
    x = np.array([[1.0, 2.0, 4.0]])
    np.testing.assert_array_equal(softmax(x), softmax(x + 1024))


def test_softmax_gives_nothing_to_what_is_masked_and_a_masked_row_is_zero() -> None:
    x = np.array([[1e300, 1.0, 1.0], [1.0, 2.0, 3.0]])
    y = softmax(x, np.array([[False, True, True], [False, False, False]]))
    assert y.tolist() == [[0, 0.5, 0.5], [0, 0, 0]]


def test_softmax_may_write_over_its_argument() -> None:
    x = np.random.default_rng(0).standard_normal((3, 4))
    mask = np.array([True, True, False, True])
    expected = softmax(x, mask)
    assert softmax(x, mask, out=x) is x
    np.testing.assert_array_equal(x, expected)


def test_softmax_keeps_single_precision() -> None:
    x = np.ones((2, 3), np.float32)
    assert softmax(x, np.ones((2, 3), np.bool_)).dtype == np.float32


def test_sums_and_maxima_are_those_of_numpy() -> None:
    x = np.random.default_rng(0).standard_normal((2, 3, 4))
    np.testing.assert_array_equal(max_of_rows(x), x.max(axis=-1, keepdims=True))
    np.testing.assert_allclose(sum_of_rows(x), x.sum(axis=-1, keepdims=True), rtol=1e-12)
    np.testing.assert_allclose(sum_of_columns(x), x.sum(axis=-2, keepdims=True), rtol=1e-12)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [(8, 1), (64, 2), (768, 16), (67, 1)],  # 67 rows are two products too large, but 67 is prime
)
def test_rows_are_cut_into_equal_blocks_for_small_products(rows: int, expected: int) -> None:
    x = np.arange(3 * rows * 128.0).reshape(3, rows, 128)
    blocks = in_blocks(x, 128)
    assert blocks.shape == (3, expected, rows // expected, 128)
    assert np.shares_memory(blocks, x)
    np.testing.assert_array_equal(blocks.reshape(x.shape), x)


def test_no_rows_are_one_empty_block() -> None:
    assert in_blocks(np.empty((2, 0, 4)), 4).shape == (2, 1, 0, 4)
