"""The place on every page for a class: whoever leads one or is in one."""

from pathlib import Path

import streamlit as st

from seqflip.ui.asking import ASKING
from seqflip.ui.charts.palette import HEAT
from seqflip.ui.published import LOADER, next_turn, publish
from seqflip.ui.shell.address import OF_THE_BROWSER

_ASKED = "class_asked"
_FOLDER = Path(__file__).parent
_component = st.components.v2.component(
    "seqflip_class",
    html='<div class="seqflip-class"><aside hidden aria-label="Class"></aside>'
    '<dialog aria-label="Your class"></dialog></div>',
    js=LOADER,
    isolate_styles=False,
)


def take_class_of_link() -> None:
    """Note which class the URL asks to join, which is no matter of any page."""
    if code := st.query_params.pop("class", None):
        st.session_state[_ASKED] = code[:40]


def class_place() -> None:
    """Let this page follow a class, or be followed by one."""
    script = {"script": f"{publish(_FOLDER, ASKING)}/class.js", "turn": next_turn()}
    told = {"join": st.session_state.get(_ASKED), "colours": HEAT, "own": OF_THE_BROWSER}
    _component(key="class", data={**script, **told})
