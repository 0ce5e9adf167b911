"""Which curve was first half-way."""

import itertools
from typing import NamedTuple

from seqflip.runs.thinning import Line
from seqflip.study.chronicle.answers import HALF
from seqflip.study.chronicle.curves import first
from seqflip.study.chronicle.fall import LEAST_FALL
from seqflip.study.chronicle.turn import rise


class _Way(NamedTuple):
    """When something had gone half of its way: after one step, and by another."""

    what: str
    after: int
    by: int


def order_of(loss: Line, aligned: Line, exact: Line) -> str:
    """Say which curve was first half-way; nothing where the points lie too far apart to know."""
    rises = len(aligned.step) > 1 and rise(aligned) is not None
    falls = len(loss.step) > 1 and loss.value[0] - loss.value.min() >= LEAST_FALL * loss.value[0]
    ways = [
        _half_way("the loss", Line(loss.step, -loss.value)) if falls else None,
        _half_way("the alignment", aligned) if rises else None,
        _half_way("exact match", exact, HALF),
    ]
    known = sorted((way for way in ways if way is not None), key=lambda way: way.by)
    if len(known) < 2 or any(a.by > b.after for a, b in itertools.pairwise(known)):
        return ""
    earliest, *others = known
    then = ", ".join(f"then {way.what} by step {way.by:,}" for way in others)
    return f"Half-way first: {earliest.what} by step {earliest.by:,}, {then}."


def _half_way(what: str, line: Line, level: float | None = None) -> _Way | None:
    """Return when a line was first as high as ``level``, or half-way to its highest."""
    if not len(line.step):
        return None
    half = (line.value[0] + line.value.max()) / 2 if level is None else level
    place = first(line, half)
    if place is None:
        return None
    return _Way(what, int(line.step[place - 1]) if place else 0, int(line.step[place]))
