"""What can be done with the runs that are chosen in the table."""

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from seqflip.runs.archive import export_run
from seqflip.runs.run import Run
from seqflip.ui.as_typed import in_markdown
from seqflip.ui.charts.palette import RUNS
from seqflip.ui.parts.run_choice import has_weights
from seqflip.ui.runs.table import Row
from seqflip.ui.shell.keys import add_key, key_for
from seqflip.ui.shell.pages import link
from seqflip.ui.shell.server import server
from seqflip.ui.shell.visit import carefully

_LOAD = """\
history = pandas.read_csv("history.csv")
weights = numpy.load("weights.npz")
"""


def actions(chosen: Sequence[Row]) -> None:
    """Draw the buttons for the chosen runs, those that make sense."""
    with st.container(horizontal=True, vertical_alignment="center"):
        if len(chosen) == 1:
            _for_one(chosen[0])
        _lengths([row.run for row in chosen if has_weights(row.run)])
        deletable = [row for row in chosen if row.run.may_manage(key_for(row.run))]
        if deletable:
            _delete(deletable)
    if len(chosen) == 1:
        with st.expander("Load what is in the download"):
            st.code(_LOAD, language="python")


def _for_one(row: Row) -> None:
    run, key = row.run, key_for(row.run)
    link("train", "Open", {"run": run.id}, help="See it on the page Train.", icon="open_in_full")
    st.download_button(
        "Download",
        lambda: export_run(run),
        file_name=f"{run.id}.zip",
        key="download_run",
        mime="application/zip",
        icon=":material/download:",
        on_click="ignore",
        help="One archive: configuration, history as CSV and JSON, weights, and how to read them.",
    )
    if (race := run.race()) is not None:
        told = "Open the race that it ran in."
        link("race", "To its race", {"race": race.id}, help=told)
    if not run.may_manage(key):
        return
    if row.status.state in ("interrupted", "paused") and row.status.pid is None:
        _button("Resume", "play_arrow", "Go on where it was.", _resume, run)
    kept = row.info.kept
    _button(
        "Let go" if kept else "Keep",
        "keep_off" if kept else "keep",
        "Allow to delete it to make room." if kept else "Never delete it to make room.",
        server().store.keep,
        run,
        not kept,
    )
    with (
        st.popover("Rename", icon=":material/edit:"),
        st.form(f"rename_{run.id}", border=False),
    ):
        st.text_input("Name", row.info.name, max_chars=80, key=f"name_of_{run.id}")
        st.form_submit_button(
            "Save",
            icon=":material/check:",
            help="Give it this name.",
            on_click=carefully,
            args=(_rename, run),
        )
    if key is not None:
        with st.popover("Control link", icon=":material/key:"):
            st.caption("Whoever opens this link may pause, stop and delete the run.")
            st.code(f"{_address()}?run={run.id}&key={key}", language=None)


def _lengths(runs: Sequence[Run]) -> None:
    if runs:
        told = "See how long sequences may get until they fail."
        ids = " ".join(run.id for run in runs[: len(RUNS)])
        link("lengths", "Test lengths", {"runs": ids}, help=told)


def _address() -> str:
    url = st.context.url or ""
    return url.partition("?")[0].removesuffix("/runs").removesuffix("/") + "/"


def _delete(rows: Sequence[Row]) -> None:
    what = in_markdown(rows[0].name) if len(rows) == 1 else f"{len(rows)} runs"
    with st.popover("Delete", icon=":material/delete:"):
        st.write(f"Delete {what} for good?")
        _button("Delete for good", "delete", "There is no way back.", _delete_all, rows)


def _button(label: str, icon: str, help: str, action: Callable[..., Any], *args: Any) -> None:
    st.button(
        label,
        key=f"run_{label.lower()}",
        icon=f":material/{icon}:",
        help=help,
        on_click=carefully,
        args=(action, *args),
    )


def _rename(run: Run) -> None:
    server().store.rename(run, st.session_state[f"name_of_{run.id}"])


def _resume(run: Run) -> None:
    add_key(server().launcher.resume(run.id, key_for(run)))


def _delete_all(rows: Sequence[Row]) -> None:
    for row in rows:
        server().store.delete(row.run)
