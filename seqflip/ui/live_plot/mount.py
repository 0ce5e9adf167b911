"""The functions that pages call to draw a live chart."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import plotly.graph_objects as go
import streamlit as st
from numpy.typing import NDArray

from seqflip.ui.labels import distinct
from seqflip.ui.live_plot.updates import Sent, Series
from seqflip.ui.palette import HEAT, KEY, QUERY
from seqflip.ui.published import LOADER, next_turn, plotly_script, publish

_HERE = Path(__file__).parent
_SENT = "live_plot_sent"

_HTML = """
<figure class="seqflip-plot">
  <div class="head">
    <p class="title"></p>
    <button type="button" class="reset" hidden>Reset zoom</button>
    <button type="button" class="log" aria-pressed="false" hidden>Log scale</button>
    <button type="button" class="save" value="png" aria-label="Save as PNG" hidden>PNG</button>
    <button type="button" class="save" value="svg" aria-label="Save as SVG" hidden>SVG</button>
  </div>
  <div class="legend"></div>
  <div class="plot" role="img"></div>
  <p class="chosen hidden" aria-live="polite"></p>
</figure>
"""
_component = st.components.v2.component(
    "seqflip_live_plot", html=_HTML, js=LOADER, isolate_styles=False
)


@dataclass(frozen=True)
class Mark:
    """Something that happened during training: a Plotly symbol at step `x`, and its story."""

    x: int
    text: str
    symbol: str


class Cell(NamedTuple):
    """A chosen cell of a heatmap."""

    row: int
    column: int
    told: int = 0  # how many choices the browser had told of when it told of this one


class Point(NamedTuple):
    """A point of a curve."""

    series: str | None
    x: float
    y: float


def send_everything() -> None:
    """Send whole curves next time: said by a page that runs anew, as its charts may be new too."""
    for sent in st.session_state.get(_SENT, {}).values():
        sent.forget()


def live_curves(
    key: str,
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
) -> None:
    """Draw curves over steps.

    Parameters
    ----------
    key : str
        The chart's own name on the page.
    title : str
        Stands above it.
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
    """
    sent: Sent = st.session_state.setdefault(_SENT, {}).setdefault(key, Sent())
    _mount(
        key,
        {
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
            "series": sent.updates(identity, series),
            "marks": [asdict(mark) for mark in marks],
        },
        on_resync_change=sent.forget,
    )


def live_heatmap(
    key: str,
    title: str,
    weights: NDArray[np.floating[Any]],
    inputs: Sequence[str],
    outputs: Sequence[str],
    *,
    alt: str,
    height: int = 380,
    truth: NDArray[np.bool_] | None = None,
    selected: Cell | None = None,
    on_select: Callable[[], None] | None = None,
    file_name: str | None = None,
    caption: str = "",
) -> None:
    """Draw attention weights.

    Parameters
    ----------
    key : str
        The chart's own name on the page.
    title : str
        Stands above it.
    weights : array (outputs, inputs)
        From 0 to 1; drawn to the hundredth.
    inputs, outputs : sequence of str
        The tokens; repeated ones are told apart by their order.
    alt : str
        What a screen reader says instead of the picture.
    height : int
        Of the picture in pixels.
    truth : bool array (outputs, inputs), optional
        Where an output should look; outlined.
    selected : Cell, optional
        The chosen cell; with it, clicks and arrow keys choose another.
    on_select : callable, optional
        Is called when another cell was chosen: see :func:`selected_cell`.
    file_name : str, optional
        With it, the picture can be saved under this name.
    caption : str
        Stands above a saved picture.
    """
    _mount(
        key,
        {
            "kind": "heatmap",
            "title": title,
            "alt": alt,
            "height": height,
            "weights": np.rint(100 * np.asarray(weights)).astype(int).tolist(),
            "inputs": distinct(inputs),
            "outputs": distinct(outputs),
            "colours": HEAT,
            "accents": (QUERY, KEY),
            "truth": [] if truth is None else np.argwhere(truth).tolist(),
            "selected": None if selected is None else selected._asdict(),
            "file_name": file_name,
            "caption": caption,
        },
        on_cell_change=on_select,
    )


def selected_cell(key: str) -> Cell | None:
    """Return the cell that was chosen last in the heatmap with this key."""
    cell = st.session_state.get(key, {}).get("cell")
    return None if cell is None else Cell(**cell)


def live_figure(
    key: str,
    title: str,
    figure: go.Figure,
    *,
    alt: str,
    height: int,
    on_click: Callable[[], None] | None = None,
    file_name: str | None = None,
    caption: str = "",
) -> None:
    """Draw any Plotly figure; a changed one is drawn in place.

    Parameters
    ----------
    key : str
        The chart's own name on the page.
    title : str
        Stands above it.
    figure : Figure
        Its fonts and its background give way to those of the page.
    alt : str
        What a screen reader says instead of the picture.
    height : int
        Of the picture in pixels.
    on_click : callable, optional
        Is called when a point was clicked: see :func:`clicked_point`.
    file_name : str, optional
        With it, the picture can be saved under this name.
    caption : str
        Stands above a saved picture.
    """
    drawn = json.loads(figure.to_json())
    drawn["layout"].pop("template", None)
    _mount(
        key,
        {
            "kind": "figure",
            "title": title,
            "alt": alt,
            "height": height,
            "traces": drawn["data"],
            "layout": drawn["layout"],
            "report": [] if on_click is None else ["click"],
            "file_name": file_name,
            "caption": caption,
        },
        on_click_change=on_click,
    )


def clicked_point(key: str) -> Point | None:
    """Return the point that was just clicked in the figure with this key."""
    point = st.session_state.get(key, {}).get("click")
    return None if point is None else Point(**point)


def _mount(key: str, data: dict[str, Any], **callbacks: Any) -> None:
    script = publish(_HERE) + "/live_plot.js"
    data = {"script": script, "turn": next_turn(), "plotly": plotly_script(), **data}
    _component(key=key, data=data, **callbacks)
