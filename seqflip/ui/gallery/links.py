"""Links from case to case: each is a step in the browser's history, and begins at its top.

`st.page_link` makes no such step where it leads to the page that is shown.
"""

from urllib.parse import urlencode

import streamlit as st
from markupsafe import Markup

# With a key held, the browser does what it always does.
_JS = """
export default function ({ parentElement, data, setTriggerValue }) {
  const place = parentElement.querySelector("div")
  if (place.innerHTML !== data.html) place.innerHTML = data.html
  place.onclick = (event) => {
    const link = event.target.closest("a")
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return
    event.preventDefault()
    document.querySelector('[data-testid="stMain"]')?.scrollTo(0, 0)
    setTriggerValue("open", link.dataset.case)
  }
}
"""
_LINK = Markup('<a href="gallery?{}" data-case="{}"{}>{}</a>').format
_component = st.components.v2.component(
    "seqflip_cases", html="<div></div>", js=_JS, isolate_styles=False
)


def case_link(name: str, label: str | Markup, *, here: bool = False) -> Markup:
    """Return a link to a case, for :func:`show_links`."""
    current = Markup(' aria-current="page"') if here else ""
    return _LINK(urlencode({"case": name}), name, current, label)


def show_links(key: str, html: Markup) -> None:
    """Draw HTML with links to cases in it, and open what is chosen."""

    def opened() -> None:
        if name := st.session_state[key].open:
            st.query_params["case"] = name

    _component(key=key, data={"html": html}, on_open_change=opened)
