"""Elementary functions, each with its derivative beside it.

A derivative is written in terms of the function's *output*, which is what a forward pass has at
hand. Sums and maxima over short axes are made by the detour that NumPy is fastest at; see the
functions at the end.
"""

import functools
import math

import numpy as np

from seqflip.nn.arrays import BoolArray, FloatArray

SMALL_PRODUCT = 100**3  # multiplications, up to which OpenBLAS does not pack its matrices first


def sigmoid(x: FloatArray, out: FloatArray | None = None) -> FloatArray:
    """Logistic function ``1 / (1 + exp(-x))``, any shape.

    Computed as ``(1 + tanh(x / 2)) / 2``, which is the same and cannot overflow.
    """
    out = np.multiply(x, 0.5, out)
    np.tanh(out, out)
    out *= 0.5
    out += 0.5
    return out


def sigmoid_backward(y: FloatArray, out: FloatArray | None = None) -> FloatArray:
    """Return the derivative of ``y = sigmoid(x)`` by ``x``: ``y (1 - y)``."""
    out = np.subtract(1, y, out=out)
    return np.multiply(out, y, out=out)


def softplus(x: FloatArray) -> FloatArray:
    """Smooth ramp ``log(1 + exp(x))``, any shape."""
    y: FloatArray = np.logaddexp(0, x, dtype=x.dtype)
    return y


def softplus_backward(y: FloatArray) -> FloatArray:
    """Return the derivative of ``y = softplus(x)`` by ``x``: ``sigmoid(x) = 1 - exp(-y)``."""
    slope: FloatArray = -np.expm1(-y)
    return slope


def tanh_backward(y: FloatArray, out: FloatArray | None = None) -> FloatArray:
    """Return the derivative of ``y = tanh(x)`` by ``x``: ``1 - y²``."""
    out = np.multiply(y, y, out)
    return np.subtract(1, out, out)


def softmax(
    x: FloatArray, mask: BoolArray | None = None, out: FloatArray | None = None
) -> FloatArray:
    """Softmax over the last axis.

    Parameters
    ----------
    x : (..., n) scores
    mask : boolean, broadcastable to (..., n), optional
        True where an element takes part. The others get exactly 0; a row without any gets zeros.
    out : (..., n), optional
        Where the result goes; may be ``x`` itself.

    Returns
    -------
    (..., n) non-negative weights; each row sums to 1, or to 0 where its mask is all False.
    """
    if mask is not None:
        x = np.where(mask, x, -np.inf)
    top = max_of_rows(x)
    if mask is not None:
        np.copyto(top, 0, where=np.isneginf(top))
    out = np.subtract(x, top, out=out)
    np.exp(out, out=out)
    total = sum_of_rows(out)
    if mask is not None:
        np.copyto(total, 1, where=total == 0)
    return np.divide(out, total, out=out)


def softmax_backward(d_y: FloatArray, y: FloatArray) -> FloatArray:
    """Return the gradient by the scores, given that by the weights.

    Parameters
    ----------
    d_y : (..., n) gradient by ``y``
    y : (..., n) what :func:`softmax` returned

    Returns
    -------
    (..., n): ``y (d_y - sum(y d_y))``; zero wherever ``y`` is zero, so masks need no second look.
    """
    d_x = y * d_y
    d_x -= y * sum_of_rows(d_x)
    return d_x


def log_softmax(x: FloatArray) -> FloatArray:
    """Logarithm of the softmax over the last axis, without the detour that underflows."""
    shifted = x - max_of_rows(x)
    result: FloatArray = shifted - np.log(sum_of_rows(np.exp(shifted)))
    return result


def max_of_rows(x: FloatArray) -> FloatArray:
    """Maximum over the last axis, which is kept with length 1.

    Along a first axis whole vectors are compared at once; for rows of a dozen that is six times as
    fast.
    """
    columns = np.ascontiguousarray(np.moveaxis(x, -1, 0))
    top: FloatArray = columns.max(axis=0)[..., None]
    return top


def sum_of_rows(x: FloatArray) -> FloatArray:
    """Sum over the last axis, which is kept with length 1, as a product with ones."""
    total: FloatArray = np.matmul(x, np.ones((x.shape[-1], 1), x.dtype))
    return total


def sum_of_columns(x: FloatArray) -> FloatArray:
    """Sum over the last axis but one, which is kept with length 1, as a product with ones.

    For gradients of biases this is ten times as fast as ``sum``, which walks a middle axis row by
    row.
    """
    total: FloatArray = np.matmul(np.ones((1, x.shape[-2]), x.dtype), x)
    return total


def in_blocks(x: FloatArray, n_out: int) -> FloatArray:
    """View rows in blocks, for products with a matrix of ``n_out`` columns.

    Several small products take less time than a large one, by a quarter to a third: OpenBLAS packs
    the matrices of large ones into an order of its own first.

    Parameters
    ----------
    x : (..., rows, n)
    n_out : int

    Returns
    -------
    (..., blocks, rows / blocks, n): one block, if the rows cannot be divided well
    """
    *before, rows, n = x.shape
    blocks = _block_count(rows, rows * n * n_out)
    return x.reshape(*before, blocks, rows // blocks, n)


@functools.cache
def _block_count(rows: int, multiplications: int) -> int:
    """Return the number of equal blocks that make products small, without being many more."""
    wanted = max(1, math.ceil(multiplications / SMALL_PRODUCT))
    return next((k for k in range(wanted, 2 * wanted) if rows % k == 0), 1)
