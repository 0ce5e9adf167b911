"""What the figures below a heatmap are measured against."""

import numpy as np

from seqflip.learning.chance import guessing_alignment
from seqflip.nn import DECODER, ENCODER, BoolArray, IntArray
from seqflip.ui.attend.picture import Answer
from seqflip.ui.attend.through import Seen, Through


def places(answer: Answer, shown: Seen, through: Through | None) -> IntArray:
    """Return how many places each row may look at, (rows,): words to come and forbidden ones not.

    The mean over several heads may look where any of them may.
    """
    rows, columns = shown.weights.shape
    if through is not None and through.kind == DECODER:
        return np.arange(1, rows + 1)
    trace = answer.trace
    if not trace.interventions or (through is not None and through.kind == ENCODER):
        return np.full(rows, columns)
    if through is None:
        looking = [trace]
    else:
        heads = range(trace.heads) if through.head is None else [through.head]
        looking = [trace.of_head(through.where, head) for head in heads]
    allowed = [
        np.any([one.given_to_softmax(row).allowed for one in looking], axis=0).sum()
        for row in range(rows)
    ]
    return np.array(allowed)


def alike(truth: BoolArray) -> float | None:
    """Return the alignment of looking at all places alike, (rows, columns) of them."""
    return guessing_alignment(truth[None], [truth.shape[1]])
