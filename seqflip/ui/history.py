"""The page's URL: when it was opened or gone back to, and how it is kept up to date."""

from collections.abc import Mapping

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

_ARRIVED = "arrived_at"


def arrived_by_link(page: str) -> bool:
    """Whether the URL decides now: this page was just opened, or gone back to in the browser."""
    context = get_script_run_ctx()
    went_back = context is not None and context.is_history_navigation
    arrived: set[str] = st.session_state.setdefault(_ARRIVED, set())
    if page in arrived and not went_back:
        return False
    arrived.add(page)
    return True


def follow(page: str, file: str, params: Mapping[str, str]) -> None:
    """Go to another page, as if by a link."""
    st.session_state.setdefault(_ARRIVED, set()).discard(page)
    st.switch_page(file, query_params=dict(params))


def show_in_url(params: Mapping[str, str]) -> None:
    """Let the URL say this, as one step in the browser's history."""
    if st.query_params.to_dict() != dict(params):
        st.query_params.from_dict(dict(params))
