"""In a frame of another page: laid out for it, with a link to the same view without the frame."""

from pathlib import Path
from typing import Final

import streamlit as st

from seqflip.ui.shell.address import OF_A_FRAME

_HERE = Path(__file__)
SHEET: Final = _HERE.with_suffix(".css")
_component = st.components.v2.component(
    "seqflip_embed",
    html='<a class="seqflip-out" target="_blank" rel="noopener">Open in SeqFlip</a>',
    js=_HERE.with_suffix(".js").read_text(encoding="utf-8"),
    isolate_styles=False,
)


def is_embedded() -> bool:
    """Whether the address asks for the layout for a frame: ``embed=true``."""
    return bool(st.context.is_embedded)


def way_out() -> None:
    """Draw the link that opens the same view in a tab of its own."""
    _component(key="way_out", data={"frame": OF_A_FRAME})
