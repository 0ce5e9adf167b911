"""What the address says of the browser, not of the page, and how links keep it.

A link says what the page is to show. Whether that is in a frame, or as a presentation, goes on with
every link to a page of the app, however it is written.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import streamlit as st

OF_A_FRAME: Final = ("embed", "embed_options")
"""The parameters of a frame in another page; they are Streamlit's own."""

OF_THE_BROWSER: Final = ("class", "present", *OF_A_FRAME)
"""The parameters that no page has of its own; all else in an address is a page's."""

_component = st.components.v2.component(
    "seqflip_address",
    html="<span hidden></span>",
    js=Path(__file__).with_suffix(".js").read_text(encoding="utf-8"),
)


def of_the_browser(params: Mapping[str, str]) -> dict[str, str]:
    """Return what these parameters say of the browser."""
    return {name: params[name] for name in OF_THE_BROWSER if name in params}


def links_keep_it() -> None:
    """Let every link within the app take along what the address says of the browser."""
    _component(key="address", data={"own": OF_THE_BROWSER})
