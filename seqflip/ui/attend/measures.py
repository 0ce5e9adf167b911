"""What the figures below a heatmap are measured against."""

import numpy as np

from seqflip.learning.metrics import alignment
from seqflip.nn import DECODER, ENCODER, BoolArray
from seqflip.ui.attend.picture import Answer
from seqflip.ui.attend.through import Seen, Through


def allowed(answer: Answer, shown: Seen, through: Through | None) -> BoolArray:
    """Mark where each row may look, (rows, columns): words to come and forbidden ones not.

    The mean over several heads may look where any of them may.
    """
    rows, columns = shown.weights.shape
    if through is not None and through.kind == DECODER:
        return np.tri(rows, columns, dtype=bool)
    trace = answer.trace
    if not trace.interventions or (through is not None and through.kind == ENCODER):
        return np.ones((rows, columns), bool)
    if through is None:
        looking = [trace]
    else:
        heads = range(trace.heads) if through.head is None else [through.head]
        looking = [trace.of_head(through.where, head) for head in heads]
    found: BoolArray = np.array(
        [
            np.any([one.given_to_softmax(row).allowed for one in looking], axis=0)
            for row in range(rows)
        ]
    )
    return found


def alike(truth: BoolArray, may: BoolArray) -> float:
    """Return the alignment of looking alike at all places that each row may look at."""
    flat = may / np.maximum(may.sum(axis=1, keepdims=True), 1)
    return alignment(flat[None], truth[None])
