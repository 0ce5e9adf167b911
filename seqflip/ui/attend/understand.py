"""From what is in the widgets to what is shown, and what is to be said about what cannot be."""

from dataclasses import replace
from typing import NamedTuple

from seqflip.ui.attend import sequence
from seqflip.ui.attend.picture import Answer, answer, fitting
from seqflip.ui.attend.snapshots import no_snapshot
from seqflip.ui.attend.step_html import Place
from seqflip.ui.attend.tab import current_view, last_good, remember_good
from seqflip.ui.attend.through import Through, seen
from seqflip.ui.attend.through import fitting as fitting_head
from seqflip.ui.attend.view import View
from seqflip.ui.labels import sentence
from seqflip.ui.parts.subject import Subject
from seqflip.ui.parts.typed import read_source, unknown_note, unusual_length


class Note(NamedTuple):
    """A sentence beside the box; a problem is marked as one."""

    text: str
    problem: bool = False


class Scene(NamedTuple):
    """What is on the page: the answer without and with interventions, and where one looks."""

    view: View
    source: list[int]
    plain: Answer
    changed: Answer | None
    through: Through | None

    def place_in(self, answer: Answer) -> Place:
        """Return the chosen cell, or the nearest that there is to be seen of this answer."""
        row, column = self.view.row, self.view.column
        if column is None:
            weights = seen(self.plain, self.through).weights
            column = int(weights[min(row, len(weights) - 1)].argmax())
        rows, columns = seen(answer, self.through).weights.shape
        return Place(min(row, rows - 1), min(column, columns - 1))

    @property
    def opened(self) -> Answer:
        """The answer that the panels open."""
        return self.changed if self.changed is not None and self.view.after else self.plain


def understand(subject: Subject) -> tuple[Scene, list[Note]]:
    """Return what the widgets ask to be shown, and what is to be said about what was typed."""
    wanted = current_view()
    told = [Note(note) for note in (sequence.take_note(),) if note]
    shown, notes = answered(subject, wanted)
    if shown is not None:
        remember_good(wanted)
        return shown, told + notes
    shown, _ = answered(subject, last_good(wanted) or _example(subject, wanted))
    assert shown is not None  # what could be shown before, or an example
    return shown, notes + told  # nothing is said of the last sequence


def answered(subject: Subject, view: View) -> tuple[Scene | None, list[Note]]:
    """Return what there is to see of a view, and notes on it; None where it has no sequence."""
    try:
        source, target = _read(subject, view)
    except ValueError as error:
        return None, [Note(_sentence(error), problem=True)]
    notes: list[Note] = []
    if unknown := unknown_note(subject.trained.unknown(view.source)):
        notes.append(Note(unknown))
    if unusual := unusual_length(subject.trained, len(source)):
        notes.append(Note(unusual))
    learning = view.panel == "why"
    if learning and target is None:
        target = subject.right_answer(source)  # as in training
    plain = answer(subject, source, target)
    if plain.right is None and subject.trained.is_language:
        notes.append(Note("This is no sentence of its language: nobody knows what would be right."))
    looks = subject.trained.model.network.looks
    through, missing = fitting_head(view.through, looks)
    if missing:
        notes.append(Note(missing))
    if learning and through is not None and through.head is None:
        through = through._replace(head=0)  # each head has scores of its own, and their mean none
    if view.step not in (None, subject.snapshot):
        notes.append(Note(no_snapshot(subject, view.step)))
    edits, left_out = fitting(view.edits, len(plain.inputs), looks)
    if left_out:
        notes.append(Note(f"Changes by hand that this sequence has no place for: {left_out}."))
    changed = answer(subject, source, target, edits) if edits and not learning else None
    kept = replace(view, edits=edits, through=view.through and through, step=subject.snapshot)
    return Scene(kept, source, plain, changed, through), notes


def _read(subject: Subject, view: View) -> tuple[list[int], list[int] | None]:
    """Return a view's source, and what the decoder is to be forced to read."""
    source = read_source(view.source, subject.trained)
    return source, None if view.target is None else _target(subject, view.target, source)


def _example(subject: Subject, view: View) -> View:
    return replace(view, source=subject.example, target=None)


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
    return sentence(f"{error}; the picture is still that of the last sequence")
