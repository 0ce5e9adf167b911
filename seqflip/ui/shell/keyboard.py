"""The switch for keys that are single letters, and what else the keyboard needs on every page."""

from pathlib import Path

import streamlit as st

_HTML = """
<label class="seqflip-letters">
  <input type="checkbox"> Single-letter keys, such as T for Train
</label>
"""
_component = st.components.v2.component(
    "seqflip_keyboard",
    html=_HTML,
    js=Path(__file__).with_suffix(".js").read_text(encoding="utf-8"),
    isolate_styles=False,
)


def letters_switch() -> None:
    """Draw the switch; the browser remembers it."""
    _component(key="letters_switch", data={}, width="content")
