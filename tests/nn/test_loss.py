"""Masked cross-entropy: by the definition, by its gradient, and at the extremes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from seqflip.nn.arrays import FloatArray
from seqflip.nn.loss import softmax_cross_entropy, softmax_cross_entropy_backward
from tests.nn.gradients import assert_gradients

TARGETS = np.array([0, 3, 2, 2, 1])
COUNTED = np.array([True, True, False, True, False])


def logits(seed: int = 0) -> FloatArray:
    return 2 * np.random.default_rng(seed).standard_normal((5, 4))


def test_it_is_the_mean_surprise_of_counted_rows() -> None:
    x = logits()
    p = np.exp(x) / np.exp(x).sum(axis=1, keepdims=True)
    found = softmax_cross_entropy(x, TARGETS, COUNTED)
    assert found.loss == pytest.approx(-np.log([p[0, 0], p[1, 3], p[3, 2]]).mean(), rel=1e-12)
    assert found.tokens == 3
    np.testing.assert_allclose(found.probabilities, p, rtol=1e-12)


def test_knowing_nothing_costs_the_logarithm_of_the_vocabulary() -> None:
    found = softmax_cross_entropy(np.zeros((5, 4)), TARGETS, COUNTED)
    assert found.loss == pytest.approx(np.log(4))


def test_correct_counts_the_largest_logits_among_counted_rows() -> None:
    x = np.zeros((5, 4))
    x[np.arange(5), [0, 3, 2, 1, 1]] = 1
    assert softmax_cross_entropy(x, TARGETS, COUNTED).correct == 2


@pytest.mark.parametrize("seed", range(3))
def test_gradient(seed: int) -> None:
    x = logits(seed)
    gradient = softmax_cross_entropy_backward(softmax_cross_entropy(x, TARGETS, COUNTED))
    assert_gradients(
        lambda: softmax_cross_entropy(x, TARGETS, COUNTED).loss, {"logits": (x, gradient)}
    )


def test_rows_that_do_not_count_have_neither_loss_nor_gradient() -> None:
    x = logits()
    before = softmax_cross_entropy(x, TARGETS, COUNTED).loss
    x[~COUNTED] = 50.0
    found = softmax_cross_entropy(x, TARGETS, COUNTED)
    assert found.loss == before
    assert not softmax_cross_entropy_backward(found)[~COUNTED].any()


@given(arrays(np.float64, (5, 4), elements=st.floats(-1e300, 1e300)))
def test_large_logits_neither_overflow_nor_become_nan(x: FloatArray) -> None:
    found = softmax_cross_entropy(x / 8, TARGETS, COUNTED)  # differences stay representable
    assert np.isfinite(found.loss)
    assert found.loss >= 0
    assert np.isfinite(softmax_cross_entropy_backward(found)).all()


def test_the_probabilities_may_replace_the_logits() -> None:
    x = logits()
    expected = softmax_cross_entropy(x, TARGETS, COUNTED)
    found = softmax_cross_entropy(x, TARGETS, COUNTED, out=x)
    assert found.probabilities is x
    assert (found.loss, found.correct) == (expected.loss, expected.correct)
    np.testing.assert_array_equal(x, expected.probabilities)
