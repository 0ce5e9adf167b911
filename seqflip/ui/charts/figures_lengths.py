"""How far models get, as a Plotly figure, for pages and for notebooks alike."""

from collections.abc import Sequence
from typing import NamedTuple

import plotly.graph_objects as go

from seqflip.study.lengths import LengthPoint
from seqflip.study.lengths_report import MEASURES, Measure, Report
from seqflip.ui.as_typed import in_chart
from seqflip.ui.charts.palette import RUNS, Colour
from seqflip.ui.labels import percent

_INK = ("#22252d", "#e8e6e1")
_PAPER = ("#fdfcfa", "#15171c")
_LINE = ("#dcd6cb", "#3a3f4b")
_SHADE = ("rgba(34, 37, 45, 0.06)", "rgba(232, 230, 225, 0.08)")
_DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
_AXES: dict[Measure, str] = {
    "exact_match": "sequences all right",
    "token_accuracy": "tokens right",
    "alignment": "attention on the true place",
}


class ChosenPoint(NamedTuple):
    """A point that is looked into: a run's id, and a length."""

    run: str
    length: int


def length_curves(
    reports: Sequence[Report],
    measure: Measure = "exact_match",
    *,
    longest: int | None = None,
    chosen: ChosenPoint | None = None,
    dark: bool = False,
    height: int = 420,
) -> go.Figure:
    """Draw one measure by length, a curve for each run, in a band that is its 95 % interval.

    Points of lengths that a run was trained on are filled, the others are rings.

    Parameters
    ----------
    reports : sequence of Report
    measure : str
        One of `MEASURES`.
    longest : int, optional
        Where the axis ends; without it, with the last point.
    chosen : ChosenPoint, optional
        A point to be marked.
    dark : bool
        For a dark page.
    height : int
        In pixels.
    """
    figure = go.Figure()
    for i, report in enumerate(reports):
        _curve(figure, report, names(reports)[i], i, measure, chosen, dark)
    for seen in dict.fromkeys(report.seen for report in reports):
        figure.add_vrect(
            x0=seen[0] - 0.5, x1=seen[-1] + 0.5, fillcolor=_SHADE[dark], line_width=0, layer="below"
        )
    if len({report.seen for report in reports}) == 1:
        figure.add_annotation(
            x=reports[0].seen[0] - 0.4,
            y=1,
            yref="paper",
            text="trained on",
            showarrow=False,
            xanchor="left",
            yanchor="bottom",
        )
    if chosen is not None:
        figure.add_vline(x=chosen.length, line={"color": _INK[dark], "width": 1, "dash": "dot"})
    last = max((point.length for report in reports for point in report.points), default=1)
    axis = {"gridcolor": _LINE[dark], "linecolor": _LINE[dark], "zeroline": False}
    figure.update_xaxes(
        **axis, title="length of the source, in tokens", range=[0.2, (longest or last) + 0.8]
    )
    figure.update_yaxes(
        **axis, title={"text": _AXES[measure], "standoff": 6}, range=[-0.03, 1.03], tickformat=".0%"
    )
    clear = "rgba(0,0,0,0)"
    figure.update_layout(
        height=height,
        margin={"l": 60, "r": 14, "t": 62, "b": 44},
        paper_bgcolor=clear,
        plot_bgcolor=clear,
        font={"color": _INK[dark], "size": 13},
        hovermode="closest",
        hoverdistance=60,
        dragmode=False,
        showlegend=True,
        legend={"orientation": "h", "x": 0, "y": 1.07, "yanchor": "bottom"},
        uirevision="lengths",
    )
    return figure


def names(reports: Sequence[Report]) -> list[str]:
    """Return what the legend calls each run: its name, with its id where another has the same."""
    all_names = [report.name for report in reports]
    return [
        report.name if all_names.count(report.name) == 1 else f"{report.name} ({report.run})"
        for report in reports
    ]


def _curve(
    figure: go.Figure,
    report: Report,
    name: str,
    place: int,
    measure: Measure,
    chosen: ChosenPoint | None,
    dark: bool,
) -> None:
    """Draw a band, and a curve upon it."""
    colour = RUNS[place % len(RUNS)]
    found = [
        (point, estimate)
        for point in report.points
        if (estimate := report.estimate(point, measure)) is not None
    ]
    lengths = [point.length for point, _ in found]
    figure.add_scatter(
        x=lengths + lengths[::-1],
        y=[one.high for _, one in found] + [one.low for _, one in reversed(found)],
        fill="toself",
        fillcolor=_faint(colour, dark),
        line={"width": 0},
        mode="lines",
        hoverinfo="skip",
        showlegend=False,
        legendgroup=name,
        name=in_chart(f"{name}, 95 % interval"),
    )
    here = [chosen == (report.run, length) for length in lengths]
    figure.add_scatter(
        x=lengths,
        y=[one.value for _, one in found],
        mode="lines+markers",
        name=in_chart(name),
        meta=name,
        legendgroup=name,
        line={"color": colour[dark], "width": 2, "dash": _DASHES[place % len(_DASHES)]},
        marker={
            "color": [colour[dark] if point.seen else _PAPER[dark] for point, _ in found],
            "size": [13 if chosen_one else 7 for chosen_one in here],
            "opacity": 1,
            "line": {"color": colour[dark], "width": 1.5},
        },
        text=[_told(name, point, measure, report) for point, _ in found],
        hovertemplate="%{text}<extra></extra>",
        cliponaxis=False,
    )


def _told(name: str, point: LengthPoint, measure: Measure, report: Report) -> str:
    """Say all about a point."""
    estimate = report.estimate(point, measure)
    assert estimate is not None
    n = f"{point.sequences:,} sequences"
    sample = f"{point.right:,} of {n} all right" if measure == "exact_match" else f"mean over {n}"
    if point.all_there_are:
        sample += ", all there are"
    return (
        f"<b>{in_chart(name)}</b>, length {point.length}<br>"
        f"{MEASURES[measure].lower()} <b>{percent(estimate.value)}</b>, 95 % interval "
        f"{percent(estimate.low)} to {percent(estimate.high)}<br>{sample}<br>"
        f"{'a length of its training' if point.seen else 'a length that it never saw'}"
    )


def _faint(colour: Colour, dark: bool) -> str:
    red, green, blue = (int(colour[dark][i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red}, {green}, {blue}, 0.18)"
