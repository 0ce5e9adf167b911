"""What a race has found out: one JSON object, the same in ``race.json`` and from ``--output``.

======================  ============================================================================
``variants``            each variant's name to what it changes
``seeds``               how many repetitions there are to be
``levels``              the shares of exact match that are waited for
``measured_on``         how many held-out sequences each look takes; the last one takes all
``rounds``              one entry a repetition: its ``seed``, whether it is ``over``, and of each of
                        its ``lanes`` what :class:`seqflip.race.record.Record` knows
``summary``             of each variant the median and the range over all seeds
``sentence``            what happened
======================  ============================================================================
"""

import math
import statistics
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from seqflip.race.config import RaceConfig
from seqflip.race.record import LEVELS, Record

Round = dict[str, Any]
Lanes = Mapping[str, Mapping[str, Any]]


def round_of(seed: int, records: Mapping[str, Record], *, over: bool) -> Round:
    """Return what is known of one repetition."""
    lanes = {name: record.as_json() for name, record in records.items()}
    return {"seed": seed, "over": over, "lanes": lanes}


def results(config: RaceConfig, rounds: Sequence[Round]) -> dict[str, Any]:
    """Return what is known of a race."""
    used = [one for one in rounds if one["over"]] or rounds  # half a round would distort them
    summary = {name: _summary([one["lanes"][name] for one in used]) for name in config.variants}
    return {
        "variants": config.changes,
        "seeds": config.seeds,
        "levels": list(LEVELS),
        "measured_on": min(config.training.evaluate_examples, config.data.n_test),
        "rounds": list(rounds),
        "summary": summary,
        "sentence": sentence(summary),
    }


def sentence(summary: Lanes) -> str:
    """Say what happened, in one sentence: who reached 99 %, or at least 90 %, and when."""
    for level in (0.99, 0.9):
        if any(lane["reached"][f"{level:g}"]["steps"]["median"] for lane in summary.values()):
            parts = [_said(name, lane, level) for name, lane in summary.items()]
            return f"{_capital('; '.join(parts))}."
    parts = [
        f"{name}: {_percent(lane['sequence_accuracy']['median'])} exact match after "
        f"{lane['steps']['median']:,} steps"
        for name, lane in summary.items()
        if lane["sequence_accuracy"]["median"] is not None
    ]
    return f"{_capital('; '.join(parts))}." if parts else ""


def _said(name: str, lane: Mapping[str, Any], level: float) -> str:
    found = lane["reached"][f"{level:g}"]
    over, share = lane["seeds"], _percent(level)
    if found["steps"]["median"] is None:
        often = f" ({found['times']} of {over} seeds got there)" if found["times"] else ""
        exact = _percent(lane["sequence_accuracy"]["median"])
        return f"{name}: {share} not reached in {lane['steps']['median']:,} steps ({exact}){often}"
    told = f"{name}: {share} exact match after {found['steps']['median']:,} steps"
    if over > 1:
        lowest, highest = found["steps"]["lowest"], found["steps"]["highest"]
        most = "never" if highest is None else f"{highest:,}"
        return f"{told} (median of {over} seeds, {lowest:,} to {most})"
    return f"{told} ({found['seconds']['median']:.1f} s)"


def _summary(lanes: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return median and range of one variant over the repetitions."""
    reached = {}
    for level in LEVELS:
        found = [lane["reached"].get(f"{level:g}") for lane in lanes]
        reached[f"{level:g}"] = {
            "times": sum(one is not None for one in found),
            "steps": _range(None if one is None else one["step"] for one in found),
            "seconds": _range(None if one is None else one["seconds"] for one in found),
        }
    names = ("sequence_accuracy", "accuracy", "loss", "alignment", "steps_per_second", "steps")
    return {
        "seeds": len(lanes),
        "parameters": lanes[0]["parameters"] if lanes else None,
        "reached": reached,
        **{name: _range(lane[name] for lane in lanes) for name in names},
    }


def _range(values: Iterable[float | None]) -> dict[str, float | None]:
    """Return median, lowest and highest; a level that was not reached counts as infinitely late."""
    known = [math.inf if value is None else value for value in values]
    if not known:
        return {"median": None, "lowest": None, "highest": None}
    found = {"median": statistics.median(known), "lowest": min(known), "highest": max(known)}
    return {name: _finite(value) for name, value in found.items()}


def _finite(value: float) -> float | int | None:
    if not math.isfinite(value):
        return None
    return int(value) if float(value).is_integer() and abs(value) > 1 else value


def _percent(share: float | None) -> str:
    """Write a share so that only all of it is 100 %."""
    if share is None:
        return "–"
    shown = f"{100 * share:.1f}".removesuffix(".0")
    return "99.9 %" if shown == "100" and share < 1 else f"{shown} %"


def _capital(text: str) -> str:
    """Begin a sentence, unless it begins with a symbol such as d_k."""
    return text[:1].upper() + text[1:] if text.split(maxsplit=1)[0].strip(":").isalpha() else text
