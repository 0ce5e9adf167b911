"""What of a growing curve the browser does not have yet."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seqflip.ui.palette import Colour

PROVISIONAL = 4
"""So many points at the end of a curve may still change while its revision stays."""


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
    format: str = ".4~f"
    of: str = ""
    fill: bool = False


@dataclass
class Sent:
    """What one browser tab was sent of a chart: of each curve its revision, and how long it was."""

    identity: str = ""
    lengths: dict[str, tuple[int, int, int]] = field(default_factory=dict)

    def forget(self) -> None:
        """Send everything next time."""
        self.lengths.clear()

    def updates(self, identity: str, series: Sequence[Series]) -> list[dict[str, Any]]:
        """Return what to send so that a tab that missed at most the last message has all of it."""
        if identity != self.identity:
            self.identity = identity
            self.forget()
        return [self._update(one) for one in series]

    def _update(self, one: Series) -> dict[str, Any]:
        revision, before, last = self.lengths.get(one.name, (one.revision, 0, 0))
        if revision != one.revision:
            before = last = 0
        self.lengths[one.name] = (one.revision, last, len(one.x))
        start = max(0, min(before, len(one.x)) - PROVISIONAL)
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
