"""The page's URL: when it was opened or gone back to, and how it is kept up to date."""

from collections.abc import Collection, Mapping

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from seqflip.ui.shell.address import of_the_browser

_ARRIVED, _SWITCHED, _SHOWN = "arrived_at", "switched_to", "page_shown"
_ARRIVING = "arriving"


def arrived_by_link(page: str, own: Collection[str] = ()) -> bool:
    """Whether the URL decides now: this page was just opened, or gone back to in the browser.

    The menu leads to a page by a URL that says nothing yet, and to the page as it was; so does
    going back to that URL. Other links between pages say what to show. Where `st.switch_page` led
    away, it leaves a step behind that has the next page's parameters: with a page's ``own`` names
    given, going back there shows the page as it was.
    """
    foreign = own and st.query_params and not any(name in st.query_params for name in own)
    if foreign and _went_back():
        st.session_state[_SHOWN] = page
        return False
    decides = _decides(page)
    st.session_state[_ARRIVING] = decides and bool(st.query_params)
    return decides


def _decides(page: str) -> bool:
    arrived: set[str] = st.session_state.setdefault(_ARRIVED, set())
    switched: set[str] = st.session_state.setdefault(_SWITCHED, set())
    before = st.session_state.get(_SHOWN)
    st.session_state[_SHOWN] = page
    first = page not in arrived
    arrived.add(page)
    if _went_back():
        return first or page not in switched or bool(st.query_params)
    if before in (None, page):
        return first
    if not st.query_params:
        switched.add(page)
    return first or bool(st.query_params)


def show_in_url(params: Mapping[str, str], passing: Mapping[str, str] | None = None) -> None:
    """Let the URL say this, as one step in the browser's history.

    What is ``passing`` makes no step: :func:`seqflip.ui.shell.share.share` shows it. An empty text
    stands for what the URL need not say.
    """
    if st.session_state.pop(_ARRIVING, False) or _went_back():
        return  # another step would lead whoever goes back here forwards again
    shown = st.query_params.to_dict()
    passing = {**(passing or {}), **of_the_browser(shown)}
    if {name: text for name, text in shown.items() if name not in passing} != dict(params):
        said = {name: text for name, text in passing.items() if text}
        st.query_params.from_dict({**params, **said})


def _went_back() -> bool:
    context = get_script_run_ctx()
    return context is not None and context.is_history_navigation
