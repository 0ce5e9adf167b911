"""Optimizers and schedules against formulas written by hand."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqflip.nn.optim import SGD, Adam, clip_by_global_norm, schedule

DOUBLE = np.dtype(np.float64)


def test_adam_is_the_algorithm_of_the_paper() -> None:
    rng = np.random.default_rng(0)
    x = rng.standard_normal(4)
    values, adam = x.copy(), Adam(4, DOUBLE, beta1=0.8, beta2=0.9, epsilon=1e-3)
    m, v = np.zeros(4), np.zeros(4)
    for t in range(1, 6):
        g = rng.standard_normal(4)
        m = 0.8 * m + 0.2 * g
        v = 0.9 * v + 0.1 * g**2
        x = x - 0.05 * (m / (1 - 0.8**t)) / (np.sqrt(v / (1 - 0.9**t)) + 1e-3)
        adam.update(values, g.copy(), 0.05)
        np.testing.assert_allclose(values, x, rtol=1e-12)
    assert adam.steps == 5


def test_adams_first_step_is_the_learning_rate_whatever_the_gradients_size() -> None:
    values = np.zeros(3)
    Adam(3, DOUBLE).update(values, np.array([1e-3, -1.0, 1e6]), 0.1)
    np.testing.assert_allclose(values, [-0.1, 0.1, -0.1], rtol=1e-4)


def test_sgd_is_gradient_descent_with_momentum() -> None:
    rng = np.random.default_rng(1)
    x = rng.standard_normal(4)
    values, sgd, velocity = x.copy(), SGD(4, DOUBLE, momentum=0.7), np.zeros(4)
    for _ in range(5):
        g = rng.standard_normal(4)
        velocity = 0.7 * velocity + g
        x = x - 0.05 * velocity
        sgd.update(values, g.copy(), 0.05)
        np.testing.assert_allclose(values, x, rtol=1e-12)


def test_the_learning_rate_may_change_between_updates() -> None:
    values, sgd = np.zeros(1), SGD(1, DOUBLE, momentum=0.0)
    for rate in (1.0, 10.0, 0.0):
        sgd.update(values, np.ones(1), rate)
    assert values.tolist() == [-11]


@pytest.mark.parametrize("make", [Adam, SGD])
def test_an_update_changes_its_state_in_place_and_not_the_gradient(
    make: type[Adam] | type[SGD],
) -> None:
    optimizer, grads = make(2, DOUBLE), np.array([1.0, 2.0])
    before = dict(optimizer.state)
    optimizer.update(np.zeros(2), grads, 0.1)
    assert grads.tolist() == [1, 2]
    for name, array in optimizer.state.items():
        assert array is before[name]
        assert array.any()


def test_clipping_shortens_to_the_norm_and_keeps_the_direction() -> None:
    grads = np.array([3.0, 4.0])
    assert clip_by_global_norm(grads, 1.0) == 5
    np.testing.assert_allclose(grads, [0.6, 0.8], rtol=1e-12)


@pytest.mark.parametrize("max_norm", [None, 5.0, 6.0])
def test_short_gradients_and_unlimited_ones_are_left_alone(max_norm: float | None) -> None:
    grads = np.array([3.0, 4.0])
    assert clip_by_global_norm(grads, max_norm) == 5
    assert grads.tolist() == [3, 4]


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_gradient_that_is_not_finite_is_reported_and_left_alone(bad: float) -> None:
    grads = np.array([1.0, bad])
    assert not math.isfinite(clip_by_global_norm(grads, 1.0))
    assert grads[0] == 1


def factors(name: str, total: int, warmup: int = 0) -> list[float]:
    return [schedule(name, step, total, warmup) for step in range(total + 1)]


def test_schedules() -> None:
    assert factors("constant", 4) == [1, 1, 1, 1, 1]
    assert factors("linear", 4) == [1, 0.75, 0.5, 0.25, 0]
    cosine = [1, 0.5 + math.sqrt(0.125), 0.5, 0.5 - math.sqrt(0.125), 0]
    assert factors("cosine", 4) == pytest.approx(cosine)


def test_schedules_after_a_warm_up() -> None:
    assert factors("constant", 6, 2) == [0.5, 1, 1, 1, 1, 1, 1]
    assert factors("linear", 6, 2) == [0.5, 1, 1, 0.75, 0.5, 0.25, 0]
    assert factors("cosine", 6, 2)[2:] == pytest.approx(factors("cosine", 4))


@given(
    st.sampled_from(["constant", "linear", "cosine"]),
    st.integers(0, 60),
    st.integers(1, 40),
    st.integers(0, 60),
)
def test_a_factor_is_between_zero_and_one_and_no_update_before_the_end_is_lost(
    name: str, step: int, total: int, warmup: int
) -> None:
    factor = schedule(name, step, total, warmup)
    assert 0 <= factor <= 1
    assert factor > 0 or step >= total
