"""Scaled dot-product attention as a function of arrays, and the products that the network shares.

Whoever calls it from outside may err, so here everything is checked.
"""

import numpy as np
from numpy.typing import ArrayLike

from seqflip.nn.arrays import BoolArray, FloatArray
from seqflip.nn.functional import softmax


def scaled_dot_product_attention(
    query: ArrayLike, key: ArrayLike, value: ArrayLike, mask: ArrayLike | None = None
) -> tuple[FloatArray, FloatArray]:
    """Attend from queries to keys: ``softmax(query keyᵀ / sqrt(d_k)) value``.

    Vaswani et al. (2017), equation 1, https://arxiv.org/abs/1706.03762

    Parameters
    ----------
    query : (..., n_queries, d_k)
    key : (..., n_keys, d_k)
    value : (..., n_keys, d_v)
    mask : boolean or 0/1, broadcastable to (..., n_queries, n_keys), optional
        True where a query may attend to a key. A query that may attend to nothing gets zero weights
        and a zero output.

    Returns
    -------
    output : (..., n_queries, d_v)
    weights : (..., n_queries, n_keys)
        Each row sums to 1 (or to 0 where nothing may be attended to).

    Raises
    ------
    TypeError
        If an argument is not numeric.
    ValueError
        If the shapes do not fit together, or the mask holds other values than 0 and 1.
    """
    q, k, v = (_numeric(name, x) for name, x in (("query", query), ("key", key), ("value", value)))
    if q.shape[-1] != k.shape[-1]:
        raise ValueError(
            f"query and key must have the same last dimension, got {q.shape} and {k.shape}"
        )
    if q.shape[-1] == 0:
        raise ValueError(
            f"query and key must have at least one feature, got {q.shape} and {k.shape}"
        )
    if k.shape[-2] != v.shape[-2]:
        raise ValueError(
            f"key and value must have the same number of rows, got {k.shape} and {v.shape}"
        )
    try:
        batch = np.broadcast_shapes(q.shape[:-2], k.shape[:-2], v.shape[:-2])
    except ValueError:
        raise ValueError(
            "the leading dimensions of query, key and value must broadcast, "
            f"got {q.shape}, {k.shape} and {v.shape}"
        ) from None
    allowed = None if mask is None else as_mask(mask, (*batch, q.shape[-2], k.shape[-2]))
    dtype = np.result_type(q, k, v)
    if k.shape[-2] == 0:
        return np.zeros((*batch, q.shape[-2], v.shape[-1]), dtype), np.zeros(
            (*batch, q.shape[-2], 0), dtype
        )
    # Products of half precision soon leave its range: they are added up in single precision.
    wide = np.promote_types(dtype, np.float32)
    q, k, v = (x.astype(wide, copy=False) for x in (q, k, v))
    scores = dot_products(q, k, scale_for(q.shape[-1]))
    weights = softmax(np.broadcast_to(scores, (*batch, *scores.shape[-2:])), allowed)
    output = np.matmul(weights, v)
    return output.astype(dtype, copy=False), weights.astype(dtype, copy=False)


def dot_products(
    query: FloatArray, key: FloatArray, scale: float, out: FloatArray | None = None
) -> FloatArray:
    """Return ``scale * query keyᵀ``: (..., n_queries, d_k), (..., n_keys, d_k) to (..., both)."""
    scores = np.matmul(query, key.swapaxes(-1, -2), out=out)
    scores *= scale
    return scores


def scale_for(d_k: int) -> float:
    """Return ``1 / sqrt(d_k)``, which brings sums of ``d_k`` products of unit spread back to it."""
    return float(1 / np.sqrt(d_k))


def _numeric(name: str, x: ArrayLike) -> FloatArray:
    """Return ``x`` as a floating array of at least two dimensions."""
    array = np.asarray(x)
    if array.dtype.kind not in "fiub":
        raise TypeError(f"{name} must be an array of real numbers, got {array.dtype}")
    if array.ndim < 2:
        raise ValueError(
            f"{name} must have at least 2 dimensions (..., rows, features), got shape {array.shape}"
        )
    return array if array.dtype.kind == "f" else array.astype(np.float64)


def as_mask(mask: ArrayLike, shape: tuple[int, ...]) -> BoolArray:
    """Return a boolean or 0/1 mask as booleans, after checking that it broadcasts to ``shape``."""
    array = np.asarray(mask)
    if array.dtype.kind not in "biuf":
        raise TypeError(f"mask must be boolean or 0/1, got {array.dtype}")
    if array.dtype != np.bool_ and not np.isin(array, (0, 1)).all():
        raise ValueError("mask must hold only True/False or 1/0 (True: may be attended to)")
    try:
        fits = np.broadcast_shapes(array.shape, shape) == shape
    except ValueError:
        fits = False
    if not fits:
        raise ValueError(
            f"mask must broadcast to {shape} (queries by keys), got shape {array.shape}"
        )
    return array.astype(np.bool_)
