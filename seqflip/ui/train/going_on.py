"""What trains now: one's own to go on with, and all others to watch."""

from itertools import islice
from typing import Final

import streamlit as st

from seqflip.runs.run import Run
from seqflip.runs.status import ACTIVE, Status
from seqflip.ui.as_typed import in_markdown
from seqflip.ui.parts.badges import BADGES
from seqflip.ui.shell.keys import key_for
from seqflip.ui.shell.pages import link
from seqflip.ui.shell.server import server
from seqflip.ui.shell.visit import current_status

MOST: Final = 6


def show_going_on() -> None:
    """Draw links to the newest of one's own that has not ended, and to what others train now."""
    store = server().store
    standing = [
        (run, current_status(run))
        for run in (*store.runs(), *store.races())
        if not run.bundled and run.info().race is None  # a lane is controlled with its race
    ]
    own = [
        (run, status)
        for run, status in standing
        if status.state in (*ACTIVE, "interrupted") and key_for(run) is not None
    ]
    newest = max(own, key=lambda one: one[0].info().created, default=None)
    others = [
        (run, status)
        for run, status in standing
        if status.state in ("running", "queued") and (newest is None or run.id != newest[0].id)
    ]
    if newest is None and not others:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="going_on"):
        if newest is not None:
            st.caption("Continue where you were:", width="content")
            _open(*newest)
        if others:
            st.caption("Training now:", width="content")
            for run, status in islice(others, MOST):
                _open(run, status)
        if len(others) > MOST:
            link("runs", f"{len(others) - MOST} more", {"filter": "running"})


def _open(run: Run, status: Status) -> None:
    name, (state, icon) = in_markdown(run.info().name or run.id), BADGES[status.state]
    done = f", step {status.step:,} of {status.total_steps:,}" if status.total_steps else ""
    kind = "race" if run.is_race() else "train"
    params = {"race" if kind == "race" else "run": run.id}
    link(kind, name, params, help=f"{state}{done}", icon=icon)
