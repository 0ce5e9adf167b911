"""The menu on a small screen, where it lies over the page: a choice in it closes it."""

import streamlit as st

_component = st.components.v2.component(
    "seqflip_menu",
    html="<span hidden></span>",
    js="""
const LARGE = 768 // pixels; from there on the menu stands beside the page

export default function () {
  if (window.seqflipMenu) return
  window.seqflipMenu = true
  document.addEventListener("click", ({ target }) => {
    if (innerWidth >= LARGE || !target.closest?.('[data-testid="stSidebarNav"] a')) return
    document.querySelector('[data-testid="stSidebarCollapseButton"] button')?.click()
  })
}
""",
)


def close_when_chosen() -> None:
    """Let a small screen show the page that was chosen in the menu."""
    _component(key="menu", data={})
