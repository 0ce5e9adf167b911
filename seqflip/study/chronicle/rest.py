"""From where on nothing changes any more."""

import numpy as np

from seqflip.runs.thinning import Line
from seqflip.study.chronicle.chapter import Chapter
from seqflip.study.chronicle.numbers import nats, span

LATE = 0.75  # of the training; what comes to rest later is no chapter
CALM = 0.02  # of the loss's whole fall, and of shares


def rest_of(loss: Line, aligned: Line, exact: Line) -> list[Chapter]:
    """Tell from where on all curves stay as they are in the end."""
    if len(loss.step) < 2:
        return []
    margin = CALM * (loss.value[0] - loss.value.min())
    start, end = _calm_from(loss, margin), int(loss.step[-1])
    start = max(start, *(_calm_from(line, CALM) for line in (aligned, exact)))
    if start > LATE * end:
        return []
    rest = loss.value[loss.step >= start]
    low, high = float(rest.min()), float(rest.max())
    under = f"under {np.floor(100 * high + 1) / 100:.2f}"
    stays = under if low < 0.005 else span(nats(low), nats(high))
    text = f"From step {start:,} on hardly anything changes: the loss stays {stays}."
    return [Chapter("still", start, end, text)]


def _calm_from(line: Line, margin: float) -> int:
    """Return the first step from which a line stays as near to its end."""
    if not len(line.step):
        return 0
    away = np.flatnonzero(abs(line.value - line.value[-1]) > margin)
    return int(line.step[away[-1] + 1]) if len(away) else int(line.step[0])
