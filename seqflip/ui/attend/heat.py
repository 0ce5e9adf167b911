"""The heatmap of an answer, and the figures that sum it up."""

from typing import Literal

import numpy as np
import streamlit as st
from markupsafe import Markup

from seqflip.ui.as_typed import in_text
from seqflip.ui.attend.picture import Answer
from seqflip.ui.attend.step_html import Place, bottleneck
from seqflip.ui.attend.tab import cell, choose, look_through
from seqflip.ui.attend.through import (
    Seen,
    Through,
    all_heads,
    at_place,
    mean_of,
    place_of,
    seen,
)
from seqflip.ui.charts.live import ChosenHead, chosen_head, heatmap, selected_cell, show_chart
from seqflip.ui.labels import percent, sure

TALL, LOW = 360, 250
Kind = Literal["plain", "changed"]
_TOLD = "attend_heads_told"


def heat(
    answer: Answer,
    place: Place,
    kind: Kind,
    through: Through | None,
    *,
    title: str,
    truth: bool,
    file_name: str,
    height: int = TALL,
) -> None:
    """Draw the heatmap, in which a cell can be chosen.

    Parameters
    ----------
    answer : Answer
    place : Place
        The chosen cell.
    kind : "plain" or "changed"
        Without or with interventions.
    through : Through or None
        The head of a Transformer that one looks through.
    title : str
    truth : bool
        Whether to outline the true alignment.
    file_name : str
        Under which the picture is saved.
    height : int
        In pixels; more where there is room to its sides.
    """
    key = f"attend_heat_{kind}"

    def take() -> None:
        if (chosen := selected_cell(key)) is not None:
            choose(chosen)

    def turn() -> None:
        if through is not None and (head := chosen_head(key)) is not None:
            st.session_state[_TOLD] = head.told
            look_through(at_place(answer, through.kind, head.place))

    source, said = in_text(answer.inputs), in_text(answer.outputs)
    shown = seen(answer, mean_of(through))
    chart = heatmap(
        title,
        shown.weights,
        shown.columns,
        shown.rows,
        alt=f"Attention of the answer {said} to {source}. {in_words(seen(answer, through))}",
        axes=shown.axes,
        heads=all_heads(answer, through),
        head=None
        if through is None
        else ChosenHead(place_of(answer, through), st.session_state.get(_TOLD, 0)),
        height=height,
        grows=True,
        truth=shown.truth if truth else None,
        selected=cell()._replace(row=place.row, column=place.column),
        file_name=file_name,
        caption=f"{source} → {said}",
    )
    show_chart(key, chart, on_select=take, on_head=turn)


def in_words(shown: Seen) -> str:
    """Say where each row looks most, for who cannot see it."""
    row, column = shown.axes
    most = shown.weights.argmax(axis=1)
    return "; ".join(
        f"{row} {t + 1} looks most at {column} {s + 1} ({shown.weights[t, s]:.2f})"
        for t, s in enumerate(most.tolist())
    )


def sums(answer: Answer, place: Place, through: Through | None = None) -> str:
    """Return confidence, entropy and alignment in one line."""
    parts = [f"confidence **{sure(answer.confidence)}**"]
    if answer.has_attention:
        shown = seen(answer, through)
        entropy, what = shown.entropy, shown.axes[0]
        row, mean = float(entropy[place.row]), float(np.mean(entropy))
        parts.append(f"entropy of {what} {place.row + 1} **{row:.2f} bits**, mean {mean:.2f}")
        if shown.alignment is not None:
            parts.append(f"alignment **{percent(shown.alignment)}**")
    return " · ".join(parts)


def instead_of_attention(answer: Answer, *, numbers: bool) -> None:
    """Say and draw what there is where there is no attention."""
    d_model, layers = answer.trace.decoder_states.shape[1], len(answer.trace.start_states)
    size = f"{layers} × {d_model}" if layers > 1 else str(d_model)
    st.markdown("## Instead of attention")
    st.markdown(
        "This model has no attention, so there are no weights to show. All that its decoder knows "
        f"of the {len(answer.inputs)} inputs is the encoder's last state: {size} numbers, however "
        "long the sequence is."
    )
    states = bottleneck(answer, numbers=numbers)
    st.html(Markup('<div class="seqflip-step">{}</div>').format(states))
