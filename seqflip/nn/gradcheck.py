"""Numerical gradients: the independent witness for every backward pass.

A derivative is a limit of differences, and a difference needs nothing but the forward pass.
"""

from collections.abc import Callable

import numpy as np

from seqflip.nn.arrays import FloatArray


def numerical_gradient(
    function: Callable[[], float], x: FloatArray, step: float = 1e-6
) -> FloatArray:
    """Return the gradient of ``function()`` by the elements of ``x`` by central differences.

    Parameters
    ----------
    function : called without arguments; reads ``x``
    x : float64, any shape
        Is changed while it runs, and restored.
    step : float
        Half the distance between the two points that are compared.
    """
    gradient = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        kept = x[index]
        x[index] = kept + step
        above = function()
        x[index] = kept - step
        below = function()
        x[index] = kept
        gradient[index] = (above - below) / (2 * step)
    return gradient


def relative_error(a: FloatArray, b: FloatArray) -> float:
    """Return ``|a - b| / (|a| + |b|)`` with Euclidean norms; 0 for two zeros."""
    scale = float(np.linalg.norm(a) + np.linalg.norm(b))
    return float(np.linalg.norm(a - b)) / scale if scale > 0 else 0.0
