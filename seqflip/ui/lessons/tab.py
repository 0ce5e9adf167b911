"""Which stop this tab shows, of which path; and the URL that says so."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import streamlit as st

from seqflip.ui.lessons.course import Stop, path
from seqflip.ui.shell.history import show_in_url

OWN = ("stop", "path")
"""The parameters of a link to this page."""

_PLACE = "lessons_place"


@dataclass(frozen=True)
class AtStop:
    """Where somebody stands.

    Attributes
    ----------
    stop : int
        Counted from 1.
    short : bool
        Whether it is the short path.
    """

    stop: int = 1
    short: bool = False

    @property
    def link(self) -> dict[str, str]:
        """What the URL says."""
        return {"stop": str(self.stop)} | ({"path": "short"} if self.short else {})


def open_link(stops: Sequence[Stop]) -> list[str]:
    """Go where the URL says; return a sentence for each thing that it says wrong."""
    params = st.query_params
    complaints = []
    short = params.get("path") == "short"
    if params.get("path", "full") not in ("short", "full"):
        said = params["path"][:40]
        complaints.append(f"“path” in the link is “{said}”, which is neither short nor full.")
    last = len(path(stops, short=short))
    stop = _whole(params.get("stop", "1"))
    if stop is None or not 1 <= stop <= max(last, 1):
        said = params["stop"][:40]
        complaints.append(
            f"“stop” in the link is “{said}”, which is not a whole number from 1 to {last}; "
            "this is the first stop."
        )
        stop = 1
    st.session_state[_PLACE] = AtStop(stop, short)
    return complaints


def current_place(stops: Sequence[Stop]) -> AtStop:
    """Return where this tab stands; a path that became shorter ends earlier."""
    place: AtStop = st.session_state.get(_PLACE, AtStop())
    last = max(1, len(path(stops, short=place.short)))
    return place if place.stop <= last else replace(place, stop=last)


def go(place: AtStop) -> None:
    """Stand somewhere else from now on."""
    st.session_state[_PLACE] = place


def say_in_url(place: AtStop) -> None:
    """Let the URL say where this tab stands; the first stop of the full path needs no words."""
    show_in_url(in_url(place))


def in_url(place: AtStop) -> dict[str, str]:
    """Return what the URL says of a place."""
    return place.link if place != AtStop() else {}


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 4 else None
