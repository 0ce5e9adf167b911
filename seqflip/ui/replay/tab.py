"""What this tab replays: kept while its widgets come and go, opened from a link."""

from dataclasses import replace
from typing import Any

import streamlit as st

from seqflip.ui.replay.view import View, from_link

PLAYER = "replay_player"
_VIEW, _ARRIVALS, _RUN, _GOOD = "replay_view", "replay_arrivals", "replay_shown", "replay_good"


def open_link() -> list[str]:
    """Show what the URL says; return a sentence for each thing that it says wrong."""
    view, complaints = from_link(st.query_params.to_dict())
    state = st.session_state
    state[_VIEW] = view
    state.update(_widgets(view))
    state[_ARRIVALS] = state.get(_ARRIVALS, 0) + 1
    state[_RUN] = view.run
    return complaints


def restore() -> None:
    """Set the widgets that were not on the page meanwhile to what they were."""
    for name, value in _widgets(st.session_state[_VIEW]).items():
        st.session_state.setdefault(name, value)


def current_view() -> View:
    """Return what the widgets say, and keep it; another run begins at its start."""
    state = st.session_state
    view: View = replace(state[_VIEW], run=state.replay_run, source=state.replay_source or "")
    if view.run != state[_RUN]:
        state[_RUN] = view.run
        state[_ARRIVALS] += 1
        view = replace(view, step=None)
    state[_VIEW] = view
    return view


def take_rest() -> None:
    """Take over where the player has come to rest."""
    rest = st.session_state.get(PLAYER, {}).get("rest")
    if rest is not None:
        view: View = st.session_state[_VIEW]
        truth = bool(rest["outlined"])
        st.session_state[_VIEW] = replace(view, step=int(rest["step"]), truth=truth)


def arrival() -> int:
    """Return a number that grows when the player is to go where the view says."""
    arrivals: int = st.session_state[_ARRIVALS]
    return arrivals


def last_good(run_id: str) -> str | None:
    """Return the last sequence that could be shown to this run."""
    good: tuple[str, str] | None = st.session_state.get(_GOOD)
    return good[1] if good is not None and good[0] == run_id else None


def remember_good(run_id: str, source: str) -> None:
    """Keep a sequence that could be shown."""
    st.session_state[_GOOD] = (run_id, source)


def _widgets(view: View) -> dict[str, Any]:
    """Return what each widget shows in this view."""
    return {"replay_run": view.run, "replay_source": view.source}
