"""What the end mark looks at, and whether it needs to: found out by forbidding it.

Where a model looks when it ends its answer may be a habit. So that one step is computed again: once
without its favourite place, and once without any look at all.
"""

from typing import NamedTuple

from seqflip.decoding import Forbid, Force, Trace
from seqflip.nn import FloatArray, softmax

END_ID = 0


class Written(NamedTuple):
    """What a step writes."""

    token: int
    share_of_end: float  # the probability of the end mark

    @property
    def ends(self) -> bool:
        """Whether it is the end mark."""
        return self.token == END_ID


class Ending(NamedTuple):
    """The step that writes the end mark.

    Attributes
    ----------
    row : int
        The step.
    column : int
        The place of the source that it looks at most.
    weight : float
        How much.
    seen : Written
        As it was.
    unseen : Written or None
        If it may not look at that place; None where it was forced to look somewhere.
    blind : Written or None
        If it may look nowhere, likewise.
    """

    row: int
    column: int
    weight: float
    seen: Written
    unseen: Written | None
    blind: Written | None


def ending(found: Trace) -> Ending | None:
    """Return what is found out about the first end mark of an answer; None if it has none."""
    ends = (found.outputs == END_ID).nonzero()[0]
    if not len(ends) or not found.attends:
        return None
    row = int(ends[0])
    weights = found.weights[row]
    column = int(weights.argmax())
    seen = _written(found.logits[row])
    one = Ending(row, column, float(weights[column]), seen, None, None)
    if any(isinstance(edit, Force) and edit.row in (None, row) for edit in found.interventions):
        return one
    everywhere = [Forbid(place) for place in range(len(weights))]
    return one._replace(
        unseen=_written(found.logits_with(row, [Forbid(column)])),
        blind=_written(found.logits_with(row, everywhere)),
    )


def _written(logits: FloatArray) -> Written:
    return Written(int(logits.argmax()), float(softmax(logits)[END_ID]))
