"""Attention weights as a table, in which each token and each weight can be read."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray
from plotly.colors import sample_colorscale

from seqflip.ui.as_typed import in_html
from seqflip.ui.charts.palette import HEAT
from seqflip.ui.labels import distinct, short_share
from seqflip.ui.parts.numbers import EMPTY

_SEEN = 0.05  # less is not written
_HEAD = Markup('<th scope="col">{}</th>')
_CELL = Markup('<td style="background: {}; color: {}">{}</td>')
_ROW = Markup('<tr><th scope="row">{}</th>{}</tr>')
_TABLE = Markup(
    '<div class="seqflip-scroll" tabindex="0" role="region" aria-label="{}">'
    '<table class="seqflip-grid"><thead><tr><td>{}</td>{}</tr></thead><tbody>{}</tbody></table>'
    "</div>"
)


def grid_html(
    weights: NDArray[np.floating[Any]],
    inputs: Sequence[str],
    outputs: Sequence[str],
    told: str,
    axes: tuple[str, str] = ("output", "input"),
) -> Markup:
    """Return the table.

    Parameters
    ----------
    weights : array (outputs, inputs)
        From 0 to 1.
    inputs, outputs : sequence of str
        The tokens; repeated ones are told apart by their order.
    told : str
        What a screen reader calls it.
    axes : tuple of str
        What a row is, and what a column.
    """
    corner = Markup("{} →<br>{} ↓").format(axes[1], axes[0])
    head = EMPTY.join(_HEAD.format(in_html(token)) for token in distinct(inputs))
    rows = [
        _ROW.format(in_html(token), EMPTY.join(_cell(float(weight)) for weight in row))
        for token, row in zip(distinct(outputs), weights, strict=True)
    ]
    return _TABLE.format(told, corner, head, EMPTY.join(rows))


def _cell(weight: float) -> Markup:
    at = min(max(weight, 0.0), 1.0)
    light, dark = (sample_colorscale([pair[page] for pair in HEAT], at)[0] for page in (0, 1))
    ink = f"light-dark({'#fff' if at > 0.7 else '#000'}, {'#000' if at > 0.47 else '#fff'})"
    return _CELL.format(f"light-dark({light}, {dark})", ink, short_share(at) if at >= _SEEN else "")
