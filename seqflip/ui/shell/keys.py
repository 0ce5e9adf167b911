"""Whose a run is: who started it has its key, and the browser remembers that in a cookie.

So a refresh keeps control, a second tab shares it, and another person only watches, unless given
the run's control link, which carries the key. The server keeps hashes alone.
"""

import streamlit as st

from seqflip.runs.run import Run

_COOKIE = "seqflip_keys"
_KEYS, _NEW = "keys", "keys_to_remember"

_remember = st.components.v2.component(
    "seqflip_remember",
    html="<span hidden></span>",
    js="""
export default function ({ data }) {
  const found = document.cookie.split("; ").find((one) => one.startsWith(data.cookie + "="))
  const keys = (found?.split("=")[1] ?? "").split(".").filter(Boolean)
  const all = [...new Set([...keys, ...data.keys])].slice(-50).join(".")
  const secure = location.protocol === "https:" ? "; Secure" : ""
  const lasting = `path=/; max-age=${365 * 24 * 3600}; SameSite=Lax${secure}`
  document.cookie = `${data.cookie}=${all}; ${lasting}`
}
""",
)


def add_key(key: str) -> None:
    """Take up a key, from a run that was just started or from a control link."""
    if key not in _keys():
        _keys().append(key)
        st.session_state.setdefault(_NEW, []).append(key)


def key_for(run: Run) -> str | None:
    """Return the key that may control the run, if this browser has it."""
    return next((key for key in _keys() if run.may_control(key)), None)


def remember_keys() -> None:
    """Let the browser remember what is new; drawn once by each page."""
    if new := st.session_state.get(_NEW):
        _remember(key="remember_keys", data={"cookie": _COOKIE, "keys": new})


def _keys() -> list[str]:
    if _KEYS not in st.session_state:
        st.session_state[_KEYS] = [
            key for key in st.context.cookies.get(_COOKIE, "").split(".") if key
        ]
    keys: list[str] = st.session_state[_KEYS]
    return keys
