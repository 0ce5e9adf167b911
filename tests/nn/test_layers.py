"""The layers without memory: values, gradients, and what dropout promises."""

import numpy as np
import pytest

from seqflip.nn.layers import Dropout, Embedding, Linear, one_hot, sum_by_token
from seqflip.nn.parameters import Parameter
from tests.nn.gradients import assert_gradients, buffers, of_parameters, random_parameters


@pytest.mark.parametrize("seed", range(3))
def test_embedding_gradient(seed: int) -> None:
    rng = np.random.default_rng(seed)
    parameters = random_parameters(rng, {"weight": (6, 3)})
    layer = Embedding(parameters["weight"])
    tokens = rng.integers(0, 5, (4, 3))  # some twice, the last never
    d_output = rng.standard_normal((4, 3, 3))
    layer.backward(d_output, tokens, buffers())
    assert not parameters.grads["weight"][5].any()
    assert_gradients(
        lambda: float(np.sum(d_output * layer.forward(tokens))), of_parameters(parameters)
    )


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("bias", [False, True])
def test_linear_gradients(bias: bool, seed: int) -> None:
    rng = np.random.default_rng(seed)
    shapes: dict[str, tuple[int, ...]] = {"weight": (4, 3)}
    if bias:
        shapes["bias"] = (4,)
    parameters = random_parameters(rng, shapes)
    layer = Linear(*(parameters[name] for name in shapes))
    x, d_output = rng.standard_normal((5, 3)), rng.standard_normal((5, 4))
    d_x = layer.backward(d_output, x)
    assert_gradients(
        lambda: float(np.sum(d_output * layer.forward(x))),
        {"x": (x, d_x), **of_parameters(parameters)},
    )


def test_linear_is_the_formula() -> None:
    parameters = random_parameters(np.random.default_rng(0), {"weight": (2, 3), "bias": (2,)})
    x = np.arange(12.0).reshape(4, 3)
    weight, bias = parameters.values.values()
    np.testing.assert_allclose(
        Linear(parameters["weight"], parameters["bias"]).forward(x), x @ weight.T + bias, rtol=1e-12
    )


def test_one_hot_marks_each_token_and_forgets_what_was_there() -> None:
    out = np.full((3, 4), 9.0)
    assert one_hot(np.array([2, 0, 2]), out).tolist() == [[0, 0, 1, 0], [1, 0, 0, 0], [0, 0, 1, 0]]


def test_dropout_gradient_under_a_fixed_mask() -> None:
    x, d_output = np.random.default_rng(0).standard_normal((2, 6, 5))
    layer = Dropout(0.4)
    _, mask = layer.forward(x, np.random.default_rng(1))
    gradient = layer.backward(d_output, mask)
    assert_gradients(
        lambda: float(np.sum(d_output * layer.forward(x, np.random.default_rng(1))[0])),
        {"x": (x, gradient)},
    )


def test_dropout_drops_its_share_and_keeps_the_mean() -> None:
    y, _ = Dropout(0.25).forward(np.ones((200, 200)), np.random.default_rng(0))
    assert set(np.unique(y)) == {0.0, 1 / 0.75}
    assert (y == 0).mean() == pytest.approx(0.25, abs=0.01)
    assert y.mean() == pytest.approx(1, abs=0.01)


def test_without_a_generator_or_at_rate_zero_nothing_is_dropped_and_no_chance_is_used() -> None:
    x = np.ones((3, 4))
    rng = np.random.default_rng(0)
    for layer, generator in ((Dropout(0.5), None), (Dropout(0.0), rng)):
        y, mask = layer.forward(x, generator)
        assert y is x
        assert mask is None
        assert layer.backward(x, mask) is x
    assert rng.bit_generator.state == np.random.default_rng(0).bit_generator.state


def test_dropout_keeps_single_precision() -> None:
    y, mask = Dropout(0.5).forward(np.ones((3, 4), np.float32), np.random.default_rng(0))
    assert mask is not None
    assert all(array.dtype == np.float32 for array in (y, mask))


@pytest.mark.parametrize("n", [12, 768])  # one block, and several
def test_rows_are_summed_token_by_token(n: int) -> None:
    rng = np.random.default_rng(n)
    d_rows = rng.standard_normal((3, 2, n, 64))
    tokens = rng.integers(0, 50, (2, n))
    expected = np.zeros((3, 2, 51, 64))
    for direction in range(2):
        sums, rows = (part[:, direction].swapaxes(0, 1) for part in (expected, d_rows))
        np.add.at(sums, tokens[direction], rows)
    np.testing.assert_allclose(sum_by_token(d_rows, tokens, 51, buffers()), expected, atol=1e-12)


def test_a_large_linear_layer_goes_back_in_blocks_as_it_would_at_once() -> None:
    rng = np.random.default_rng(0)
    weight = rng.standard_normal((50, 128))
    layer = Linear(Parameter(weight, np.zeros_like(weight)))
    x, d_output = rng.standard_normal((768, 128)), rng.standard_normal((768, 50))
    np.testing.assert_allclose(layer.backward(d_output, x), d_output @ weight, atol=1e-12)
