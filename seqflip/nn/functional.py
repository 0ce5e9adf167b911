"""Elementary functions, each with its derivative beside it.

A derivative is written in terms of the function's *output*, which is what a forward pass has at hand.
"""

import numpy as np

from seqflip.nn.arrays import BoolArray, FloatArray


def sigmoid(x: FloatArray, out: FloatArray | None = None) -> FloatArray:
    """Logistic function ``1 / (1 + exp(-x))``, any shape.

    Computed as ``(1 + tanh(x / 2)) / 2``, which is the same and cannot overflow.
    """
    out = np.multiply(x, 0.5, out=out)
    np.tanh(out, out=out)
    np.multiply(out, 0.5, out=out)
    return np.add(out, 0.5, out=out)


def sigmoid_backward(y: FloatArray) -> FloatArray:
    """Return the derivative of ``y = sigmoid(x)`` by ``x``: ``y (1 - y)``."""
    return y * (1 - y)


def tanh_backward(y: FloatArray) -> FloatArray:
    """Return the derivative of ``y = tanh(x)`` by ``x``: ``1 - y²``."""
    return 1 - y * y


def softmax(x: FloatArray, mask: BoolArray | None = None, out: FloatArray | None = None) -> FloatArray:
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
    top = x.max(axis=-1, keepdims=True)
    if mask is not None:
        np.copyto(top, 0, where=np.isneginf(top))
    out = np.subtract(x, top, out=out)
    np.exp(out, out=out)
    total = out.sum(axis=-1, keepdims=True)
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
    d_x -= y * d_x.sum(axis=-1, keepdims=True)
    return d_x
