"""Runs: all trainings, to open, compare, keep and take home."""

import streamlit as st

from seqflip.ui.charts.live import follow
from seqflip.ui.feed import RUNS_FEED, runs_state
from seqflip.ui.runs.actions import actions
from seqflip.ui.runs.compare import MEASURES, compare
from seqflip.ui.runs.table import read_rows, run_table
from seqflip.ui.runs.upload import upload
from seqflip.ui.shell.frame import within_app
from seqflip.ui.shell.history import arrived_by_link, show_in_url
from seqflip.ui.shell.keys import remember_keys
from seqflip.ui.shell.server import server
from seqflip.ui.shell.visit import show_note

within_app()

FIRST = next(iter(MEASURES))


def table() -> None:
    """Draw the table, and below it what can be done with the runs that are chosen there."""
    rows = read_rows(server().store)
    wanted = st.session_state.run_filter or ""
    rows = [row for row in rows if row.mentions(wanted)]
    if not rows:
        st.caption("No run has all these words." if wanted else "There are no runs yet.")
        return
    chosen = run_table(rows, st.session_state.chosen_runs)
    ids = [row.run.id for row in chosen]
    st.session_state.chosen_runs = ids
    link = {"filter": wanted, "chosen": " ".join(ids)}
    if ids and st.session_state.measure != FIRST:
        link["measure"] = st.session_state.measure
    show_in_url({name: text for name, text in link.items() if text})
    if not chosen:
        st.caption("Click a name to open the run, or choose several at the left edge to compare.")
        return
    actions(chosen)
    measure = st.selectbox(
        "Compare",
        list(MEASURES),
        key="measure",
        width=260,
        help="What the chart shows of each chosen run, step by step.",
    )
    compare(chosen, measure)


if arrived_by_link("runs", ("filter", "chosen", "measure")):
    st.session_state.run_filter = st.query_params.get("filter", "")
    st.session_state.chosen_runs = st.query_params.get("chosen", "").split()
    measure = st.query_params.get("measure", FIRST)
    st.session_state.measure = measure if measure in MEASURES else FIRST
state = runs_state()
# Each part has its own place, so that nothing is built anew when another grows.
head, words, body, foot, hidden = (st.container() for _ in range(5))
with head:
    st.title("Runs", anchor=False)
    show_note()
with words:
    st.text_input(
        "Filter",
        key="run_filter",
        live=True,
        persist_state="session",
        placeholder="words of a name, a task, a state, such as: sort finished",
        help="Only runs in which all these words stand.",
        width=420,
    )
with body:
    st.fragment(table)()
with foot:
    upload()
with hidden:
    follow(RUNS_FEED, state, 2)
    remember_keys()
