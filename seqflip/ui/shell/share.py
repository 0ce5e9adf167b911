"""The page's address, kept up to date without a step in the browser's history, and copied.

Beside the button for it stand that for the presentation, which is in the address as well, and that
for the list of words.
"""

from collections.abc import Mapping
from urllib.parse import urlencode

import streamlit as st

_HTML = """
<span class="seqflip-share">
  <span role="status"></span>
  <button type="button" class="words" title="What the words on this page mean">
    Words <kbd>?</kbd>
  </button>
  <button type="button" class="present" aria-pressed="false" title="Everything larger, no menu">
    Present <kbd>F</kbd>
  </button>
  <button type="button" class="copy">Copy link</button>
  <button type="button" class="class" title="Others follow this page, and answer your questions">
    Class
  </button>
</span>
"""
_JS = r"""
export default function ({ parentElement, data }) {
  const button = parentElement.querySelector(".copy")
  const present = parentElement.querySelector(".present")
  const presenting = document.documentElement.classList.contains("seqflip-present")
  const status = parentElement.querySelector("[role=status]")
  const now = new URLSearchParams(location.search)
  const wanted = new URLSearchParams(data.search)
  for (const [name, value] of now) if (name.startsWith("embed")) wanted.append(name, value)
  if (presenting || now.has("present")) wanted.append("present", "yes")
  now.sort()
  const sorted = new URLSearchParams(wanted)
  sorted.sort()
  if (`${now}` !== `${sorted}`) {
    history.replaceState(history.state, "", `${location.pathname}?${wanted}`.replace(/\?$/, ""))
  }
  parentElement.querySelector(".words").onclick = () => window.seqflipWords?.open()
  present.onclick = () => window.seqflipPresent?.()
  parentElement.querySelector(".class").onclick = () => {
    const open = () => window.seqflipClass.open()
    if (window.seqflipClass) open()
    else addEventListener("seqflip-class", open, { once: true }) // its script is on its way
  }
  button.onclick = async () => {
    try {
      await navigator.clipboard.writeText(location.href)
      status.textContent = "Copied"
    } catch {
      status.textContent = "Copy it from the address bar"
    }
    setTimeout(() => (status.textContent = ""), 2500)
  }
}
"""
_CSS = """
.seqflip-share {
  display: inline-flex; flex-wrap: wrap; align-items: center; gap: 0.6rem; min-height: 2.5rem;
}
.seqflip-share button {
  font: inherit; font-size: 0.875rem; min-height: 2.5rem; padding: 0.25rem 0.75rem; cursor: pointer;
  color: var(--st-text-color);
  background: var(--st-background-color); border: 1px solid var(--st-border-color);
  border-radius: var(--st-button-radius); white-space: nowrap;
}
.seqflip-share kbd { font: inherit; opacity: 0.7; margin-left: 0.3rem; }
.seqflip-share button:hover { border-color: var(--st-text-color); }
.seqflip-share button:focus-visible {
  outline: 2px solid var(--st-text-color); outline-offset: 2px;
}
.seqflip-share [role=status] { font-size: 0.85rem; }
"""
_component = st.components.v2.component(
    "seqflip_share", html=_HTML, js=_JS, css=_CSS, isolate_styles=False
)


def share(link: Mapping[str, str]) -> None:
    """Draw a button that copies the page's link, and let the address bar show this link.

    Typing and moving about would fill the browser's history if each state were a step in it.
    """
    _component(key="share", data={"search": f"?{urlencode(link)}"}, width="content")
