"""What a Transformer is told of the places where words stand, as a picture: a row a place."""

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from seqflip.nn import FloatArray, Transformer
from seqflip.ui.attend.picture import Answer
from seqflip.ui.charts.live import figure, show_chart

_HEIGHT = 300
_GREYS = ((0, "#1c1c1c"), (0.5, "#8a8a8a"), (1, "#f4f4f4"))
_ADDED = {
    "sinusoidal": "What is added to the word at each place: waves, from short ones at the left to "
    "long ones at the right.",
    "randomised": "What is added to the word at each place: waves, as with sinusoidal positions, "
    "but of places that lie apart. In training they are drawn anew in every step.",
    "learned": "What is added to the word at each place: numbers that were learned as all others "
    "are. Places that never occurred in training have only what they began with.",
    "rotary": "Nothing is added to the words. Queries and keys are turned, pair by pair of their "
    "numbers, by an angle that grows with the place; shown is its cosine. What a query finds in a "
    "key depends only on how far apart they stand.",
}
_NONE = (
    "This model is told nothing of places: were the inputs in another order, each would get the "
    "same key and the same value."
)


def positions(answer: Answer) -> None:
    """Draw what this model is told of the places of the inputs."""
    table = told_of_places(answer)
    network = answer.trained.model.network
    assert isinstance(network, Transformer)
    if table is None:
        st.markdown(_NONE)
        return
    kind = network.positions.name
    drawn = go.Figure(
        go.Heatmap(
            z=table,
            zmid=0,
            colorscale=_GREYS,
            hovertemplate="place %{y}, number %{x}: <b>%{z:.3f}</b><extra></extra>",
            colorbar={"thickness": 10, "outlinewidth": 0},
            x=np.arange(1, 1 + table.shape[1]),
            y=np.arange(1, 1 + len(table)),
        )
    )
    drawn.update_xaxes(title="number" if kind != "rotary" else "pair of numbers")
    drawn.update_yaxes(title="place", autorange="reversed")
    drawn.update_layout(margin={"l": 56, "r": 16, "t": 8, "b": 44})
    said = f"{len(table)} places, a row each, of {table.shape[1]} numbers"
    chart = figure("Positions", drawn, alt=f"Positions: {said}.", height=_HEIGHT)
    show_chart("attend_positions", chart)
    st.caption(_ADDED[kind])


def told_of_places(answer: Answer) -> FloatArray | None:
    """Return what belongs to each place of the source, ``(source_len, numbers)``, if anything."""
    network = answer.trained.model.network
    assert isinstance(network, Transformer)
    count = len(answer.trace.source)
    lengths = np.array([count], network.dtype)
    places = network.positions.places(lengths, count, None).of(0, count, None, network.dtype)
    added = network.positions.added(places)
    if added is not None:
        table: FloatArray = added[0]
        return table
    rotation = network.positions.rotation(places)
    return None if rotation is None else rotation.cosine[0, 0]
