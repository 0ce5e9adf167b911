"""What this tab looks at: kept while its widgets come and go, opened from a link."""

from dataclasses import replace
from typing import Any

import streamlit as st

from seqflip.decoding import Intervention
from seqflip.nn import CROSS
from seqflip.ui.attend.through import Through
from seqflip.ui.attend.view import View, from_link
from seqflip.ui.charts.live import SelectedCell

FREE, FORCED = "reads its own words", "reads the right answer"
READS = (FREE, FORCED)
BEFORE, AFTER = "before", "after"
VERSIONS = (BEFORE, AFTER)
MOST = -1
"""Stands for the input that the chosen output looks at most."""

_VIEW, _GOOD, _CELL, _EDITS = "attend_view", "attend_good", "attend_cell", "attend_edits"
_THROUGH, _STEP = "attend_through", "attend_snapshot"


def open_link() -> list[str]:
    """Show what the URL says; return a sentence for each thing that it says wrong."""
    view, complaints = from_link(st.query_params.to_dict())
    show(view)
    return complaints


def show(view: View) -> None:
    """Set all widgets to a view."""
    st.session_state[_VIEW] = view
    st.session_state.update(_widgets(view))


def restore() -> None:
    """Set the widgets that were not on the page meanwhile to what they were.

    A browser that is slow to leave a page may tell of their being gone only on the next: as None.
    """
    state = st.session_state
    for name, value in _widgets(state[_VIEW]).items():
        if state.get(name) is None:
            state[name] = value


def current_view() -> View:
    """Return what the widgets say, and keep it."""
    state = st.session_state
    view = View(
        run=state.attend_run,
        source=state.attend_source or "",
        target=(state.attend_target or "").strip() if state.attend_reads == FORCED else None,
        row=cell().row,
        column=None if cell().column == MOST else cell().column,
        panel=state.attend_panel,
        truth=state.attend_truth,
        numbers=state.attend_numbers,
        edits=edits(),
        after=state.attend_version == AFTER,
        beam=state.attend_beam,
        through=through(),
        step=step(),
    )
    state[_VIEW] = view
    return view


def cell() -> SelectedCell:
    """Return the chosen cell."""
    chosen: SelectedCell = st.session_state[_CELL]
    return chosen


def choose(chosen: SelectedCell) -> None:
    """Choose a cell."""
    st.session_state[_CELL] = chosen


def edits() -> tuple[Intervention, ...]:
    """Return the interventions."""
    made: tuple[Intervention, ...] = st.session_state[_EDITS]
    return made


def set_edits(made: tuple[Intervention, ...]) -> None:
    """Replace the interventions."""
    st.session_state[_EDITS] = made


def through() -> Through | None:
    """Return the head that one looks through, if one was chosen."""
    chosen: Through | None = st.session_state[_THROUGH]
    return chosen


def look_through(chosen: Through) -> None:
    """Look through another head; other rows and columns may stand at its sides."""
    before = through()
    st.session_state[_THROUGH] = chosen
    if (before.kind if before is not None else CROSS) != chosen.kind:
        choose(SelectedCell(cell().row, MOST))


def step() -> int | None:
    """Return the step of the chosen run's training whose weights were chosen, if any were."""
    of: tuple[str, int | None] = st.session_state[_STEP]
    return of[1] if of[0] == st.session_state.attend_run else None


def set_step(chosen: int | None) -> None:
    """Choose the weights that the run had after a step; None: as it is."""
    st.session_state[_STEP] = (st.session_state.attend_run, chosen)


def last_good(view: View) -> View | None:
    """Return the view with the last sequences of the same run that could be shown."""
    good: View | None = st.session_state.get(_GOOD)
    if good is None or good.run != view.run:
        return None
    return replace(view, source=good.source, target=good.target)


def remember_good(view: View) -> None:
    """Keep a view that could be shown."""
    st.session_state[_GOOD] = view


def _widgets(view: View) -> dict[str, Any]:
    """Return what each widget shows in this view."""
    return {
        "attend_run": view.run,
        "attend_source": view.source,
        "attend_reads": FREE if view.target is None else FORCED,
        "attend_target": view.target or "",
        "attend_panel": view.panel,
        "attend_truth": view.truth,
        "attend_numbers": view.numbers,
        "attend_version": AFTER if view.after else BEFORE,
        "attend_beam": view.beam,
        _CELL: SelectedCell(view.row, MOST if view.column is None else view.column),
        _EDITS: view.edits,
        _THROUGH: view.through,
        _STEP: (view.run, view.step),
    }
