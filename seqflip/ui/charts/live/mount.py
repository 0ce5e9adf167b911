"""The functions that pages call to put charts, and pieces of HTML, where a feed can renew them."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import streamlit as st

from seqflip.ui.charts.live.charts import Chart, ChosenHead, SelectedCell
from seqflip.ui.published import LOADER, next_turn, plotly_script, publish

_HERE = Path(__file__).parent

_PLOT = """
<figure class="seqflip-plot" hidden>
  <div class="head">
    <p class="title"></p>
    <button type="button" class="reset" hidden>Reset zoom</button>
    <button type="button" class="log" aria-pressed="false" hidden>Log scale</button>
    <button type="button" class="save" value="png" aria-label="Save as PNG" hidden>PNG</button>
    <button type="button" class="save" value="svg" aria-label="Save as SVG" hidden>SVG</button>
  </div>
  <p class="worked"></p>
  <div class="legend"></div>
  <div class="plot" role="img"></div>
  <div class="heads" role="group" aria-label="Heads" hidden></div>
  <p class="chosen hidden" aria-live="polite"></p>
</figure>
"""


def _component(name: str, html: str) -> Callable[..., Any]:
    made: Callable[..., Any] = st.components.v2.component(
        f"seqflip_{name}", html=html, js=LOADER, isolate_styles=False
    )
    return made


_plot = _component("live_plot", _PLOT)
_text = _component("live_html", '<div class="seqflip-live"></div>')
_STRIP = """
<figure class="seqflip-strip" hidden>
  <div class="steps">
    <button type="button" class="before" aria-label="Output before">‹</button>
    <button type="button" class="play" aria-pressed="false" aria-label="Play outputs">Play</button>
    <button type="button" class="after" aria-label="Output after">›</button>
    <p class="told" aria-live="polite"></p>
  </div>
  <svg role="img"></svg>
</figure>
"""

_strip = _component("strip", _STRIP)
_stored = _component("stored", "<div hidden></div>")
_typed = _component("typed", "<div hidden></div>")
_feed = _component("feed", '<div class="seqflip-feed" hidden></div>')


class Point(NamedTuple):
    """A point of a curve."""

    series: str | None
    x: float
    y: float


def show_chart(
    key: str,
    chart: Chart,
    *,
    feed: str | None = None,
    on_select: Callable[[], None] | None = None,
    on_click: Callable[[], None] | None = None,
    on_log: Callable[[], None] | None = None,
    on_head: Callable[[], None] | None = None,
) -> None:
    """Draw a chart; another one with the same key is drawn in its place.

    Parameters
    ----------
    key : str
        The chart's own name on the page.
    chart : Chart
        From :mod:`seqflip.ui.charts.live.charts`.
    feed : str, optional
        The URL of the feed that may renew it.
    on_select : callable, optional
        Is called when another cell was chosen: see :func:`selected_cell`.
    on_click : callable, optional
        Is called when a point was clicked: see :func:`clicked_point`.
    on_log : callable, optional
        Is called when the axis was made logarithmic, or linear again: see :func:`is_log`.
    on_head : callable, optional
        Is called when another head was chosen: see :func:`chosen_head`.
    """
    data = {**_script("live_plot"), "key": key, "feed": feed, "plotly": plotly_script(), **chart}
    _plot(
        key=key,
        data=data,
        on_cell_change=on_select,
        on_click_change=on_click,
        on_log_change=on_log,
        on_head_change=on_head,
    )


def show_html(key: str, html: str, *, feed: str | None = None) -> None:
    """Put HTML on the page, in which all text is escaped already, and which a feed may renew.

    One piece of HTML is a fraction of the browser's work that Streamlit's own elements would be.
    """
    _text(key=key, data={**_script("live_html"), "key": key, "feed": feed, "html": html})


def show_strip(
    key: str,
    chart: Chart,
    *,
    feed: str | None = None,
    on_select: Callable[[], None] | None = None,
) -> None:
    """Draw the model at work, from :func:`seqflip.ui.charts.live.strip_chart.strip_chart`.

    ``on_select`` is called when it tells of another cell: see :func:`selected_cell`.
    """
    data = {**_script("strip"), "key": key, "feed": feed, **chart}
    _strip(key=key, data=data, on_cell_change=on_select)


def follow(url: str | None, state: str, seconds: float | None) -> None:
    """Renew the charts and the HTML of this page from a feed.

    Parameters
    ----------
    url : str or None
        Of the feed, from the app's own address on; None: there is nothing to follow.
    state : str
        What the page was drawn for; when the feed tells of another, the page is drawn anew.
    seconds : float or None
        How long to wait between two messages; None: nothing will change any more.
    """
    followed = None if seconds is None else url
    data = {**_script("feed"), "url": followed, "state": state, "seconds": seconds}
    _feed(key="feed", data=data, on_changed_change=_draw_anew)


def play(url: str) -> None:
    """Play what is stored at this URL in those charts and HTML of this page whose feed it is.

    It ends with the first press of anything, and does not begin for who prefers less motion.
    """
    _stored(key="stored", data={**_script("stored"), "url": url})


def typing_asks(box: str, url: str, link: Mapping[str, str], chart: str) -> bool:
    """Let every keystroke in a box renew the parts of this page from the server itself.

    Parameters
    ----------
    box : str
        The name of the text box.
    url : str
        Who answers: the feed of the parts.
    link : mapping
        What else it is asked with; what is typed is its ``source``.
    chart : str
        The heatmap whose choices of cells have to be counted.

    Returns
    -------
    bool
        Whether something between the browser and the server lets nothing through.
    """
    key = "typed"
    data = {**_script("typed"), "box": box, "url": url, "link": dict(link), "chart": chart}
    _typed(key=key, data=data, on_blocked_change=_draw_anew)
    return bool(st.session_state.get(key, {}).get("blocked"))


def _draw_anew() -> None:
    """Ask for nothing more: that there was a message has the page drawn anew."""


def selected_cell(key: str) -> SelectedCell | None:
    """Return the cell that was chosen last in the heatmap, or the strip, with this key."""
    cell = st.session_state.get(key, {}).get("cell")
    return None if cell is None else SelectedCell(**cell)


def chosen_head(key: str) -> ChosenHead | None:
    """Return the head that was chosen last in the heatmap with this key."""
    head = st.session_state.get(key, {}).get("head")
    return None if head is None else ChosenHead(**head)


def clicked_point(key: str) -> Point | None:
    """Return the point that was just clicked in the figure with this key."""
    point = st.session_state.get(key, {}).get("click")
    return None if point is None else Point(**point)


def is_log(key: str) -> bool:
    """Whether the chart with this key was given a logarithmic axis."""
    return bool(st.session_state.get(key, {}).get("log"))


def _script(name: str) -> dict[str, Any]:
    return {"script": f"{publish(_HERE)}/{name}.js", "turn": next_turn()}
