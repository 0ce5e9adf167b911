"""What differs between the variants, and how it ended, as one table."""

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from seqflip.race.config import RaceConfig
from seqflip.ui.as_typed import in_html
from seqflip.ui.labels import percent
from seqflip.ui.race.variants import changed_fields, value_shown

_LEVELS = {"0.9": "to 90 %", "0.99": "to 99 %", "0.999": "to 99.9 %"}

Summary = Mapping[str, Any]


_TABLE = Markup(
    '<table class="seqflip-race"><thead><tr><th scope="col">Variant</th>{}</tr></thead>'
    "<tbody>{}</tbody></table>"
)
_TITLE = Markup('<th scope="col">{}</th>')
_ROW = Markup('<tr><th scope="row">{}{}</th>{}</tr>')
_CELL = Markup('<td data-label="{}">{}</td>')
_SAMPLE = Markup('<i class="line lane-{}" aria-hidden="true"></i>')
_LEVEL = Markup("{}<small>{}</small>")
_RANGE = Markup("{} <span>[{}–{}]</span>")


def outcome_table(config: RaceConfig, found: Mapping[str, Any] | None) -> Markup:
    """Return the table; without results, what differs is all that it says."""
    fields, lanes = changed_fields(config), config.lanes()
    head = [field.label for field in fields]
    head += ["Parameters", *_LEVELS.values(), "Exact match", "Steps/s"]
    rows = []
    for i, (name, lane) in enumerate(lanes.items()):
        cells: list[str] = [value_shown(field, lane) for field in fields]
        cells += [f"{lane.size().parameters:,}"]
        cells += _outcome(found["summary"][name] if found else None, over=_is_over(found))
        body = Markup("").join(map(_CELL.format, head, cells))
        rows.append(_ROW.format(sample(i), in_html(name), body))
    titles = Markup("").join(map(_TITLE.format, head))
    return _TABLE.format(titles, Markup("").join(rows))


def sample(i: int) -> Markup:
    """Return a piece of a variant's line, as the chart draws it; its style is in race.css."""
    return _SAMPLE.format(i + 1)


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
    return _LEVEL.format(steps, seconds)


def _spread(values: Sequence[float | None], write: Any, *, several: bool, unit: str = "") -> str:
    median, lowest, highest = map(write, values)
    return _RANGE.format(f"{median}{unit}", lowest, highest) if several else f"{median}{unit}"


def _whole(value: float | None) -> str:
    return "never" if value is None else f"{value:,.0f}"


def _seconds(value: float | None) -> str:
    return "never" if value is None else f"{value:.1f}"
