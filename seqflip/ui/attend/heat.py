"""The heatmap of an answer, and the figures that sum it up."""

from typing import Literal

import numpy as np
import streamlit as st
from markupsafe import Markup

from seqflip.ui.as_typed import in_text
from seqflip.ui.attend.picture import Answer
from seqflip.ui.attend.step_html import Place, bottleneck
from seqflip.ui.attend.tab import cell, choose
from seqflip.ui.charts.live import heatmap, selected_cell, show_chart
from seqflip.ui.labels import percent, sure

TALL, LOW = 360, 250
Kind = Literal["plain", "changed"]


def heat(
    answer: Answer,
    place: Place,
    kind: Kind,
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

    source, said = in_text(answer.inputs), in_text(answer.outputs)
    chart = heatmap(
        title,
        answer.trace.weights,
        answer.inputs,
        answer.outputs,
        alt=f"Attention of the answer {said} to {source}. {in_words(answer)}",
        height=height,
        grows=True,
        truth=answer.truth if truth else None,
        selected=cell()._replace(row=place.row, column=place.column),
        file_name=file_name,
        caption=f"{source} → {said}",
    )
    show_chart(key, chart, on_select=take)


def in_words(answer: Answer) -> str:
    """Say where each output looks most, for who cannot see it."""
    most = answer.trace.weights.argmax(axis=1)
    return "; ".join(
        f"output {t + 1} looks most at input {s + 1} ({answer.trace.weights[t, s]:.2f})"
        for t, s in enumerate(most.tolist())
    )


def sums(answer: Answer, place: Place) -> str:
    """Return confidence, entropy and alignment in one line."""
    parts = [f"confidence **{sure(answer.confidence)}**"]
    if answer.has_attention:
        entropy = answer.trace.entropy
        row, mean = float(entropy[place.row]), float(np.mean(entropy))
        parts.append(f"entropy of output {place.row + 1} **{row:.2f} bits**, mean {mean:.2f}")
        if answer.alignment is not None:
            parts.append(f"alignment **{percent(answer.alignment)}**")
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
