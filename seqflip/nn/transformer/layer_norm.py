"""Layer normalisation: every vector is brought to mean 0 and spread 1, then stretched and moved.

Ba et al. (2016), https://arxiv.org/abs/1607.06450::

    y = (x - mean(x)) / sqrt(variance(x) + 1e-5) * weight + bias
"""

from typing import NamedTuple

import numpy as np

from seqflip.nn.arrays import FloatArray
from seqflip.nn.buffers import Buffers
from seqflip.nn.functional import sum_of_columns
from seqflip.nn.parameters import Parameter
from seqflip.nn.start import Declared, ones, zeros

EPSILON = 1e-5  # as in torch.nn.LayerNorm


class LayerNormCache(NamedTuple):
    """What was normalised."""

    normal: FloatArray  # (n, d_model): mean 0, spread 1
    per_spread: FloatArray  # (n, 1): 1 / sqrt(variance + epsilon)


class LayerNorm:
    """Normalises the last axis.

    Parameters
    ----------
    weight, bias : Parameter (d_model,)
    """

    def __init__(self, weight: Parameter, bias: Parameter) -> None:
        self.weight, self.bias = weight, bias

    @staticmethod
    def declare(d_model: int) -> dict[str, Declared]:
        return {"weight": Declared((d_model,), ones), "bias": Declared((d_model,), zeros)}

    def forward(self, x: FloatArray, buffers: Buffers) -> tuple[FloatArray, LayerNormCache]:
        """Normalise ``x``, ``(n, d_model)``. Means over rows are products with ``1 / d_model``."""
        n, d_model = x.shape
        mean = np.full((d_model, 1), 1 / d_model, x.dtype)
        normal, y = buffers.empty(n, d_model), buffers.empty(n, d_model)
        np.subtract(x, x @ mean, out=normal)
        per_spread = np.multiply(normal, normal, out=y) @ mean
        per_spread += EPSILON
        np.sqrt(per_spread, out=per_spread)
        np.reciprocal(per_spread, out=per_spread)
        normal *= per_spread
        np.multiply(normal, self.weight.value, out=y)
        y += self.bias.value
        return y, LayerNormCache(normal, per_spread)

    def backward(self, d_y: FloatArray, cache: LayerNormCache, buffers: Buffers) -> FloatArray:
        """Accumulate the parameters' gradients; return the gradient by ``x``, ``(n, d_model)``.

        With ``g = d_y * weight``, the gradient by what is normalised::

            d_x = (g - mean(g) - normal * mean(g * normal)) / spread
        """
        normal, per_spread = cache
        share = self.weight.value[:, None] / d_y.shape[1]
        by_weight = np.multiply(d_y, normal, out=buffers.empty(*d_y.shape))
        self.weight.grad[...] += sum_of_columns(by_weight)[0]
        self.bias.grad[...] += sum_of_columns(d_y)[0]
        along_normal = by_weight @ share
        d_x = np.multiply(d_y, self.weight.value, out=buffers.empty(*d_y.shape))
        d_x -= d_y @ share
        d_x -= np.multiply(normal, along_normal, out=by_weight)
        d_x *= per_spread
        return d_x
