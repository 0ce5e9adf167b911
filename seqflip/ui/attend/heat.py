"""The heatmap of an answer, and the figures that sum it up."""

from typing import Final, Literal

import numpy as np
import streamlit as st
from markupsafe import Markup

from seqflip.decoding import Trace
from seqflip.learning.chance import largest_entropy
from seqflip.nn import FloatArray
from seqflip.nn.attention import ScaledDotAttention
from seqflip.ui.as_typed import in_text
from seqflip.ui.attend.measures import alike, allowed
from seqflip.ui.attend.picture import Answer
from seqflip.ui.attend.step_html import Place, bottleneck
from seqflip.ui.attend.through import (
    Seen,
    Through,
    all_heads,
    mean_of,
    place_of,
    seen,
)
from seqflip.ui.attend.understand import Scene
from seqflip.ui.charts.live import Chart, ChosenHead, SelectedCell, WorkedStep, heatmap
from seqflip.ui.labels import percent, product, sure
from seqflip.ui.parts.attention import caption
from seqflip.ui.parts.file_name import file_name
from seqflip.ui.parts.subject import Subject

TALL: Final = 360
LOW: Final = 250
_WIDEST: Final = 64  # numbers of a query that can be told apart
Kind = Literal["plain", "changed"]


def heat(
    subject: Subject, shown: Scene, answer: Answer, title: str, height: int, told: int
) -> Chart:
    """Return the heatmap of an answer, in which a cell can be chosen.

    Parameters
    ----------
    subject : Subject
    shown : Scene
    answer : Answer
        The one that is drawn, of those that are shown.
    title : str
    height : int
        In pixels; more where there is room to its sides.
    told : int
        How many choices of cells the browser has told of.
    """
    place, through = shown.place_in(answer), shown.through
    source, said = in_text(answer.inputs), in_text(answer.outputs)
    drawn = seen(answer, mean_of(through))
    steps = worked(answer, through) if shown.view.panel == "steps" else []
    return heatmap(
        title,
        drawn.weights,
        drawn.columns,
        drawn.rows,
        alt=f"Attention of the answer {said} to {source}. {in_words(seen(answer, through))}",
        axes=drawn.axes,
        heads=all_heads(answer, through),
        head=None if through is None else ChosenHead(place_of(answer, through), 0),
        height=height,
        grows=True,
        truth=drawn.truth if shown.view.truth else None,
        selected=SelectedCell(place.row, place.column, told),
        worked=steps,
        vectors=vectors(answer, through) if steps else None,
        file_name=stem(subject, answer),
        caption=f"{source} → {said}",
    )


def worked(answer: Answer, through: Through | None) -> list[WorkedStep]:
    """Return, for every cell, the numbers that lead to its weight; none of what was changed."""
    if answer.trace.interventions or (through is not None and through.head is None):
        return []
    trace = _through(answer, through)
    found = [WorkedStep(trace.kind.formula.format(query="q", key="k"), trace.products)]
    if trace.scale != 1:
        found.append(WorkedStep(f"÷ √{trace.query.shape[1]}", trace.scores))
    if "content" in trace.stages:
        found.append(WorkedStep("softmax", trace.stages["content"]))
        found.append(WorkedStep("gate, shift, sharpening", trace.weights))
    else:
        found.append(WorkedStep("softmax", trace.weights))
    return found


def vectors(answer: Answer, through: Through | None) -> tuple[FloatArray, FloatArray] | None:
    """Return queries and keys, where a score is their product and nothing else."""
    trace = _through(answer, through)
    if trace.kind.formula != ScaledDotAttention.formula or trace.compared.ndim == 3:
        return None
    return (trace.query, trace.key) if trace.query.shape[1] <= _WIDEST else None


def _through(answer: Answer, through: Through | None) -> Trace:
    if through is None or through.head is None:
        return answer.trace
    return answer.trace.of_head(through.where, through.head)


def stem(subject: Subject, answer: Answer) -> str:
    """Return what the files of an answer are called, without their ending."""
    name = file_name("attention", subject.run.id, answer.inputs, subject.trained.step)
    return f"{name}-changed" if answer.trace.interventions else name


def in_words(shown: Seen) -> str:
    """Say where each row looks most, for who cannot see it."""
    row, column = shown.axes
    most = shown.weights.argmax(axis=1)
    return "; ".join(
        f"{row} {t + 1} looks most at {column} {s + 1} ({shown.weights[t, s]:.2f})"
        for t, s in enumerate(most.tolist())
    )


def sums(answer: Answer, place: Place, through: Through | None = None) -> Markup:
    """Return confidence, entropy and alignment in one line, each with its measure."""
    figure = Markup("{} <b>{}</b> {}").format
    factors = answer.trace.output_probabilities.tolist()
    parts = [figure("confidence", sure(answer.confidence), _product(factors))]
    if answer.has_attention:
        shown = seen(answer, through)
        entropy, may = shown.entropy, allowed(answer, shown, through)
        n = int(may[place.row].sum())
        most = f"of at most {float(largest_entropy(n)):.2f} bits (log₂ {n}), " if n else "bits, "
        parts.append(
            figure(
                f"entropy of {shown.axes[0]} {place.row + 1}",
                f"{entropy[place.row]:.2f}",
                f"{most}mean {float(np.mean(entropy)):.2f}",
            )
        )
        if shown.alignment is not None and shown.truth is not None:
            chance = f"(looking anywhere alike: {percent(alike(shown.truth, may))})"
            parts.append(figure("alignment", percent(shown.alignment), chance))
    return caption(Markup(" · ").join(parts))


def _product(factors: list[float]) -> Markup:
    """Return what a confidence is the product of; all factors at a touch of the pointer."""
    whole = product(factors, len(factors))
    return Markup('<span title="{}">{}</span>').format(f"≈ {whole}", f"≈ {product(factors)}")


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
