"""Whose a run is: who started it has its key, and the browser remembers that in a cookie.

So a refresh keeps control, a second tab shares it, and another person only watches, unless given
the run's control link, which carries the key. The server keeps hashes alone.
"""

import contextlib

import streamlit as st

from seqflip.runs.ownership import new_token
from seqflip.runs.run import Run, UnknownRun
from seqflip.server.key_cookie import (
    COOKIE,
    KEYS_URL,
    LENT,
    MOST,
    SCRIPT_COOKIE,
    TICKET_HEADER,
    TICKETS,
    VISITOR_COOKIE,
    YEAR,
    Remembered,
    read_keys,
)
from seqflip.ui.shell.server import server

_KEYS, _NEW, _VISITOR = "keys", "keys_to_remember", "visitor"
_TICKET, _BLOCKED = "ticket_for_keys", "keys_are_blocked"
_LONGEST = 64  # characters of a visitor's secret

# The server sets the cookies, so that no script can read them. Only where something between here
# and there lets its answer not through, the script is told the keys, and sets others itself.
_remember = st.components.v2.component(
    "seqflip_remember",
    html="<span hidden></span>",
    js="""
export default function ({ data, setTriggerValue }) {
  if (data.keys) return rememberHere(data)
  if (globalThis.seqflipTicket === data.ticket) return // handed in by a page before
  globalThis.seqflipTicket = data.ticket
  const headers = { [data.header]: data.ticket }
  fetch(new URL(data.url, document.baseURI), { method: "POST", headers, cache: "no-store" })
    .then((answer) => answer.status === 204 || Promise.reject(new Error(answer.statusText)))
    .catch(() => setTriggerValue("blocked", true))
}

function rememberHere(data) {
  const found = document.cookie.split("; ").find((one) => one.startsWith(data.cookie + "="))
  const keys = (found?.split("=")[1] ?? "").split(".").filter(Boolean)
  const all = [...new Set([...keys, ...data.keys])]
  // Where there are too many, those of others' links go before one's own, the oldest first.
  while (all.length > data.most) {
    const lent = all.findIndex((key) => key.startsWith(data.lent))
    all.splice(Math.max(lent, 0), 1)
  }
  const secure = location.protocol === "https:"  // only then a frame of another site may have any
  const where = secure ? "SameSite=None; Secure; Partitioned" : "SameSite=Lax"
  const lasting = `path=/; max-age=${data.seconds}; ${where}`
  document.cookie = `${data.cookie}=${all.join(".")}; ${lasting}`
  document.cookie = `${data.visitorCookie}=${data.visitor}; ${lasting}`
}
""",
)


def add_key(key: str, prefix: str = "") -> None:
    """Take up the key of a run that was just started."""
    if key not in _keys():
        _keys().append(key)
        st.session_state.setdefault(_NEW, []).append(prefix + key)


def take_key_of_link(run_id: str | None) -> None:
    """Take up the key in the URL, if it is that of the run that the URL shows."""
    key = st.query_params.get("key")
    if key is None or run_id is None:
        return
    with contextlib.suppress(UnknownRun):
        if server().store.find(run_id).may_control(key):
            add_key(key, prefix=LENT)


def key_for(run: Run) -> str | None:
    """Return the key that may control the run, if this browser has it."""
    return next((key for key in _keys() if run.may_control(key)), None)


def visitor() -> str:
    """Return the secret by which all runs of this browser are known as one person's."""
    if _VISITOR not in st.session_state:
        found = st.context.cookies.get(VISITOR_COOKIE, "")
        st.session_state[_VISITOR] = found if 0 < len(found) <= _LONGEST else new_token()
    secret: str = st.session_state[_VISITOR]
    return secret


def remember_keys() -> None:
    """Let the browser remember what is new; drawn once by each page."""
    new = st.session_state.get(_NEW)
    if not new:
        return
    if st.session_state.get(_BLOCKED):
        data = {
            "cookie": SCRIPT_COOKIE,
            "keys": new,
            "most": MOST,
            "lent": LENT,
            "visitorCookie": VISITOR_COOKIE,
            "visitor": visitor(),
            "seconds": YEAR,
        }
    else:
        data = {"url": KEYS_URL, "header": TICKET_HEADER, "ticket": _ticket(tuple(new))}
    _remember(key="remember_keys", data=data, on_blocked_change=_tell_the_script)


def _tell_the_script() -> None:
    st.session_state[_BLOCKED] = True


def _ticket(new: tuple[str, ...]) -> str:
    """Return the ticket for these keys, the same until there are others."""
    of, ticket = st.session_state.get(_TICKET, ((), ""))
    if of != new:
        ticket = TICKETS.give(Remembered(new, visitor()))
        st.session_state[_TICKET] = (new, ticket)
    return str(ticket)


def _keys() -> list[str]:
    if _KEYS not in st.session_state:
        cookies = st.context.cookies
        kept = read_keys(cookies.get(COOKIE, ""), cookies.get(SCRIPT_COOKIE, ""))
        st.session_state[_KEYS] = [key.removeprefix(LENT) for key in kept]
    keys: list[str] = st.session_state[_KEYS]
    return keys
