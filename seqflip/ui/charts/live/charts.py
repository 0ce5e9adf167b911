"""What a chart is told to draw, as plain data: a page draws it, and a feed renews it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from types import MappingProxyType
from typing import Any, Final, NamedTuple

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from seqflip.ui.charts.live.updates import Had, Series, updates
from seqflip.ui.charts.palette import HEAT, KEY, QUERY
from seqflip.ui.labels import distinct, shortened

Chart = Mapping[str, Any]

NOTHING: Final[Chart] = MappingProxyType({"kind": "nothing"})
"""A chart that is not to be seen."""

LONGEST: Final = 16
"""Characters of a label beside a heatmap; hovering tells the whole."""

_NEW: Final[Had] = MappingProxyType({})


@dataclass(frozen=True)
class Mark:
    """Something that happened during training: a Plotly symbol at step `x`, and its story.

    What is ``written`` need not be hovered to be read.
    """

    x: int
    text: str
    symbol: str
    written: bool = False


class SelectedCell(NamedTuple):
    """A chosen cell of a heatmap."""

    row: int
    column: int
    told: int = 0  # how many choices the browser had told of when it told of this one


class Head(NamedTuple):
    """What one head of several gave its attention to."""

    name: str
    note: str
    weights: NDArray[np.floating[Any]]  # (outputs, inputs)


class WorkedStep(NamedTuple):
    """A step on the way to a weight: what is done, and what each cell has then."""

    name: str
    values: NDArray[np.floating[Any]]  # (outputs, inputs)


class ChosenHead(NamedTuple):
    """Which of the heads is drawn large; -1: the mean of them."""

    place: int
    told: int = 0  # see SelectedCell


def curves(
    title: str,
    series: Sequence[Series],
    *,
    identity: str,
    alt: str,
    y_title: str,
    y_range: tuple[float, float] | None = None,
    x_end: int | None = None,
    marks: Sequence[Mark] = (),
    height: int = 300,
    grows: bool = False,
    had: Had = _NEW,
    log: bool = False,
) -> Chart:
    """Return curves over steps.

    Parameters
    ----------
    title : str
        Stands above the chart.
    series : sequence of Series
        The curves.
    identity : str
        What is drawn, such as a run's id; zoom lasts as long as it stays the same.
    alt : str
        What a screen reader says instead of the picture.
    y_title : str
        The axis, with its unit.
    y_range : pair of float, optional
        Fixes the axis; without it, it follows the curves and may be made logarithmic.
    x_end : int, optional
        The last step that there will be; without it, the axis grows with the curves.
    marks : sequence of Mark
        Events along the top edge.
    height : int
        Of the picture in pixels.
    grows : bool
        Whether it is higher than that on a high screen.
    had : mapping
        What the browser has of the curves already.
    log : bool
        Whether its axis is logarithmic when it is first drawn.
    """
    return {
        "kind": "curves",
        "title": title,
        "identity": identity,
        "alt": alt,
        "x_title": "step",
        "x_range": None if x_end is None else (0, x_end),
        "y_title": y_title,
        "y_range": y_range,
        "y_format": ".0%" if y_range else "",
        "height": height,
        "grows": grows,
        "series": updates(series, had),
        "log": log,
        "marks": [asdict(mark) for mark in marks],
    }


def heatmap(
    title: str,
    weights: NDArray[np.floating[Any]],
    inputs: Sequence[str],
    outputs: Sequence[str],
    *,
    alt: str,
    height: int = 380,
    grows: bool = False,
    truth: NDArray[np.bool_] | None = None,
    selected: SelectedCell | None = None,
    file_name: str | None = None,
    caption: str = "",
    axes: tuple[str, str] = ("output", "input"),
    heads: Sequence[Head] = (),
    head: ChosenHead | None = None,
    right: bool | None = None,
    worked: Sequence[WorkedStep] = (),
    vectors: tuple[NDArray[np.floating[Any]], NDArray[np.floating[Any]]] | None = None,
) -> Chart:
    """Return attention weights.

    Parameters
    ----------
    title : str
        Stands above the chart.
    weights : array (outputs, inputs)
        From 0 to 1; drawn to the hundredth.
    inputs, outputs : sequence of str
        The tokens; repeated ones are told apart by their order.
    alt : str
        What a screen reader says instead of the picture.
    height : int
        Of the picture in pixels.
    grows : bool
        Whether it is higher than that where there is room to its sides.
    truth : bool array (outputs, inputs), optional
        Where an output should look; outlined.
    selected : SelectedCell, optional
        The chosen cell; with it, clicks and arrow keys choose another.
    file_name : str, optional
        With it, the picture can be saved under this name.
    caption : str
        Stands above a saved picture.
    axes : tuple of str
        What a row is, and what a column.
    heads : sequence of Head
        Those of which `weights` is the mean, as small pictures below; a press makes one large.
    head : ChosenHead, optional
        Which one is large; without it, the browser alone decides.
    right : bool, optional
        Whether the answer is right: where it comes right, the picture says so by a pulse.
    worked : sequence of WorkedStep
        The arithmetic of each cell, told in one line of that which is chosen or hovered.
    vectors : pair of arrays, optional
        The queries, (outputs, d), and the keys, (inputs, d), whose products come first in it.
    """
    return {
        "kind": "heatmap",
        "title": title,
        "alt": alt,
        "height": height,
        "grows": grows,
        "weights": _hundredths(weights),
        "axes": axes,
        "heads": [
            {"name": one.name, "note": one.note, "weights": _hundredths(one.weights)}
            for one in heads
        ]
        or None,
        "head": None if head is None else head._asdict(),
        "inputs": distinct(inputs),
        "outputs": distinct(outputs),
        "input_labels": [shortened(label, LONGEST) for label in distinct(inputs)],
        "output_labels": [shortened(label, LONGEST) for label in distinct(outputs)],
        "colours": HEAT,
        "accents": (QUERY, KEY),
        "truth": [] if truth is None else np.argwhere(truth).tolist(),
        "selected": None if selected is None else selected._asdict(),
        "file_name": file_name,
        "caption": caption,
        "right": right,
        "worked": [{"name": one.name, "values": _in_short(one.values)} for one in worked],
        "vectors": None
        if vectors is None
        else dict(zip(("query", "key"), map(_in_short, vectors), strict=True)),
    }


def figure(
    title: str,
    drawn: go.Figure,
    *,
    alt: str,
    height: int,
    grows: bool = False,
    clickable: bool = False,
    file_name: str | None = None,
    caption: str = "",
) -> Chart:
    """Return any Plotly figure; a changed one is drawn in place.

    Parameters
    ----------
    title : str
        Stands above the chart.
    drawn : Figure
        Its fonts and its background give way to those of the page.
    alt : str
        What a screen reader says instead of the picture.
    height : int
        Of the picture in pixels.
    grows : bool
        Whether it is higher on a high screen.
    clickable : bool
        Whether clicked points are told of.
    file_name : str, optional
        With it, the picture can be saved under this name.
    caption : str
        Stands above a saved picture.
    """
    content = json.loads(drawn.to_json())
    content["layout"].pop("template", None)
    return {
        "kind": "figure",
        "title": title,
        "alt": alt,
        "height": height,
        "grows": grows,
        "traces": content["data"],
        "layout": content["layout"],
        "clickable": clickable,
        "file_name": file_name,
        "caption": caption,
    }


def _in_short(rows: NDArray[np.floating[Any]]) -> list[list[float]]:
    return [[float(f"{x:.4g}") for x in row] for row in rows]


def _hundredths(weights: NDArray[np.floating[Any]]) -> list[list[int]]:
    rounded: list[list[int]] = np.rint(100 * np.asarray(weights)).astype(int).tolist()
    return rounded
