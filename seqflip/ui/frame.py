"""What surrounds every page."""

from pathlib import Path

import streamlit as st

_HERE = Path(__file__).parent
_SHEETS = (
    _HERE / "style.css",
    _HERE / "live_plot" / "live_plot.css",
    _HERE / "attend" / "attend.css",
)


def show_frame() -> None:
    """Put the style sheets on the page."""
    for sheet in _SHEETS:
        st.html(sheet)
