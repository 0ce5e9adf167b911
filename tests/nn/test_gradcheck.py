"""The witness itself, by functions whose derivatives are known."""

import numpy as np
import pytest

from seqflip.nn.gradcheck import numerical_gradient, relative_error


def test_the_numerical_gradient_is_that_of_calculus() -> None:
    x = np.random.default_rng(0).standard_normal((2, 3))
    found = numerical_gradient(lambda: float(np.sum(np.sin(x) * x)), x)
    assert relative_error(found, np.cos(x) * x + np.sin(x)) < 1e-8


def test_what_is_differentiated_is_restored() -> None:
    x = np.array([0.1, 0.2, 0.3])
    numerical_gradient(lambda: float(x.sum()), x)
    assert x.tolist() == [0.1, 0.2, 0.3]


def test_a_view_is_differentiated_in_place() -> None:
    base = np.arange(6.0)
    view = base.reshape(2, 3)[:, 1]
    assert numerical_gradient(lambda: float(base @ base), view) == pytest.approx(2 * view)


def test_the_relative_error_is_symmetric_and_between_zero_and_one() -> None:
    a, b = np.array([3.0, 4.0]), np.array([3.0, 5.0])
    assert relative_error(a, b) == relative_error(b, a) == pytest.approx(1 / (5 + 34**0.5))
    assert relative_error(a, -a) == 1


def test_the_relative_error_of_two_zeros_is_zero() -> None:
    assert relative_error(np.zeros(3), np.zeros(3)) == 0
