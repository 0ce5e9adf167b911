"""The page's address, kept up to date without a step in the browser's history, and copied.

Beside the button for it stand those for a frame in another page, for the presentation, which is in
the address as well, for the list of words, and for a class.
"""

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlencode

import streamlit as st

from seqflip.ui.shell.address import OF_A_FRAME, OF_THE_BROWSER

_HERE = Path(__file__)
_component = st.components.v2.component(
    "seqflip_share",
    html=_HERE.with_suffix(".html").read_text(encoding="utf-8"),
    js=_HERE.with_suffix(".js").read_text(encoding="utf-8"),
    css=_HERE.with_suffix(".css").read_text(encoding="utf-8"),
    isolate_styles=False,
)


def share(link: Mapping[str, str]) -> None:
    """Draw the buttons for what can be done with a page, and let the address bar show this link.

    Typing and moving about would fill the browser's history if each state were a step in it.
    """
    data = {"search": f"?{urlencode(link)}", "own": OF_THE_BROWSER, "frame": OF_A_FRAME}
    _component(key="share", data=data, width="content")
