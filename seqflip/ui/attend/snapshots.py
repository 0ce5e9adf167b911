"""The choice of a moment of the training, whose weights the page then shows."""

import contextlib
from collections.abc import Sequence
from typing import Final

import streamlit as st

from seqflip.runs.snapshots import SnapshotError
from seqflip.runs.status import ACTIVE
from seqflip.study.replay import Replay, moved_most
from seqflip.system.blas import one_blas_thread
from seqflip.ui.as_typed import in_markdown
from seqflip.ui.attend.tab import set_step
from seqflip.ui.parts.subject import Subject

_CHOICE: Final = "attend_step"


def choose_snapshot(subject: Subject, source: Sequence[int], row: int) -> None:
    """Draw the choice among all steps whose weights the run keeps; none where it keeps none.

    ``source`` and ``row`` say whose attention can be looked for where it moved most.
    """
    steps = subject.snapshots
    if not steps:
        return
    now = _now(subject)

    def take() -> None:
        chosen = st.session_state[_CHOICE]
        set_step(None if chosen == now else int(chosen))

    options = [*map(str, steps), now]
    st.session_state[_CHOICE] = now if subject.snapshot is None else str(subject.snapshot)
    st.select_slider(
        "Weights after step",
        options,
        key=_CHOICE,
        on_change=take,
        help="The whole page shows the model as it was after that step of its training.",
    )
    st.button(
        "Go to where it moved most",
        key="attend_moved_most",
        icon=":material/trending_up:",
        on_click=lambda: set_step(_moved_most(subject, source, row) or steps[0]),
        help="To the snapshot from which this output’s attention moved most until the next, when "
        "the model answers by itself.",
    )


def _moved_most(subject: Subject, source: Sequence[int], row: int) -> int | None:
    path = subject.run.snapshots_path
    replay = Replay(subject.trained, path, source, subject.right_answer(source))
    with one_blas_thread(), contextlib.suppress(SnapshotError):
        replay.update()
    return moved_most(replay.frames, row)


def told(subject: Subject) -> str:
    """Return whose weights are shown, in Markdown."""
    name = in_markdown(subject.name)
    if subject.snapshot is not None:
        return f"These are the weights of {name} after step {subject.snapshot:,} of its training."
    back = "; with the slider you go back to when it still learned" if subject.snapshots else ""
    return f"These are the {_now(subject)} weights of {name}{back}."


def no_snapshot(subject: Subject, wanted: int) -> str:
    """Return what is shown instead of a step of which there is no snapshot."""
    if subject.snapshot is None:
        return (
            f"There are no weights of step {wanted:,}: this run has kept none up to there, so "
            f"these are its {_now(subject)}."
        )
    return (
        f"There are no weights of step {wanted:,}; these are of the last step before it that was "
        f"kept, {subject.snapshot:,}."
    )


def _now(subject: Subject) -> str:
    """Return how the weights are called that are no snapshot's."""
    return "newest" if subject.state in ACTIVE else "best"
