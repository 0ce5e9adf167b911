"""The curves of all variants in one chart; of several seeds, their median in the band of all."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from seqflip.race.config import RaceConfig
from seqflip.race.folder import Race
from seqflip.ui.charts.live import Chart, Having, Series, curves, nothing_yet
from seqflip.ui.charts.palette import RUNS
from seqflip.ui.labels import percent, significant

CHART: Final = "race_chart"
DASHES: Final = ("solid", "dash", "dot", "dashdot")
_HEIGHT = 230

Results = Mapping[str, Any]
Numbers = NDArray[np.float64]


class Measure(NamedTuple):
    """Something that the chart can show: a field of the record, its axis, whether it is a share."""

    field: str
    axis: str
    share: bool


MEASURES: Final = {
    "Exact match": Measure("sequence_accuracy", "held-out sequences all right", True),
    "Token accuracy": Measure("accuracy", "held-out tokens right", True),
    "Loss": Measure("loss", "nats per held-out token", False),
    "Alignment": Measure("alignment", "attention on the true place", True),
}
FIRST: Final = next(iter(MEASURES))
_MEASURE = "race_measure"


class Band(NamedTuple):
    """What several seeds have in common: at each step the median, the lowest and the highest."""

    step: NDArray[np.int64]
    median: Numbers
    lowest: Numbers
    highest: Numbers


def open_link() -> None:
    """Choose the measure that the URL names."""
    st.session_state[_MEASURE] = known_measure(st.query_params.get("measure"))


def known_measure(named: str | None) -> str:
    """Return the measure that was named, or the first if there is none such."""
    return named if named in MEASURES else FIRST


def choose_measure() -> str:
    """Draw the choice of what the chart shows."""
    chosen = st.segmented_control(
        "Measured on held-out data",
        list(MEASURES),
        label_visibility="collapsed",
        key=_MEASURE,
        required=True,
        wrap=True,
        persist_state="session",
    )
    return chosen or FIRST


def chart(
    race: Race | None,
    config: RaceConfig,
    found: Results | None,
    title: str,
    having: Having = nothing_yet,
) -> Chart:
    """Return the curves of one measure of all variants."""
    measure, names = MEASURES[title], list(config.variants)
    steps = max(lane.total_steps for lane in config.lanes().values())
    rounds = [] if found is None else found["rounds"]
    series = [one for i, name in enumerate(names) for one in lines(i, name, rounds, measure.field)]
    identity = f"{race.id if race is not None else ''} {title} {steps}"
    return curves(
        title,
        series,
        identity=identity,
        alt=_alt(title, series, share=measure.share),
        y_title=measure.axis,
        y_range=(0, 1.02) if measure.share else None,
        x_end=steps,
        height=_HEIGHT,
        had=having(CHART, identity),
    )


def lines(i: int, name: str, rounds: Sequence[Results], field: str) -> list[Series]:
    """Return the curves of one variant: its median first, as that is what the legend names."""
    over = [one["lanes"][name]["curve"] for one in rounds if one["over"]]
    now = [one["lanes"][name]["curve"] for one in rounds if not one["over"]]
    shown = over or now
    colour, dash, revision = RUNS[i], DASHES[i], _revision(len(over), shown)
    found = band(shown, field)
    series = [Series(name, colour, found.step, found.median, revision, dash, width=2.2)]
    if len(shown) > 1:
        low, high = f"{name}, lowest", f"{name}, highest"
        series += [
            Series(low, colour, found.step, found.lowest, revision, width=0, of=name),
            Series(high, colour, found.step, found.highest, revision, width=0, of=name, fill=True),
        ]
    if over and now:
        running = band(now, field)
        drawn = _revision(len(over), now)
        told = f"{name}, now"
        series.append(
            Series(told, colour, running.step, running.median, drawn, dash, width=1, of=name)
        )
    return series


def band(curves: Sequence[Results], field: str) -> Band:
    """Return median and range at the steps that all curves have."""
    values = [
        dict(zip(curve["step"], curve[field], strict=True)) for curve in curves if curve["step"]
    ]
    steps = sorted(set.intersection(*map(set, values))) if values else []
    table = np.array([[one[step] for step in steps] for one in values], dtype=float)
    if not steps or np.isnan(table).all():
        none: Numbers = np.empty(0)
        return Band(np.empty(0, np.int64), none, none, none)
    return Band(np.array(steps), np.median(table, axis=0), table.min(axis=0), table.max(axis=0))


def _revision(over: int, curves: Sequence[Results]) -> int:
    """Return a number that grows when earlier points change: with a seed, or as they thin out."""
    first = curves[0]["step"][0] if curves and curves[0]["step"] else 0
    return over * 1_000_000 + int(first)


def _alt(title: str, series: Sequence[Series], *, share: bool) -> str:
    write = percent if share else significant
    newest = [
        f"{one.name} {write(float(one.y[-1]))}" for one in series if not one.of and len(one.y)
    ]
    if not newest:
        return f"{title} of all variants over training steps; nothing is drawn yet."
    step = max(int(one.x[-1]) for one in series if len(one.x))
    return f"{title} of all variants over {step:,} training steps; newest: {', '.join(newest)}."
