"""Looking with several heads: each compares, and mixes, its own part of the features.

With ``d = d_model / heads`` features a head, Vaswani et al. (2017), section 3.2,
https://arxiv.org/abs/1706.03762::

    scores = query · key / sqrt(d)      weights = softmax(scores)      context = Σ weight value

The contexts of all heads side by side are what the layer saw.
"""

import numpy as np

from seqflip.nn.arrays import FloatArray
from seqflip.nn.buffers import Buffers
from seqflip.nn.dot_product import dot_products, scale_for
from seqflip.nn.functional import softmax_backward
from seqflip.nn.looking import Look, Weigh
from seqflip.nn.transformer.masks import Mask, weights_of


def split(x: FloatArray, heads: int) -> FloatArray:
    """View ``(batch, n, d_model)`` head by head: ``(batch, heads, n, d_model / heads)``."""
    batch, n, d_model = x.shape
    return x.reshape(batch, n, heads, d_model // heads).swapaxes(1, 2)


def look(
    query: FloatArray,
    key: FloatArray,
    value: FloatArray,
    heads: int,
    mask: Mask | None,
    weigh: Weigh | None,
    buffers: Buffers,
) -> Look:
    """Look from queries at keys.

    Parameters
    ----------
    query : (batch, queries, d_model)
    key, value : (batch, keys, d_model)
    heads : int
    mask : Mask, optional
        Who may look at whom; None: all at all.
    weigh : function, optional
        From scores and mask to weights; None: the softmax.
    buffers : Buffers
    """
    query, key, value = split(query, heads), split(key, heads), split(value, heads)
    batch, _, queries, d = query.shape
    shape = (batch, heads, queries, key.shape[2])
    scores = dot_products(query, key, scale_for(d), out=buffers.empty(*shape))
    weights = weights_of(scores, mask, weigh, out=buffers.empty(*shape))
    context = buffers.empty(batch, queries, heads * d)
    np.matmul(weights, value, out=split(context, heads))
    return Look(query, key, value, scores, weights, context)


def look_backward(
    d_context: FloatArray,
    looked: Look,
    d_query: FloatArray,
    d_key: FloatArray,
    d_value: FloatArray,
    buffers: Buffers,
) -> None:
    """Fill the gradients by queries, keys and values, each ``(batch, n, d_model)``."""
    query, key, value, _, weights, _ = looked
    _, heads, _, d = query.shape
    d_heads = split(d_context, heads)
    np.matmul(weights.swapaxes(2, 3), d_heads, out=split(d_value, heads))
    d_weights = np.matmul(d_heads, value.swapaxes(2, 3), out=buffers.empty(*weights.shape))
    rows = (-1, weights.shape[-1])
    d_scores = softmax_backward(d_weights.reshape(rows), weights.reshape(rows))
    d_scores *= scale_for(d)
    d_scores = d_scores.reshape(weights.shape)
    np.matmul(d_scores, key, out=split(d_query, heads))
    np.matmul(d_scores.swapaxes(2, 3), query, out=split(d_key, heads))
