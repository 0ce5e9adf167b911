"""The page's URL: when it was opened or gone back to, and how it is kept up to date."""

from collections.abc import Mapping

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

_SEEN = "link_was_read"


def arrived_by_link() -> bool:
    """Whether the URL decides now: the page was just opened, or gone back to in the browser."""
    context = get_script_run_ctx()
    went_back = context is not None and context.is_history_navigation
    if went_back or _SEEN not in st.session_state:
        st.session_state[_SEEN] = True
        return True
    return False


def show_in_url(params: Mapping[str, str]) -> None:
    """Let the URL say this, as one step in the browser's history."""
    if st.query_params.to_dict() != dict(params):
        st.query_params.from_dict(dict(params))
