"""What of a growing curve the browser does not have yet."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seqflip.ui.charts.palette import Colour

PROVISIONAL = 4
"""So many points at the end of a curve may still change while its revision stays."""

Had = Mapping[str, tuple[int, int]]
"""What a browser has of each curve of a chart: its revision, and how many points."""

Having = Callable[[str, str], Had]
"""What a browser has of the chart with this key, if it draws what has this identity."""


def nothing_yet(key: str, identity: str) -> Had:
    """Say for a browser that it has nothing."""
    return {}


@dataclass(frozen=True)
class Series:
    """One curve.

    Attributes
    ----------
    name : str
        What the legend calls it; unique in its chart.
    colour : Colour
        From the palette.
    x, y : array (n,)
        Its points; what is not a finite number is a gap.
    revision : int
        Grows when points other than the last few have changed; points may be added without.
    dash : str
        Plotly's name of a line style.
    symbol : str
        Plotly's name of a marker, for curves of few points; empty for none.
    width : float
        Of the line, in pixels.
    format : str
        How a value is written on hover, as d3 says it.
    of : str
        The curve that this one belongs to: it has no place of its own in the legend.
    fill : bool
        Whether the room down to the curve before it is filled, lightly.
    """

    name: str
    colour: Colour
    x: NDArray[Any]
    y: NDArray[np.floating[Any]]
    revision: int = 0
    dash: str = "solid"
    symbol: str = ""
    width: float = 1.6
    format: str = ".5~r"
    of: str = ""
    fill: bool = False


def updates(series: Sequence[Series], had: Had) -> list[dict[str, Any]]:
    """Return what to send to a browser that has this: "keep your first n points, then these"."""
    return [_update(one, *had.get(one.name, (one.revision, 0))) for one in series]


def _update(one: Series, revision: int, points: int) -> dict[str, Any]:
    start = max(0, min(points, len(one.x)) - PROVISIONAL) if revision == one.revision else 0
    return {
        "name": one.name,
        "colour": one.colour,
        "dash": one.dash,
        "symbol": one.symbol,
        "width": one.width,
        "format": one.format,
        "of": one.of,
        "fill": one.fill,
        "revision": one.revision,
        "from": start,
        "x": [int(x) for x in one.x[start:]],
        "y": [_short(float(y)) for y in one.y[start:]],
    }


def _short(value: float) -> float | None:
    """Keep five digits, which is finer than a screen shows; a gap is None."""
    return float(f"{value:.5g}") if math.isfinite(value) else None
