"""What surrounds every page."""

from pathlib import Path
from typing import Final

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from seqflip.ui.shell.address import links_keep_it
from seqflip.ui.shell.embed import SHEET as FRAMED
from seqflip.ui.shell.embed import is_embedded, way_out
from seqflip.ui.shell.keyboard import letters_switch
from seqflip.ui.shell.menu import close_when_chosen
from seqflip.ui.shell.pages import PAGES
from seqflip.ui.shell.words import words

_UI = Path(__file__).parents[1]
_SHEETS = (
    _UI / "shell" / "style.css",
    _UI / "shell" / "present.css",
    _UI / "shell" / "words" / "words.css",
    _UI / "asking" / "asking.css",
    _UI / "charts" / "live" / "live_plot.css",
    _UI / "charts" / "live" / "strip.css",
    _UI / "attend" / "attend.css",
    _UI / "class_" / "class.css",
    _UI / "gallery" / "gallery.css",
    _UI / "lengths" / "lengths.css",
    _UI / "lessons" / "lessons.css",
    _UI / "race" / "race.css",
    _UI / "replay" / "player" / "replay.css",
)
_NAVIGATED: Final = "navigated"


def navigate() -> StreamlitPage:
    """Draw the list of all pages, and return the one to show."""
    st.session_state[_NAVIGATED] = True
    return st.navigation([page.registered() for page in PAGES.values()])


def within_app() -> None:
    """Begin a page; called first by each.

    Streamlit takes a folder named pages/ for one whose scripts run alone, until `st.navigation` was
    called for the first time. So what a new server is asked for first, if it is a link to a page,
    would be shown without app.py; then begin again with it.
    """
    if _NAVIGATED not in st.session_state:
        navigate()
        st.rerun()


def show_frame() -> None:
    """Put the style sheets on the page."""
    for sheet in (*_SHEETS, FRAMED) if is_embedded() else _SHEETS:
        st.html(sheet)


def show_foot() -> None:
    """Draw what stands at the end of every page."""
    with st.container(horizontal=True, vertical_alignment="center", key="foot"):
        words()
        letters_switch()
    links_keep_it()
    if is_embedded():
        way_out()
    close_when_chosen()
