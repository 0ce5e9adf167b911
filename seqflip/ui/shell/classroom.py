"""The place on every page for a class: whoever leads one or is in one."""

from pathlib import Path

import streamlit as st

from seqflip.ui.shell.address import OF_THE_BROWSER

_ASKED = "class_asked"
_FOLDER = Path(__file__).parent
_component = st.components.v2.component(
    "seqflip_class",
    html='<div class="seqflip-class"><aside hidden aria-label="Class"></aside>'
    '<dialog aria-label="Your class"></dialog></div>',
    js=(_FOLDER / "classroom.js").read_text(encoding="utf-8"),
    css=(_FOLDER / "classroom.css").read_text(encoding="utf-8"),
    isolate_styles=False,
)


def take_class_of_link() -> None:
    """Note which class the URL asks to join, which is no matter of any page."""
    if code := st.query_params.pop("class", None):
        st.session_state[_ASKED] = code[:40]


def classroom() -> None:
    """Let this page follow a class, or be followed by one."""
    asked = st.session_state.get(_ASKED)
    _component(key="classroom", data={"join": asked, "own": OF_THE_BROWSER})
