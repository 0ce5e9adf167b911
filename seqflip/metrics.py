"""How well it is learned: token accuracy, exact match, and attention on the true place.

Arrays in, numbers out. What counts in a target are its tokens up to and including the first 0.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray


def counted(x_tgt: ArrayLike) -> NDArray[np.bool_]:
    """Mark what counts: each row of (n, T) up to and including its first 0."""
    x_tgt = np.asarray(x_tgt)
    counts = np.ones(x_tgt.shape, dtype=np.bool_)  # the first token counts, 0 or not
    counts[:, 1:] = np.logical_and.accumulate(x_tgt[:, :-1] != 0, axis=1)
    return counts


def token_accuracy(predicted: ArrayLike, x_tgt: ArrayLike) -> float:
    """Share of the counted tokens that are right; both are (n, T)."""
    predicted, x_tgt = _checked(predicted, x_tgt)
    return float((predicted == x_tgt)[counted(x_tgt)].mean())


def sequence_accuracy(predicted: ArrayLike, x_tgt: ArrayLike) -> float:
    """Share of the sequences of which every counted token is right; both are (n, T)."""
    predicted, x_tgt = _checked(predicted, x_tgt)
    return float(((predicted == x_tgt) | ~counted(x_tgt)).all(axis=1).mean())


def alignment(weights: ArrayLike, truth: ArrayLike) -> float:
    """Mean attention on the true source places, over the target tokens that have one.

    Parameters
    ----------
    weights
        (n, T, S) attention weights.
    truth
        (n, T, S) bool, as `true_alignment` gives it.
    """
    weights, truth = _checked(weights, truth, rank=3)
    has_one = truth.any(axis=2)
    if not has_one.any():
        raise ValueError("there is no target token that has a true source place")
    on_truth = np.where(truth, weights, 0.0).sum(axis=2, dtype=np.float64)
    return float(on_truth[has_one].mean())


def token_accuracy_by_length(
    predicted: ArrayLike, x_tgt: ArrayLike, lengths: ArrayLike
) -> dict[int, float]:
    """Give the token accuracy for each length that occurs; `lengths` is (n,)."""
    return _by_length(token_accuracy, lengths, predicted, x_tgt)


def sequence_accuracy_by_length(
    predicted: ArrayLike, x_tgt: ArrayLike, lengths: ArrayLike
) -> dict[int, float]:
    """Give the sequence accuracy for each length that occurs; `lengths` is (n,)."""
    return _by_length(sequence_accuracy, lengths, predicted, x_tgt)


def alignment_by_length(
    weights: ArrayLike, truth: ArrayLike, lengths: ArrayLike
) -> dict[int, float]:
    """Give the alignment for each length that occurs; `lengths` is (n,)."""
    return _by_length(alignment, lengths, weights, truth)


def _by_length(
    metric: Callable[[ArrayLike, ArrayLike], float],
    lengths: ArrayLike,
    given: ArrayLike,
    wanted: ArrayLike,
) -> dict[int, float]:
    given, wanted, lengths = np.asarray(given), np.asarray(wanted), np.asarray(lengths)
    if lengths.shape != given.shape[:1]:
        raise ValueError(
            f"lengths must have one number for each of the {len(given)} sequences, "
            f"not the shape {lengths.shape}"
        )
    return {
        int(length): metric(given[lengths == length], wanted[lengths == length])
        for length in np.unique(lengths)
    }


def _checked(
    given: ArrayLike, wanted: ArrayLike, rank: int = 2
) -> tuple[NDArray[Any], NDArray[Any]]:
    given, wanted = np.asarray(given), np.asarray(wanted)
    if given.shape != wanted.shape or given.ndim != rank:
        raise ValueError(
            f"both arrays must have the same {rank} axes, not the shapes {given.shape} "
            f"and {wanted.shape}"
        )
    if given.size == 0:
        raise ValueError(f"there is nothing to measure in arrays of the shape {given.shape}")
    return given, wanted
