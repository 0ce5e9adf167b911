"""The place on every page for a class, and where its lecturer leads those who follow."""

from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl, urlsplit

import streamlit as st

from seqflip.ui.asking import ASKING
from seqflip.ui.charts.palette import HEAT
from seqflip.ui.published import LOADER, next_turn, publish
from seqflip.ui.shell.history import led_here
from seqflip.ui.shell.pages import PAGES, go_to

_FOLDER = Path(__file__).parent
_KEY: Final = "class"
_ASKED, _LED = "class_asked", "class_led"
_component = st.components.v2.component(
    "seqflip_class",
    html='<div class="seqflip-class"><aside hidden aria-label="Class"></aside>'
    '<dialog aria-label="Your class"></dialog></div>',
    js=LOADER,
    isolate_styles=False,
)


def follow_class() -> None:
    """Join the class that the URL asks to join, and show what its lecturer shows."""
    if code := st.query_params.pop("class", None):
        st.session_state[_ASKED] = code[:40]
    wanted = st.session_state.get(_KEY, {}).get("go")
    if wanted is None or wanted == st.session_state.get(_LED):
        return
    st.session_state[_LED] = wanted
    page, params = parts_of(str(wanted["address"]))
    if page is not None:
        led_here()
        go_to(page, params)


def parts_of(address: str) -> tuple[str | None, dict[str, str]]:
    """Return the name of the page that an address leads to, if there is one; its parameters."""
    found = urlsplit(address)
    pages = {"" if page.default else page.path: page.name for page in PAGES.values()}
    return pages.get(found.path), dict(parse_qsl(found.query, keep_blank_values=True))


def class_place() -> None:
    """Let this page follow a class, or be followed by one."""
    script = f"{publish(_FOLDER, ASKING)}/class.js"
    told = {"join": st.session_state.get(_ASKED), "colours": HEAT}
    _component(
        key=_KEY, data={"script": script, "turn": next_turn(), **told}, on_go_change=lambda: None
    )
