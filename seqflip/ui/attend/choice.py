"""Which run is looked at: chosen at the top of the page, or brought along from another page."""

import contextlib

import streamlit as st

from seqflip.runs import ACTIVE, Run, UnknownRun
from seqflip.ui.attend.view import FIRST_RUN
from seqflip.ui.server import server
from seqflip.ui.visit import note

_BROUGHT = "attend_brought_run"


def choose_run() -> Run | None:
    """Draw the choice among all runs that have weights, and return the chosen one."""
    runs = {run.id: run for run in server().store.runs() if has_weights(run) or is_coming(run)}
    if not runs:
        return None
    wanted = st.session_state.attend_run
    if wanted not in runs:
        if wanted:
            note(f"There is no run {wanted[:64]!r} with weights to look at; this is another")
        st.session_state.attend_run = FIRST_RUN if FIRST_RUN in runs else next(iter(runs))
    chosen = st.selectbox(
        "Model",
        list(runs),
        key="attend_run",
        format_func=lambda run_id: _label(runs[run_id]),
        label_visibility="collapsed",
        width=360,
        help="Any run, a running one too.",
    )
    return runs[chosen]


def bring_along() -> None:
    """Look at the run that was shown on the Train page since."""
    shown = st.session_state.get("shown_run")
    if shown is not None and shown != st.session_state.get(_BROUGHT):
        st.session_state[_BROUGHT] = shown
        with contextlib.suppress(UnknownRun):
            run = server().store.get(shown)
            if has_weights(run) or is_coming(run):
                st.session_state.attend_run = shown


def has_weights(run: Run) -> bool:
    """Whether there is a model to look at."""
    return run.weights_path.exists() or run.checkpoint_path.exists()


def is_coming(run: Run) -> bool:
    """Whether there may be a model to look at soon."""
    return run.status().state in ACTIVE


def _label(run: Run) -> str:
    name, state = run.info().name or run.id, run.status().state
    if run.bundled:
        return f"{name} (example)"
    return f"{name} ({state})" if state in ACTIVE else name
