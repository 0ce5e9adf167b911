"""In which order a run learned what it learned, said in a few sentences made of its own numbers.

Each chapter is found in the curves by a rule that can be checked by hand; what a curve does not
show is not told.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, NamedTuple

import numpy as np

from seqflip.runs.snapshots import snapshot_steps
from seqflip.runs.steplog import RECORD, read_since
from seqflip.runs.thinning import Line

Kind = Literal["start", "steep", "flat", "rise", "astray", "whole", "heart", "diverged", "still"]

MOST = 4  # chapters
POINTS = 100  # of the loss, at most
MEAN = 20  # steps, at most, of which such a point is the mean
LEAST_FALL = 0.1  # of the first loss
LEAST_START = 0.1  # of the time until the steep fall is over; what is shorter is no chapter
LEAST_RISE = 0.15  # of the alignment
FEW = 5  # points of a rise
BEGUN, DONE = 0.1, 0.9  # of a rise
HALF, MOSTLY = 0.5, 0.95  # of the held-out sequences
BY_HEART = 0.2  # nats by which the held-out loss is above its lowest in the end
LATE = 0.75  # of the training; what comes to rest later is no chapter
CALM = 0.02  # of the loss's whole fall, and of shares

_IMPORTANCE: tuple[Kind, ...] = (
    *("diverged", "heart", "whole", "rise", "astray", "steep", "flat", "start", "still"),
)


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


class Chapter(NamedTuple):
    """A sentence, and the steps that it speaks of, both included."""

    kind: Kind
    start: int
    end: int
    text: str


class Chronicle(NamedTuple):
    """The chapters in the order in which they began, and which curve was first half-way."""

    chapters: list[Chapter]
    order: str


NOTHING: Final = Chronicle([], "")


class _Way(NamedTuple):
    """When something had gone half of its way: after one step, and by another."""

    what: str
    after: int
    by: int


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


def chronicle(curves: Curves) -> Chronicle:
    """Tell what happened, in up to four chapters."""
    loss, exact = _known(curves.loss), _known(curves.exact)
    aligned, whose, chance = _finer(curves)
    found = [
        *_loss(loss, curves.chance.loss),
        *_alignment(aligned, whose, chance),
        *_whole(exact),
        *_by_heart(loss, _known(curves.held_out_loss)),
        *_still(loss, aligned, exact),
    ]
    if curves.diverged is not None:
        step = curves.diverged
        text = f"At step {step:,} training diverges: its numbers are no longer finite."
        found.append(Chapter("diverged", step, step, text))
    kept = sorted(found, key=lambda one: _IMPORTANCE.index(one.kind))[:MOST]
    told = sorted((one for one in found if one in kept), key=lambda one: (one.start, one.end))
    return Chronicle(told, _order(loss, aligned, exact))


def _known(line: Line) -> Line:
    there = np.isfinite(line.value)
    return Line(line.step[there], line.value[there])


def _first(line: Line, level: float) -> int | None:
    """Return the place of the first value that is as high."""
    high = np.flatnonzero(line.value >= level)
    return int(high[0]) if len(high) else None


# ------------------------------------------------------------------ chapters


def _loss(loss: Line, guess: float | None) -> list[Chapter]:
    """Tell of the shortest stretch that has half of the whole fall, and of what was before it."""
    if len(loss.step) < 2:
        return []
    step, value = loss.step.tolist(), loss.value.tolist()
    fall = value[0] - min(value)
    if fall < LEAST_FALL * value[0]:
        return [Chapter("flat", 0, step[-1], _flat(step, value, guess))]
    i, j = _steepest(step, value, fall / 2)
    share = _percent((value[i] - value[j]) / fall)
    text = (
        f"From step {step[i]:,} to {step[j]:,} the loss falls fastest, from {_nats(value[i])} to "
        f"{_nats(value[j])}: {share} of its whole fall."
    )
    steep = Chapter("steep", step[i], step[j], text)
    if step[i] < LEAST_START * step[j]:
        return [steep]
    verb = "falls" if value[i] < value[0] else "goes"
    text = f"Up to step {step[i]:,} the loss {verb} from {_nats(value[0])} to {_nats(value[i])}"
    text = f"{text}{_guessing(value[: i + 1], guess)}."
    return [Chapter("start", 0, step[i], text), steep]


def _flat(step: Sequence[int], value: Sequence[float], guess: float | None) -> str:
    """Say how little a loss falls, or that it rises."""
    if value[-1] > (1 + LEAST_FALL) * value[0]:
        at_the_end = f"{_nats(value[-1])} at step {step[-1]:,}"
        return f"The loss rises: from {_nats(value[0])} at the start to {at_the_end}."
    low = min(value)
    return (
        f"The loss hardly falls: it is {_nats(value[0])} at the start, and {_nats(low)} at its "
        f"lowest, at step {step[value.index(low)]:,}{_guessing(value, guess)}."
    )


def _steepest(step: Sequence[int], value: Sequence[float], fall: float) -> tuple[int, int]:
    """Return the ends of the shortest stretch with such a fall; of equal ones, the first."""
    stretches = [
        (step[j] - step[i], i, j)
        for i in range(len(step))
        for j in range(i + 1, len(step))
        if value[i] - value[j] >= fall
    ]
    _, i, j = min(stretches)
    return i, j


def _guessing(value: Sequence[float], guess: float | None) -> str:
    """Say how a stretch of the loss compares with knowing how often each token occurs."""
    if guess is None:
        return ""
    knowing = "knowing only how often each token occurs"
    if min(value) >= guess:
        return f", no better than {knowing} ({_nats(guess)})"
    if value[-1] >= (1 - LEAST_FALL) * guess:
        return f", hardly better than {knowing} ({_nats(guess)})"
    return f"; {knowing} gives {_nats(guess)}"


def _finer(curves: Curves) -> tuple[Line, str, float | None]:
    """Return the alignment of this sequence; of held-out ones, if only they show how it rises."""
    own, held_out = _known(curves.alignment), _known(curves.held_out_alignment)
    points = _points_until_there(own)
    if points < FEW and points < _points_until_there(held_out):
        return held_out, "on held-out sequences", curves.chance.held_out_alignment
    return own, "of this sequence", curves.chance.alignment


def _points_until_there(line: Line) -> int:
    rise = _rise(line)
    return 0 if rise is None else rise[1] + 1


def _rise(line: Line) -> tuple[int, int] | None:
    """Return the places where a rise has not yet begun, and where most of it is done."""
    if len(line.step) < 2:
        return None
    first, rise = line.value[0], line.value.max() - line.value[0]
    if rise < LEAST_RISE:
        return None
    begun = _first(line, first + BEGUN * rise)
    done = _first(line, first + DONE * rise)
    assert begun is not None
    assert done is not None
    return begun - 1, done


def _alignment(line: Line, whose: str, chance: float | None) -> list[Chapter]:
    if len(line.step) < 2:
        return []
    step, value = line.step.tolist(), line.value.tolist()
    alike = "" if chance is None else f"; looking anywhere alike gives {_percent(chance)}"
    if (rise := _rise(line)) is not None:
        i, j = rise
        text = (
            f"From step {step[i]:,} to {step[j]:,} the attention turns to the true places: the "
            f"alignment {whose} rises from {_percent(value[i])} to {_percent(value[j])}{alike}."
        )
        return [Chapter("rise", step[i], step[j], text)]
    if chance is None or max(value) >= chance + LEAST_RISE:
        return []
    text = (
        f"The attention does not find the true places: the alignment {whose} stays "
        f"{_span(_percent(min(value)), _percent(max(value)))}{alike}."
    )
    return [Chapter("astray", step[0], step[-1], text)]


def _whole(exact: Line) -> list[Chapter]:
    """Tell when whole answers come right."""
    if not len(exact.step):
        return []
    step, value = exact.step.tolist(), exact.value.tolist()
    half, mostly = _first(exact, HALF), _first(exact, MOSTLY)
    best = int(exact.value.argmax())
    if value[best] == 0:
        text = "No held-out sequence is answered right from end to end."
        return [Chapter("whole", step[0], step[-1], text)]
    if half is None:
        text = (
            f"Few whole answers come right: {_percent(value[best])} of the held-out sequences at "
            f"best, at step {step[best]:,}."
        )
        return [Chapter("whole", step[best], step[best], text)]
    text = f"Whole answers come right: half of the held-out sequences by step {step[half]:,}"
    if mostly is None:
        text = f"{text}, and at best {_percent(value[best])}, at step {step[best]:,}."
        return [Chapter("whole", step[half], max(step[best], step[half]), text)]
    if mostly == half:
        text = f"Whole answers come right: {_percent(value[half])} of the held-out sequences "
        text = f"{text}by step {step[half]:,}."
    else:
        text = f"{text}, {_percent(MOSTLY)} by step {step[mostly]:,}."
    return [Chapter("whole", step[half], step[mostly], text)]


def _by_heart(loss: Line, held_out: Line) -> list[Chapter]:
    """Tell from where on what is learned no longer helps with what was held out."""
    if len(held_out.step) < 2 or len(loss.step) < 2:
        return []
    best = int(held_out.value.argmin())
    low, last = float(held_out.value[best]), float(held_out.value[-1])
    start, end = int(held_out.step[best]), int(held_out.step[-1])
    before, after = np.interp([start, end], loss.step, loss.value).tolist()
    if last - low < BY_HEART or after >= before:
        return []
    text = (
        f"From step {start:,} on it learns by heart: the training loss falls on, from "
        f"{_nats(before)} to {_nats(after)}, that of held-out sequences rises from {_nats(low)} to "
        f"{_nats(last)}."
    )
    return [Chapter("heart", start, end, text)]


def _still(loss: Line, aligned: Line, exact: Line) -> list[Chapter]:
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
    span = under if low < 0.005 else _span(_nats(low), _nats(high))
    text = f"From step {start:,} on hardly anything changes: the loss stays {span}."
    return [Chapter("still", start, end, text)]


def _calm_from(line: Line, margin: float) -> int:
    """Return the first step from which a line stays as near to its end."""
    if not len(line.step):
        return 0
    away = np.flatnonzero(abs(line.value - line.value[-1]) > margin)
    return int(line.step[away[-1] + 1]) if len(away) else int(line.step[0])


# ------------------------------------------------------------------ order


def _order(loss: Line, aligned: Line, exact: Line) -> str:
    """Say which curve was first half-way; nothing where the points lie too far apart to know."""
    rises = len(aligned.step) > 1 and _rise(aligned) is not None
    falls = len(loss.step) > 1 and loss.value[0] - loss.value.min() >= LEAST_FALL * loss.value[0]
    ways = [
        _half_way("the loss", Line(loss.step, -loss.value)) if falls else None,
        _half_way("the alignment", aligned) if rises else None,
        _half_way("exact match", exact, HALF),
    ]
    known = sorted((way for way in ways if way is not None), key=lambda way: way.by)
    if len(known) < 2 or any(a.by > b.after for a, b in itertools.pairwise(known)):
        return ""
    first, *others = known
    then = ", ".join(f"then {way.what} by step {way.by:,}" for way in others)
    return f"Half-way first: {first.what} by step {first.by:,}, {then}."


def _half_way(what: str, line: Line, level: float | None = None) -> _Way | None:
    """Return when a line was first as high as ``level``, or half-way to its highest."""
    if not len(line.step):
        return None
    half = (line.value[0] + line.value.max()) / 2 if level is None else level
    place = _first(line, half)
    if place is None:
        return None
    return _Way(what, int(line.step[place - 1]) if place else 0, int(line.step[place]))


# ------------------------------------------------------------------ numbers


def _nats(loss: float) -> str:
    if loss >= 1000:
        return f"{loss:.1e}"
    return "under 0.01" if loss < 0.005 else f"{loss:.2f}"


def _span(low: str, high: str) -> str:
    return f"at {low}" if low == high else f"between {low} and {high}"


def _percent(share: float) -> str:
    """Write a share: only a whole one is 100 %, and only none 0 %."""
    shown = f"{100 * share:.0f}"
    if (shown == "0" and share > 0) or (shown == "100" and share < 1):
        shown = f"{min(max(100 * share, 0.1), 99.9):.1f}"
    return f"{shown}\N{NO-BREAK SPACE}%"
