"""What differs between the variants, and how it ended, as one table."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from seqflip.race.config import RaceConfig
from seqflip.ui.labels import percent
from seqflip.ui.race.variants import changed_fields, in_words

_LEVELS = {"0.9": "to 90 %", "0.99": "to 99 %", "0.999": "to 99.9 %"}

Summary = Mapping[str, Any]


def outcome_table(config: RaceConfig, found: Mapping[str, Any] | None) -> str:
    """Return the table; without results, what differs is all that it says."""
    fields, lanes = changed_fields(config), config.lanes()
    head = [field.label for field in fields]
    head += ["Parameters", *_LEVELS.values(), "Exact match", "Steps/s"]
    rows = []
    for i, (name, lane) in enumerate(lanes.items()):
        cells = [escape(in_words(field, lane)) for field in fields]
        cells += [f"{lane.size().parameters:,}"]
        cells += _outcome(found["summary"][name] if found else None, over=_is_over(found))
        body = "".join(
            f'<td data-label="{escape(label)}">{cell}</td>'
            for label, cell in zip(head, cells, strict=True)
        )
        rows.append(f'<tr><th scope="row">{sample(i)}{escape(name)}</th>{body}</tr>')
    titles = "".join(f'<th scope="col">{escape(label)}</th>' for label in head)
    return (
        '<table class="seqflip-race"><thead><tr><th scope="col">Variant</th>'
        f"{titles}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
    )


def sample(i: int) -> str:
    """Return a piece of a variant's line, as the chart draws it; its style is in race.css."""
    return f'<i class="line lane-{i + 1}" aria-hidden="true"></i>'


def how_measured(config: RaceConfig) -> str:
    """Say what stands behind the numbers."""
    training = config.training
    n = min(training.evaluate_examples, config.data.n_test)
    every = training.evaluate_every
    often = f"every {every} steps and once an epoch" if every else "once an epoch"
    told = (
        f"Steps and seconds of training until the model first answered so many of {n} held-out "
        f"sequences without a mistake; it is looked {often}, and looking does not count. "
        f"The last look takes all {config.data.n_test:,}."
    )
    if config.seeds > 1:
        told += " Of several seeds: the median and [lowest–highest]; the pictures show the first."
    return told


def _is_over(found: Mapping[str, Any] | None) -> bool:
    return bool(found and found["rounds"] and found["rounds"][0]["over"])


def _outcome(lane: Summary | None, *, over: bool) -> list[str]:
    if lane is None or not lane["seeds"]:
        return ["–"] * (len(_LEVELS) + 2)
    cells = [_level(lane["reached"][level], lane["seeds"], over=over) for level in _LEVELS]
    several = lane["seeds"] > 1
    exact = _spread([lane["sequence_accuracy"][part] for part in _PARTS], percent, several=several)
    pace = _spread([lane["steps_per_second"][part] for part in _PARTS], _whole, several=several)
    return [*cells, exact, pace]


_PARTS = ("median", "lowest", "highest")


def _level(found: Summary, seeds: int, *, over: bool) -> str:
    """Return when a level was reached, in steps and in seconds."""
    if found["steps"]["median"] is None:
        if found["times"]:
            return f"{found['times']} of {seeds} seeds"
        return "never" if over else "–"
    steps, seconds = (
        _spread([found[unit][part] for part in _PARTS], write, several=seeds > 1, unit=unit_shown)
        for unit, write, unit_shown in (("steps", _whole, " steps"), ("seconds", _seconds, " s"))
    )
    return f"{steps}<small>{seconds}</small>"


def _spread(values: Sequence[float | None], write: Any, *, several: bool, unit: str = "") -> str:
    median, lowest, highest = map(write, values)
    spread = f" <span>[{lowest}–{highest}]</span>" if several else ""
    return f"{median}{unit}{spread}"


def _whole(value: float | None) -> str:
    return "never" if value is None else f"{value:,.0f}"


def _seconds(value: float | None) -> str:
    return "never" if value is None else f"{value:.1f}"
