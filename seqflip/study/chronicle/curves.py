"""The curves that a chronicle is made of, and where they are as high as something."""

import itertools
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np

from seqflip.runs.snapshots import snapshot_steps
from seqflip.runs.steplog import RECORD, read_since
from seqflip.runs.thinning import Line

POINTS = 100  # of the loss, at most
MEAN = 20  # steps, at most, of which such a point is the mean


class Chance(NamedTuple):
    """What guessing would give."""

    loss: float | None = None  # of knowing how often each token occurs
    alignment: float | None = None  # of looking at all inputs of this sequence alike
    held_out_alignment: float | None = None  # and of the held-out ones


UNKNOWN: Final = Chance()


@dataclass(frozen=True)
class Curves:
    """What a chronicle is made of; lines may be empty.

    Attributes
    ----------
    loss : Line
        Of training, as :func:`read_loss` gives it.
    held_out_loss, exact, held_out_alignment : Line
        Of the evaluations.
    alignment : Line
        Of one sequence, snapshot by snapshot.
    chance : Chance
    diverged : int or None
        At which step numbers were no longer finite.
    """

    loss: Line
    held_out_loss: Line
    exact: Line
    held_out_alignment: Line
    alignment: Line
    chance: Chance = UNKNOWN
    diverged: int | None = None


def read_loss(path: Path) -> Line:
    """Return the training loss at up to 100 steps, dense at first, each the mean since the last.

    At most of the last 20 steps; at step 0, it is that of the first batch, before any update.
    """
    try:
        steps = path.stat().st_size // RECORD.itemsize
    except FileNotFoundError:
        steps = 0
    if not steps:
        return Line(np.empty(0, np.int64), np.empty(0))
    places = [0, *snapshot_steps(steps, min(POINTS, steps + 1))[1:]]
    means = [_mean(path, 0, 1)]
    means += [
        _mean(path, max(before, step - MEAN), step) for before, step in itertools.pairwise(places)
    ]
    return Line(np.array(places), np.array(means))


def _mean(path: Path, after: int, step: int) -> float:
    records, _ = read_since(path, after, step - after)
    return float(np.mean(records["loss"]))


def known(line: Line) -> Line:
    there = np.isfinite(line.value)
    return Line(line.step[there], line.value[there])


def first(line: Line, level: float) -> int | None:
    """Return the place of the first value that is as high."""
    high = np.flatnonzero(line.value >= level)
    return int(high[0]) if len(high) else None
