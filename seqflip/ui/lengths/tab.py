"""What this tab looks at: kept while its widgets come and go, opened from a link."""

from typing import Any

import streamlit as st

from seqflip.ui.charts.figures_lengths import ChosenPoint
from seqflip.ui.lengths.view import PLAIN, View, from_link

_VIEW, _CHOSEN, _TOLD = "lengths_view", "lengths_chosen", "lengths_told"


def open_link(most: int) -> None:
    """Show what the URL says, and tell of each thing that it says wrong."""
    view, complaints = from_link(st.query_params.to_dict(), most)
    st.session_state[_VIEW] = view
    st.session_state.update(_widgets(view))
    if complaints:
        tell(" ".join(complaints))


def tell(text: str) -> None:
    """Say what could not be done, until something else is looked at."""
    before, _ = st.session_state.get(_TOLD) or ("", None)
    st.session_state[_TOLD] = (f"{before} {text}".strip(), None)


def show_told() -> None:
    """Draw what is to be said."""
    text, of = st.session_state.get(_TOLD) or ("", None)
    view = current_view()
    if text and of in (None, view):
        st.session_state[_TOLD] = (text, view)
        st.error(text, icon=":material/error:")
    else:
        st.session_state[_TOLD] = None


def restore() -> None:
    """Set the widgets that were not on the page meanwhile to what they were."""
    for name, value in _widgets(st.session_state.get(_VIEW, PLAIN)).items():
        st.session_state.setdefault(name, value)


def current_view() -> View:
    """Return what the widgets say, and keep it."""
    state, point = st.session_state, chosen()
    view = View(
        runs=tuple(state.lengths_runs),
        longest=state.lengths_longest,
        count=state.lengths_count,
        measure=state.lengths_measure,
        of=None if point is None else point.run,
        length=None if point is None else point.length,
    )
    state[_VIEW] = view
    return view


def chosen() -> ChosenPoint | None:
    """Return the point that somebody chose."""
    point: ChosenPoint | None = st.session_state[_CHOSEN]
    return point


def choose(point: ChosenPoint | None) -> None:
    """Choose a point."""
    st.session_state[_CHOSEN] = point


def _widgets(view: View) -> dict[str, Any]:
    """Return what each widget shows in this view."""
    known = view.of is not None and view.length is not None
    return {
        "lengths_runs": list(view.runs),
        "lengths_longest": view.longest,
        "lengths_count": view.count,
        "lengths_measure": view.measure,
        _CHOSEN: ChosenPoint(view.of, view.length) if known else None,  # type: ignore[arg-type]
    }
