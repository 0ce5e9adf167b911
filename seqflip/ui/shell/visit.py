"""Which run this tab shows, and what could not be done with it."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from seqflip.config.section import ConfigError
from seqflip.runs.run import Run, RunError, UnknownRun
from seqflip.runs.status import Status
from seqflip.ui.as_typed import sentence_in_markdown
from seqflip.ui.labels import sentence
from seqflip.ui.shell.keys import take_key_of_link
from seqflip.ui.shell.server import server, viewer

_RUN, _NOTE, _LAST = "shown_run", "visit_note", "last_shown"


def follow_link() -> None:
    """Show the run that the URL names, with the key that a control link carries."""
    show_run(st.query_params.get("run"))
    take_key_of_link(st.query_params.get("run"))


def show_run(run_id: str | None) -> None:
    """Show this run from now on, or none."""
    before = st.session_state.get(_RUN)
    if before is not None and before != run_id:
        server().launcher.leave(viewer(), before)
    st.session_state[_RUN] = run_id
    was_shown(run_id)


def was_shown(training: str | None) -> None:
    """Note which run or race was shown last: other pages go on from there."""
    if training is not None:
        st.session_state[_LAST] = training


def last_shown() -> str | None:
    """Return the id of the run or race that was shown last."""
    found: str | None = st.session_state.get(_LAST)
    return found


def shown_id() -> str | None:
    """Return the id of the run that is shown."""
    found: str | None = st.session_state.get(_RUN)
    return found


def shown_run() -> Run | None:
    """Return the run that is shown; one that is gone is told of, and no longer shown."""
    run_id = shown_id()
    if run_id is None:
        return None
    try:
        run = server().store.get(run_id)
    except UnknownRun as error:
        note(error)
        show_run(None)
        return None
    for watched in (run, run.race()):  # who looks at a lane looks at its race
        if watched is not None:
            server().launcher.watch(watched.id, viewer())
    return run


def current_status(run: Run | None) -> Status:
    """Return where the run stands; one whose process is about to begin counts as running."""
    if run is None:
        return Status()
    status = run.status()
    if status.state == "queued" and server().launcher.place(run.id) is None:
        return status.model_copy(update={"state": "running"})
    return status


def note(problem: Exception | str) -> None:
    """Tell once, at the top of the page, what could not be done."""
    st.session_state[_NOTE] = sentence(problem)


def carefully(action: Callable[..., Any], *args: Any) -> None:
    """Do what was asked; what cannot be done is told, and changes nothing."""
    try:
        action(*args)
    except (ConfigError, RunError) as error:
        note(error)


def show_note() -> None:
    """Draw what :func:`note` was told."""
    if text := st.session_state.pop(_NOTE, None):
        st.error(sentence_in_markdown(text), icon=":material/error:")
