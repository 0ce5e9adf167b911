"""From what is in the widgets to what is shown, and what is to be said about what cannot be."""

from typing import NamedTuple

from seqflip.ui.attend import sequence
from seqflip.ui.attend.picture import Answer, answer, fitting, read_source, unusual_length
from seqflip.ui.attend.session import current_view, last_good, remember_good, set_edits
from seqflip.ui.attend.step_html import Place
from seqflip.ui.attend.subject import Subject
from seqflip.ui.attend.view import View


class Note(NamedTuple):
    """A sentence beside the box; a problem is marked as one."""

    text: str
    problem: bool = False


class Shown(NamedTuple):
    """What is on the page: the answer without and with interventions, and where one looks."""

    view: View
    source: list[int]
    plain: Answer
    changed: Answer | None

    def place_in(self, answer: Answer) -> Place:
        """Return the chosen cell, or the nearest that this answer has."""
        row = min(self.view.row, len(answer.outputs) - 1)
        if self.view.column is None:
            return Place(row, int(answer.trace.weights[row].argmax()))
        return Place(row, min(self.view.column, len(answer.inputs) - 1))

    @property
    def opened(self) -> Answer:
        """The answer that the panels open."""
        return self.changed if self.changed is not None and self.view.after else self.plain


def understand(subject: Subject) -> tuple[Shown, list[Note]]:
    """Return what is to be shown, and what is to be said about what was typed."""
    view = current_view()
    told: list[Note] = []
    source, target = _sequences(subject, view, told)
    edits, dropped = fitting(view.edits, source)
    if dropped:
        told.append(Note(f"Changes that do not fit this sequence were undone: {dropped}."))
        set_edits(edits)
    plain = answer(subject, source, target)
    changed = answer(subject, source, target, edits) if edits else None
    return Shown(view, source, plain, changed), told


def _sequences(
    subject: Subject, view: View, told: list[Note]
) -> tuple[list[int], list[int] | None]:
    """Return source and target as they were typed, or the last good ones and what is wrong."""
    try:
        source = read_source(view.source, subject.trained)
        target = None if view.target is None else _target(subject, view.target, source)
    except ValueError as error:
        told.append(Note(_sentence(error), problem=True))
        good = last_good(view)
        if good is None:
            return list(subject.random_source(0)), None
        source = read_source(good.source, subject.trained)
        return source, None if good.target is None else _target(subject, good.target, source)
    remember_good(view)
    if note := sequence.take_note():
        told.append(Note(note))
    if unusual := unusual_length(subject.trained, len(source)):
        told.append(Note(unusual))
    return source, target


def _target(subject: Subject, text: str, source: list[int]) -> list[int]:
    """Return what the decoder is forced to read."""
    if text:
        target = read_source(text, subject.trained)
        room = subject.trained.answer_length(len(source))
        return [*target, 0] if len(target) < room else target
    right = subject.right_answer(source)
    if right is None:
        raise ValueError("nobody knows the right answer to this sequence; type a target for it")
    return right


def _sentence(error: ValueError) -> str:
    text = str(error)
    return f"{text[0].upper()}{text[1:]}; the picture is still that of the last sequence."
