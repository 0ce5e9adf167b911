"""Who may look at whom: nobody at padding, no word at one that follows it."""

from typing import NamedTuple

import numpy as np

from seqflip.nn.arrays import BoolArray, FloatArray
from seqflip.nn.functional import softmax
from seqflip.nn.looking import Weigh

FORBIDDEN = -1e30  # added to a score, whose weight is then exactly 0


class Mask(NamedTuple):
    """Which queries may look at which keys."""

    allowed: BoolArray  # broadcastable to (batch, heads, queries, keys)
    added: FloatArray  # of the same shape, to the scores: 0, or next to minus infinity


def masked(allowed: BoolArray, dtype: np.dtype[np.floating]) -> Mask:
    """Return the mask that lets pass what is ``allowed``."""
    return Mask(allowed, np.where(allowed, 0, FORBIDDEN).astype(dtype))


def causal(queries: int, keys: int, dtype: np.dtype[np.floating]) -> Mask | None:
    """Return the mask by which the last ``queries`` of ``keys`` words see none that follows.

    None where there is nothing to hide.
    """
    if queries == 1:
        return None
    return masked(np.tri(queries, keys, keys - queries, dtype=np.bool_), dtype)


def weights_of(
    scores: FloatArray, mask: Mask | None, weigh: Weigh | None, out: FloatArray
) -> FloatArray:
    """Return the weights of ``scores``, both ``(batch, heads, queries, keys)``, in ``out``."""
    if weigh is not None:
        out[...] = weigh(scores, None if mask is None else mask.allowed)
        return out
    keys = scores.shape[-1]
    given = scores if mask is None else np.add(scores, mask.added, out=out)
    softmax(given.reshape(-1, keys), out=out.reshape(-1, keys))
    return out
