"""Arrays to Plotly figures, for pages and for notebooks alike. Nothing here knows Streamlit.

>>> from seqflip.ui.charts.figures import heatmap
>>> heatmap(weights, ["3", "1", "4"], ["4", "1", "3"]).show()
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike, NDArray

from seqflip.ui.as_typed import in_chart
from seqflip.ui.charts.figures_beam import beam_tree
from seqflip.ui.charts.palette import HEAT, RUNS
from seqflip.ui.labels import distinct

__all__ = ["beam_tree", "curves", "heatmap"]

_INK = ("#22252d", "#e8e6e1")
_LINE = ("#dcd6cb", "#3a3f4b")


def heatmap(
    weights: ArrayLike,
    source_tokens: Sequence[str],
    output_tokens: Sequence[str],
    *,
    truth: NDArray[np.bool_] | None = None,
    dark: bool = False,
    height: int = 420,
) -> go.Figure:
    """Draw attention weights: one row an output, from the top; one column an input; from 0 to 1.

    Parameters
    ----------
    weights : array (outputs, inputs)
        Which share of its attention each output gave to each input.
    source_tokens, output_tokens : sequence of str
        The tokens; repeated ones are told apart by their order.
    truth : bool array (outputs, inputs), optional
        Where an output should look; outlined.
    dark : bool
        For a dark page.
    height : int
        In pixels.
    """
    z = np.asarray(weights, dtype=float)
    if z.shape != (len(output_tokens), len(source_tokens)):
        raise ValueError(
            f"weights must be one row an output and one column an input, "
            f"{(len(output_tokens), len(source_tokens))}, not {z.shape}"
        )
    outputs, inputs = distinct(output_tokens), distinct(source_tokens)
    outputs, inputs = list(map(in_chart, outputs)), list(map(in_chart, inputs))
    cells = [[(out, token) for token in inputs] for out in outputs]
    figure = go.Figure(
        go.Heatmap(
            z=z,
            zmin=0,
            zmax=1,
            colorscale=[[i / (len(HEAT) - 1), pair[dark]] for i, pair in enumerate(HEAT)],
            xgap=1,
            ygap=1,
            customdata=cells,
            hovertemplate="output %{customdata[0]} ← input %{customdata[1]}: "
            "<b>%{z:.2f}</b><extra></extra>",
            colorbar={"thickness": 10, "outlinewidth": 0, "tickvals": [0, 0.5, 1]},
        )
    )
    for row, column in np.argwhere(truth) if truth is not None else ():
        figure.add_shape(
            type="rect",
            x0=column - 0.5,
            x1=column + 0.5,
            y0=row - 0.5,
            y1=row + 0.5,
            line={"color": "#ffffff", "width": 2},
        )
    axis = {
        "showgrid": False,
        "zeroline": False,
        "ticks": "",
        "constrain": "domain",
        "automargin": True,
    }
    figure.update_xaxes(
        **axis, side="top", title="input", tickvals=list(range(len(inputs))), ticktext=inputs
    )
    figure.update_yaxes(
        **axis,
        title="output",
        tickvals=list(range(len(outputs))),
        ticktext=outputs,
        autorange="reversed",
        scaleanchor="x",
    )
    return _finish(figure, dark, height, {"l": 56, "r": 20, "t": 60, "b": 16})


def curves(
    lines: Mapping[str, tuple[ArrayLike, ArrayLike]],
    *,
    y_title: str,
    y_range: tuple[float, float] | None = None,
    log: bool = False,
    dark: bool = False,
    height: int = 320,
) -> go.Figure:
    """Draw curves over steps, each with a colour and a line style of its own.

    Parameters
    ----------
    lines : mapping
        Name to (steps, values).
    y_title : str
        The vertical axis, with its unit.
    y_range : pair of float, optional
        Fixes the axis; a range within 0 to 1 is written in percent.
    log : bool
        Whether the axis is logarithmic.
    dark : bool
        For a dark page.
    height : int
        In pixels.
    """
    dashes = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
    figure = go.Figure()
    for i, (name, (steps, values)) in enumerate(lines.items()):
        figure.add_scatter(
            x=np.asarray(steps),
            y=np.asarray(values, dtype=float),
            name=in_chart(name),
            mode="lines",
            line={"color": RUNS[i % len(RUNS)][dark], "dash": dashes[i % len(dashes)], "width": 2},
        )
    percent = y_range is not None and y_range[1] <= 1.1
    grid = {"gridcolor": _LINE[dark], "zeroline": False, "linecolor": _LINE[dark]}
    figure.update_xaxes(**grid, title="step", rangemode="tozero")
    figure.update_yaxes(
        **grid,
        title=y_title,
        range=y_range,
        type="log" if log else "linear",
        tickformat=".0%" if percent else None,
        rangemode="tozero",
    )
    figure.update_layout(hovermode="x", legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"})
    return _finish(figure, dark, height, {"l": 56, "r": 14, "t": 40, "b": 40})


def _finish(figure: go.Figure, dark: bool, height: int, margin: dict[str, Any]) -> go.Figure:
    clear = "rgba(0,0,0,0)"
    figure.update_layout(
        height=height,
        margin=margin,
        paper_bgcolor=clear,
        plot_bgcolor=clear,
        font={"color": _INK[dark], "size": 13},
        showlegend=True,
    )
    return figure
