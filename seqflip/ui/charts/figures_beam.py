"""The tree of a beam search as a Plotly figure, for pages and for notebooks alike."""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import plotly.graph_objects as go

from seqflip.decoding import BeamSearch, Candidate
from seqflip.ui.as_typed import in_chart
from seqflip.ui.labels import shortened

Node = tuple[int, int]  # step, place among the step's candidates

_WIDEST = 7  # characters of a token beside its neighbours
_IN_A_BOX = 3
_INK = ("#22252d", "#e8e6e1")
_FAINT = ("#8a8578", "#8f95a3")
_LINE = ("#dcd6cb", "#3a3f4b")


def beam_tree(
    search: BeamSearch,
    greedy: Sequence[int],
    word: Callable[[int], str] = str,
    *,
    dark: bool = False,
) -> go.Figure:
    """Draw every candidate of a beam search: what was kept, given up, and the best of what it kept.

    Parameters
    ----------
    search : BeamSearch
    greedy : sequence of int
        Greedy decoding's answer, whose way is dotted.
    word : callable
        Writes a token.
    dark : bool
        For a dark page.
    """
    figure = go.Figure()
    best, plain = path_of(search, search.hypotheses[0].tokens), path_of(search, greedy)
    edges = [
        ((t - 1, node.parent), (t, i), node)
        for t, nodes in enumerate(search.steps)
        for i, node in enumerate(nodes)
    ]
    _lines(figure, [edge[:2] for edge in edges if not edge[2].kept], _LINE[dark], 1, "given up")
    _lines(figure, [edge[:2] for edge in edges if edge[2].kept], _FAINT[dark], 1.5, "kept")
    _lines(figure, list(pairwise(best)), _INK[dark], 4, "best that was kept")
    _lines(figure, list(pairwise(plain)), _INK[dark], 2, "greedy", "dot")
    _nodes(figure, search, word, dark)
    deepest = max(len(nodes) for nodes in search.steps)
    figure.update_xaxes(
        title="output",
        range=[-1.5, len(search.steps) - 0.4],
        tickvals=list(range(len(search.steps))),
        ticktext=[str(t + 1) for t in range(len(search.steps))],
        showgrid=False,
        zeroline=False,
    )
    figure.update_yaxes(range=[deepest - 0.4, -0.8], visible=False)
    figure.update_layout(
        height=tree_height(search),
        margin={"l": 10, "r": 10, "t": 34, "b": 40},
        font={"color": _INK[dark], "size": 13},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        hovermode="closest",
        dragmode=False,
        legend={"orientation": "h", "y": 1, "yanchor": "bottom", "x": 0},
    )
    return figure


def tree_height(search: BeamSearch) -> int:
    """Return how many pixels high a tree should be."""
    return 110 + 26 * max(len(nodes) for nodes in search.steps)


def path_of(search: BeamSearch, tokens: Sequence[int]) -> list[Node]:
    """Return the way through the tree that an answer takes, from the root as far as it is there."""
    way = [(-1, -1)]
    for t, nodes in enumerate(search.steps[: len(tokens)]):
        following = [
            i
            for i, node in enumerate(nodes)
            if (node.parent, node.token) == (way[-1][1], tokens[t])
        ]
        if not following:
            break
        way.append((t, following[0]))
    return way


def given_up_at(search: BeamSearch, tokens: Sequence[int]) -> int | None:
    """Return the step at which an answer's beginning did not go on; None if it was kept whole."""
    for t, place in path_of(search, tokens)[1:]:
        if not search.steps[t][place].kept:
            return t
    reached = len(path_of(search, tokens)) - 1
    return reached if reached < len(tokens) else None


def _lines(
    figure: go.Figure,
    edges: Sequence[tuple[Node, Node]],
    colour: str,
    width: float,
    name: str,
    dash: str = "solid",
) -> None:
    """Add lines from nodes to nodes as one trace."""
    x: list[float | None] = []
    y: list[float | None] = []
    for (t, i), (u, j) in edges:
        x += [t, u, None]
        y += [max(i, 0), j, None]
    figure.add_scatter(
        x=x,
        y=y,
        mode="lines",
        name=name,
        line={"color": colour, "width": width, "dash": dash},
        hoverinfo="skip",
    )


def _nodes(figure: go.Figure, search: BeamSearch, word: Callable[[int], str], dark: bool) -> None:
    """Add a marker with its token for every candidate."""
    nodes: list[tuple[int, int, Candidate]] = [
        (t, i, node) for t, step in enumerate(search.steps) for i, node in enumerate(step)
    ]
    paper = ("#fdfcfa", "#15171c")[dark]
    kept = [node.kept for _, _, node in nodes]
    texts = [shortened(word(node.token), _WIDEST) for _, _, node in nodes]
    edges = [_INK[dark], *((_LINE, _INK)[k][dark] for k in kept)]
    box: dict[str, Any] = {"symbol": "square", "size": [12] + [24] * len(nodes)}
    box["line"] = {"width": 1, "color": edges}
    if max(map(len, texts)) > _IN_A_BOX:  # a word does not fit, so it stands on a strip of paper
        box = {"symbol": "line-ew", "size": [12, *(10 + 8 * len(text) for text in texts)]}
        box["line"] = {"width": 18, "color": paper}
    figure.add_scatter(
        x=[-1, *(t for t, _, _ in nodes)],
        y=[0, *(i for _, i, _ in nodes)],
        mode="markers+text",
        showlegend=False,
        text=["", *map(in_chart, texts)],
        textfont={"size": 12, "color": [_INK[dark], *((_FAINT, _INK)[k][dark] for k in kept)]},
        marker={"opacity": 1, "color": paper, **box},
        customdata=[
            ["", "", "", ""],
            *(
                [
                    f"{node.log_probability:.4f}",
                    f"{np.exp(node.log_probability):.4f}",
                    f"{node.score:.4f}" + ("" if node.kept else ", given up here"),
                    in_chart(word(node.token)),
                ]
                for _, _, node in nodes
            ),
        ],
        hovertemplate="<b>%{customdata[3]}</b><br>log probability %{customdata[0]}<br>"
        "probability %{customdata[1]}<br>score %{customdata[2]}<extra></extra>",
    )
