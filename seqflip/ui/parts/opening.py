"""Which sequence a page opens with: one that the model can read, and that shows something."""

import streamlit as st

from seqflip.runs.run import Run, RunError
from seqflip.ui.parts.subject import Subject, open_subject
from seqflip.ui.parts.typed import read_source


def open_with_known(run: Run, page: str, *, asked: bool) -> None:
    """Fill in a sequence of this model's own, unless one was asked for or typed that it can read.

    Parameters
    ----------
    run : Run
    page : str
        Whose sequence it is; it lies under ``<page>_source`` in the session's state.
    asked : bool
        Whether a link has just said which sequence it is to be.
    """
    state = st.session_state
    source, opened = f"{page}_source", f"{page}_opened"
    before_run, before_text = state.get(opened, (None, None))
    text = state[source]
    if asked:
        state[opened] = (run.id, None)
    elif before_run != run.id:
        try:
            subject = open_subject(run)
            typed = before_run is not None and text != before_text
            if not (typed and _reads(text, subject)):
                state[source] = subject.opening
        except RunError:  # it has no weights yet, and is opened when it has
            return
        state[opened] = (run.id, state[source])


def _reads(text: str, subject: Subject) -> bool:
    try:
        read_source(text, subject.trained)
    except ValueError:
        return False
    return True
