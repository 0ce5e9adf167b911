"""Values of runs and races that are there."""

import math

from seqflip.ui.labels import percent
from seqflip.ui.lessons.models import curve_of, point_at, race_of, report_of, trained_of
from seqflip.ui.lessons.values.registry import value


@value("exact_match RUN LENGTH", "how many sequences of a length a run answers without a mistake")
def _exact_match(run: str, length: int) -> str:
    return percent(_exact(run, length))


@value(
    "longest_above RUN SHARE LENGTH",
    "the longest length, up to LENGTH, at which a run still has so much exact match",
)
def _longest_above(run: str, share: float, longest: int) -> int:
    points = report_of(run, longest).points
    above = [one.length for one in points if 100 * one.exact_match.value >= share]
    return max(above, default=0)


@value(
    "still_right LENGTH SHARE RUN RUN",
    "which of two runs has so much exact match at a length: its name, both, or neither",
)
def _still_right(length: int, share: float, *runs: str) -> str:
    right = [run for run in runs if 100 * _exact(run, length) >= share]
    if len(right) == len(runs):
        return "both"
    return right[0] if right else "neither"


@value("trained_to RUN", "the longest sequence that a run was trained on")
def _trained_to(run: str) -> int:
    return trained_of(run).model.src_length


@value("width RUN", "how many numbers a state of a run has")
def _width(run: str) -> int:
    return trained_of(run).config.model.d_model


@value("parameters RUN", "how many numbers a run has learned")
def _parameters(run: str) -> int:
    return trained_of(run).model.parameter_count


@value("more_parameters RUN RUN", "how many more the first run has than the second")
def _more_parameters(run: str, other: str) -> int:
    counts = [trained_of(one).model.parameter_count for one in (run, other)]
    return counts[0] - counts[1]


@value(
    "reached RACE VARIANT SHARE",
    "after how many steps a variant of a race had so much exact match; never, if it had not",
)
def _reached(race: str, variant: str, share: float) -> str:
    steps = _steps_to(race, variant, share)
    return f"{steps:,.0f}" if math.isfinite(steps) else "never"


def _steps_to(race: str, variant: str, share: float) -> float:
    steps, exact = curve_of(race, variant)
    there = (step for step, one in zip(steps, exact, strict=True) if 100 * one >= share)
    return min(there, default=math.inf)


@value(
    "first_to SHARE RACE", "which variant of a race had so much exact match after the fewest steps"
)
def _first_to(share: float, race: str) -> str:
    steps = {name: _steps_to(race, name, share) for name in race_of(race).race_config().variants}
    return min(steps, key=steps.__getitem__)


@value("ended RACE VARIANT", "the exact match of a variant at the end of a race")
def _ended(race: str, variant: str) -> str:
    return percent(curve_of(race, variant)[1][-1])


def _exact(run: str, length: int) -> float:
    found = point_at(run, length)
    if found is None:
        raise ValueError(f"{run} has no sequences of length {length}")
    return found.exact_match.value
