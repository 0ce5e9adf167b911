"""Through which head of a Transformer one looks, and what is seen through it.

A model with one look has nothing to choose: then it is its own outputs that look at its inputs.
"""

import re
from dataclasses import dataclass
from typing import Final, NamedTuple

from seqflip.config.section import quantity
from seqflip.decoding import Trace
from seqflip.decoding.trace import entropy_in_bits
from seqflip.learning.metrics import alignment
from seqflip.nn import CROSS, DECODER, ENCODER, BoolArray, FloatArray, Looks, Where
from seqflip.ui.attend.picture import Answer
from seqflip.ui.charts.live import Head
from seqflip.ui.labels import distinct, name_of_head, percent

WHO = {
    CROSS: "Outputs at inputs",
    ENCODER: "Inputs at each other",
    DECODER: "Outputs at words before",
}
"""What each kind of look is called in the choice of it."""

_WRITTEN: Final = re.compile(f"({'|'.join(WHO)})-([0-9]{{1,2}})(?:-([0-9]{{1,2}}))?", re.ASCII)


class Through(NamedTuple):
    """One attention layer, and one of its heads or the mean over them; both counted from 0."""

    kind: str
    layer: int
    head: int | None = None

    @property
    def where(self) -> Where:
        return Where(self.kind, self.layer)


def write(through: Through) -> str:
    """Return it as a link has it: ``cross-2-1`` is the first head of the second layer."""
    head = "" if through.head is None else f"-{through.head + 1}"
    return f"{through.kind}-{through.layer + 1}{head}"


def read(text: str) -> Through | None:
    """Return what a link speaks of, if it does."""
    found = _WRITTEN.fullmatch(text)
    if found is None or 0 in (int(found[2]), int(found[3] or 1)):
        return None
    return Through(found[1], int(found[2]) - 1, None if found[3] is None else int(found[3]) - 1)


def fitting(wanted: Through | None, looks: Looks | None) -> tuple[Through | None, str]:
    """Return what of it a model has, and a sentence if it has not what was wanted.

    ``looks`` is None for a model that has one look alone.
    """
    if looks is None:
        return None, "" if wanted is None else "This model has one look alone, and no heads."
    usual = Through(CROSS, looks.layers - 1, 0 if looks.heads == 1 else None)
    if wanted is None:
        return usual, ""
    if wanted.layer < looks.layers and (wanted.head or 0) < looks.heads:
        alone = wanted.head is None and looks.heads == 1
        return (wanted._replace(head=0) if alone else wanted), ""
    there_are = f"{quantity(looks.layers, 'layer')} of {quantity(looks.heads, 'head')}"
    return usual, f"There is no “{write(wanted)}”: this model has {there_are}."


@dataclass(frozen=True, eq=False)
class Seen:
    """Weights as one looks through a head, with what stands at their sides.

    Attributes
    ----------
    weights : (rows, columns)
    rows, columns : list of str
        Equal ones are not yet told apart.
    axes : tuple of str
        What rows and columns are.
    truth : bool array or None
        Where each row truly comes from.
    """

    weights: FloatArray
    rows: list[str]
    columns: list[str]
    axes: tuple[str, str]
    truth: BoolArray | None

    @property
    def alignment(self) -> float | None:
        """The attention on the true places, as a mean over the rows that have one."""
        if self.truth is None or not self.truth.any():
            return None
        return alignment(self.weights[None], self.truth[None])

    @property
    def entropy(self) -> FloatArray:
        """Entropy of each row in bits, (rows,)."""
        return entropy_in_bits(self.weights)


def mean_of(through: Through | None) -> Through | None:
    """Return the mean over the heads of the same layer."""
    return None if through is None else through._replace(head=None)


def place_of(answer: Answer, through: Through) -> int:
    """Return the place among all heads of its kind; -1 for the mean over a layer's."""
    return -1 if through.head is None else through.layer * answer.trace.heads + through.head


def at_place(answer: Answer, kind: str, place: int) -> Through:
    """Return what has this place among all heads of a kind."""
    if place < 0:
        return Through(kind, max(where.layer for where in answer.trace.looks))
    return Through(kind, *divmod(place, answer.trace.heads))


def all_heads(answer: Answer, through: Through | None) -> list[Head]:
    """Return all heads of the kind that one looks through, each with its alignment."""
    if through is None or answer.trace.heads * len(answer.trace.looks) == len(WHO):
        return []
    layers = sorted(where.layer for where in answer.trace.looks if where.kind == through.kind)
    found = []
    for layer in layers:
        for head in range(answer.trace.heads):
            one = seen(answer, Through(through.kind, layer, head))
            note = "" if one.alignment is None else f"aligned {percent(one.alignment)}"
            name = name_of_head(layer, head, len(layers))
            found.append(Head(name, note, one.weights))
    return found


def seen(answer: Answer, through: Through | None) -> Seen:
    """Return what there is to see of an answer."""
    if through is None:
        axes = ("output", "input")
        return Seen(answer.trace.weights, answer.outputs, answer.inputs, axes, answer.truth)
    weights = answer.trace.looks[through.where].weights
    weights = weights.mean(axis=0) if through.head is None else weights[through.head]
    if through.kind == ENCODER:
        return Seen(weights, answer.inputs, answer.inputs, ("input", "input"), None)
    if through.kind == DECODER:
        words = [answer.word(int(token)) for token in answer.trace.inputs]
        return Seen(weights, answer.outputs, words, ("output", "word read"), None)
    return Seen(weights, answer.outputs, answer.inputs, ("output", "input"), answer.truth)


@dataclass(frozen=True, eq=False)
class ThroughHead(Answer):
    """An answer as one head of a Transformer made it: its trace is that head's alone."""

    seen: Seen | None = None

    @property
    def labels(self) -> tuple[list[str], list[str]]:
        assert self.seen is not None
        return distinct(self.seen.columns), distinct(self.seen.rows)


def through_head(answer: Answer, through: Through, row: int) -> ThroughHead:
    """Return an answer as one head made it; words that are still to come are left out."""
    assert through.head is not None
    trace: Trace = answer.trace.of_head(through.where, through.head)
    found = seen(answer, through)
    if through.kind == DECODER:
        trace = trace.up_to(row + 1)
        found = Seen(found.weights, found.rows, found.columns[: row + 1], found.axes, None)
    return ThroughHead(answer.trained, trace, answer.right, answer.target, found)
