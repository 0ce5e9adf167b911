"""What guessing would give: the measure of every number that is shown.

A loss of 2.1 nats, 40 % of the attention on the true places, 1.2 bits of entropy: each says little
until one knows what a model gets that has learned nothing.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from seqflip.learning.metrics import counted


def guessing_loss(vocab_size: int) -> float:
    """Loss in nats of giving each of so many tokens the same probability: log V."""
    return float(np.log(vocab_size))


def frequency_loss(x_tgt: ArrayLike) -> float:
    """Loss in nats of knowing how often each token occurs in (n, T) targets, and nothing else.

    That is the entropy of these frequencies: no guess that is always the same does better.
    """
    x_tgt = np.asarray(x_tgt)
    _, often = np.unique(x_tgt[counted(x_tgt)], return_counts=True)
    share = often / often.sum()
    return float(-(share * np.log(share)).sum())


def guessing_alignment(truth: ArrayLike, places: ArrayLike) -> float | None:
    """Alignment of looking at all places alike; None where no target token comes from anywhere.

    Parameters
    ----------
    truth
        (n, T, S) bool, as `true_alignment` gives it.
    places
        (n,) how many places may be looked at in each sequence: marks count, padding does not.
    """
    truth = np.asarray(truth)
    has_one = truth.any(axis=2)
    if not has_one.any():
        return None
    on_truth = truth.sum(axis=2) / np.asarray(places)[:, None]
    return float(on_truth[has_one].mean())


def largest_entropy(places: ArrayLike) -> NDArray[np.float64]:
    """Entropy in bits of looking at so many places alike: log2 n; 0 where there is none."""
    most: NDArray[np.float64] = np.log2(np.maximum(places, 1))
    return most
