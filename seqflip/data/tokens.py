"""Token ids that come from outside, checked."""

import numpy as np
from numpy.typing import ArrayLike

from seqflip.nn import IntArray


def check_tokens(name: str, x: ArrayLike, vocab_size: int, *, empty_rows: bool = False) -> IntArray:
    """Return ``x`` as an integer array ``(n, length)``: sequences padded with zeros at their ends.

    Raises
    ------
    TypeError
        If it does not hold integers.
    ValueError
        If it has the wrong rank, is empty, holds an id outside the vocabulary, a token behind a
        zero, or (unless ``empty_rows``) a row of zeros only.
    """
    try:
        array = np.asarray(x)
    except ValueError:
        raise ValueError(
            f"{name} must be rectangular: sequences of one length, zeros behind shorter ones"
        ) from None
    if array.size == 0:
        raise ValueError(
            f"{name} must hold at least one sequence of at least one token, got shape {array.shape}"
        )
    if array.dtype.kind not in "iu":
        raise TypeError(f"{name} must hold integer token ids, got {array.dtype}")
    if array.ndim != 2:
        raise ValueError(
            f"{name} must have 2 dimensions (sequences, length), got shape {array.shape}"
        )
    low, high = int(array.min()), int(array.max())
    if low < 0 or high >= vocab_size:
        wrong = low if low < 0 else high
        raise ValueError(f"{name} must hold token ids from 0 to {vocab_size - 1}, got {wrong}")
    if ((array[:, :-1] == 0) & (array[:, 1:] != 0)).any():
        raise ValueError(
            f"{name} may hold 0 only behind the end of a sequence, got a token after a 0"
        )
    if not empty_rows and (array[:, 0] == 0).any():
        raise ValueError(f"{name} must not hold empty sequences, got a row that begins with 0")
    return array.astype(np.int64)
