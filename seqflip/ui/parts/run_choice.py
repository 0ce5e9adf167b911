"""Which run is looked at: chosen at the top of a page, or brought along from another page."""

import contextlib

import streamlit as st

from seqflip.runs.run import Run, UnknownRun
from seqflip.runs.status import ACTIVE
from seqflip.ui.shell.server import server
from seqflip.ui.shell.visit import note

FIRST_RUN = "reverse"


def choose_run(key: str) -> Run | None:
    """Draw the choice among all runs that have weights, and return the chosen one.

    Parameters
    ----------
    key : str
        Under which the page keeps the run's id.
    """
    runs = {run.id: run for run in server().store.runs() if has_weights(run) or is_coming(run)}
    if not runs:
        return None
    wanted = st.session_state[key]
    if wanted not in runs:
        if wanted:
            note(f"There is no run {wanted[:64]!r} with weights to look at; this is another")
        st.session_state[key] = FIRST_RUN if FIRST_RUN in runs else next(iter(runs))
    chosen = st.selectbox(
        "Model",
        list(runs),
        key=key,
        format_func=lambda run_id: label(runs[run_id]),
        label_visibility="collapsed",
        width=360,
        help="Any run, a running one too.",
    )
    return runs[chosen]


def bring_along(key: str) -> None:
    """Look at the run that was shown on the Train page since."""
    shown, brought = st.session_state.get("shown_run"), f"{key}_brought"
    if shown is not None and shown != st.session_state.get(brought):
        st.session_state[brought] = shown
        with contextlib.suppress(UnknownRun):
            run = server().store.get(shown)
            if has_weights(run) or is_coming(run):
                st.session_state[key] = shown


def has_weights(run: Run) -> bool:
    """Whether there is a model to look at."""
    return run.weights_path.exists() or run.checkpoint_path.exists()


def is_coming(run: Run) -> bool:
    """Whether there may be a model to look at soon."""
    return run.status().state in ACTIVE


def label(run: Run) -> str:
    """Return how a run is called in a choice."""
    name, state = run.info().name or run.id, run.status().state
    if run.bundled:
        return f"{name} (example)"
    return f"{name} ({state})" if state in ACTIVE else name
