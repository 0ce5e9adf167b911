"""Layer norm: by its definition, and by its gradients."""

import numpy as np

from seqflip.nn.transformer.layer_norm import LayerNorm
from tests.nn.gradients import assert_gradients, buffers, of_parameters, random_parameters


def test_rows_have_mean_zero_and_spread_one_before_they_are_stretched() -> None:
    parameters = random_parameters(np.random.default_rng(0), {"weight": (6,), "bias": (6,)})
    parameters.values["weight"][...], parameters.values["bias"][...] = 2, 3
    x = np.random.default_rng(1).normal(5, 4, (7, 6))
    y, _ = LayerNorm(parameters["weight"], parameters["bias"]).forward(x, buffers())
    np.testing.assert_allclose(y.mean(axis=1), 3, rtol=1e-12)
    np.testing.assert_allclose(y.std(axis=1), 2, rtol=1e-5)


def test_gradients() -> None:
    rng = np.random.default_rng(0)
    parameters = random_parameters(rng, {"weight": (5,), "bias": (5,)})
    layer = LayerNorm(parameters["weight"], parameters["bias"])
    x, d_y = rng.standard_normal((4, 5)), rng.standard_normal((4, 5))
    _, cache = layer.forward(x, buffers())
    d_x = layer.backward(d_y, cache, buffers())
    assert_gradients(
        lambda: float(np.sum(d_y * layer.forward(x, buffers())[0])),
        {"x": (x, d_x)} | of_parameters(parameters),
    )
