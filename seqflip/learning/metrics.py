"""How well it is learned: token accuracy, exact match, and attention on the true place.

Arrays in, numbers out. What counts in a target are its tokens up to and including the first 0.
"""

from math import sqrt
from statistics import NormalDist
from typing import Any, NamedTuple

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


def up_to_end(tokens: ArrayLike) -> list[int]:
    """Return the tokens of one sequence (T,) up to and including its end mark, if it has one."""
    row = np.asarray(tokens)
    kept: list[int] = row[counted(row[None])[0]].tolist()
    return kept


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


class Interval(NamedTuple):
    """Where a share may well lie."""

    low: float
    high: float


def wilson_interval(share: float, n: float, confidence: float = 0.95) -> Interval:
    """Say how far a share that was found in a sample may be from that of all there are.

    Wilson (1927), https://doi.org/10.1080/01621459.1927.10502953. It holds every true share p from
    which that of a sample may by chance lie as far away: |share - p| <= z sqrt(p (1 - p) / n). So
    it stays within 0 and 1, and keeps a width where all are right, or none.

    Parameters
    ----------
    share
        Of the sample: right ones by all.
    n
        How large the sample is; for the mean of numbers from 0 to 1, their `effective_size`.
    confidence
        In how many of many samples the interval is to hold the truth.
    """
    if n < 1 or not 0 <= share <= 1:
        raise ValueError(f"there is no share {share!r} of {n!r}")
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    reach = z * sqrt(share * (1 - share) / n + (z / (2 * n)) ** 2) / (1 + z * z / n)
    # The sample's own share always lies within; only rounding could say otherwise.
    return Interval(min(max(0.0, centre - reach), share), max(min(1.0, centre + reach), share))


def effective_size(values: ArrayLike) -> float:
    """Say how many that are right or wrong would have a mean as sure as that of these numbers.

    Numbers from 0 to 1 vary less than what is either 0 or 1, so that each of them says more. As
    Korn & Graubard (1998) do for samples of which some belong together, take
    n p (1 - p) / variance; at least n, and n where nothing varies.
    """
    values = np.asarray(values, dtype=np.float64)
    n, mean = len(values), float(values.mean())
    variance = float(values.var(ddof=1)) if n > 1 else 0.0
    return max(n, n * mean * (1 - mean) / variance) if variance > 0 else n


def sequence_accuracy_by_length(
    predicted: ArrayLike, x_tgt: ArrayLike, lengths: ArrayLike
) -> dict[int, float]:
    """Give the sequence accuracy for each length that occurs; `lengths` is (n,)."""
    predicted, x_tgt, lengths = np.asarray(predicted), np.asarray(x_tgt), np.asarray(lengths)
    if lengths.shape != predicted.shape[:1]:
        raise ValueError(
            f"lengths must have one number for each of the {len(predicted)} sequences, "
            f"not the shape {lengths.shape}"
        )
    return {
        int(length): sequence_accuracy(predicted[lengths == length], x_tgt[lengths == length])
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
