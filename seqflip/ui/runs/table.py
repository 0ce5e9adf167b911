"""The table of all runs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import streamlit as st

from seqflip.config.config import Config
from seqflip.config.section import ConfigError
from seqflip.runs.run import Run, RunInfo
from seqflip.runs.status import Status
from seqflip.runs.store import RunStore
from seqflip.ui.parts.counterpart import config_of
from seqflip.ui.shell.pages import go_to

_DRAWN = "drawn_runs"


@dataclass(frozen=True)
class Row:
    """What the table says of one run."""

    run: Run
    info: RunInfo
    status: Status
    config: Config

    @property
    def name(self) -> str:
        """What people call it."""
        return self.info.name or self.run.id

    @property
    def keeping(self) -> str:
        """Why it is never deleted to make room, if it is not."""
        return "example" if self.run.bundled else "kept" if self.info.kept else ""

    def mentions(self, text: str) -> bool:
        """Whether all words of the text stand somewhere in its row."""
        data, model = self.config.data, self.config.model
        own = f"{self.name} {self.run.id} {data.task} {model.attention} {model.cell}"
        row = f"{own} {self.status.state} {self.keeping}".lower()
        return all(word in row for word in text.lower().split())


def read_rows(store: RunStore) -> list[Row]:
    """Return all runs that can be read, the newest first."""
    rows: dict[str, Row] = {}
    for run in store.runs():
        if run.id in rows:  # an example whose name is taken
            continue
        try:
            config = config_of(run)
        except (ConfigError, OSError):
            continue
        rows[run.id] = Row(run, run.info(), run.status(), config)
    return list(rows.values())


def run_table(rows: Sequence[Row], chosen: Sequence[str]) -> list[Row]:
    """Draw the table, and return the rows that are chosen in it; a click on a name opens the run.

    The table is another one when its runs are others, so that a choice never slips to a neighbour.
    """
    ids = tuple(row.run.id for row in rows)
    if st.session_state.get(_DRAWN, ((), ()))[0] != ids:
        st.session_state[_DRAWN] = (ids, [ids.index(one) for one in chosen if one in ids])
    event = st.dataframe(
        _columns_of(rows),
        key=f"run_table_{hash(ids)}",
        hide_index=True,
        on_select="rerun",
        selection_mode=["multi-row", "single-cell"],
        selection_default={
            "selection": {
                "rows": st.session_state[_DRAWN][1],
                "columns": [],
                "cells": [],
            }
        },
        column_config=_column_config(),
        alt="All runs, with their task, sizes, state, exact match, time and date",
    )
    for row, column in event.selection.cells:
        if column == "name":
            go_to("train", {"run": ids[row]})
    return [rows[i] for i in event.selection.rows]


def _columns_of(rows: Sequence[Row]) -> dict[str, list[Any]]:
    return {
        "name": [row.name for row in rows],
        "task": [row.config.data.task for row in rows],
        "sizes": [_sizes(row.config) for row in rows],
        "attention": [row.config.model.attention.replace("_", " ") for row in rows],
        "state": [row.status.state for row in rows],
        "exact": [_percent(row.status.val_sequence_accuracy) for row in rows],
        "seconds": [row.status.seconds for row in rows],
        "when": [datetime.fromtimestamp(row.info.created, UTC) for row in rows],
        "kept": [row.keeping for row in rows],
    }


def _sizes(config: Config) -> str:
    data = config.data
    if data.own_pairs:
        return f"from a file · {config.model.d_model}"
    sizes = data.sizes
    lengths = str(sizes.src_length)
    if sizes.shortest < sizes.src_length:
        lengths = f"{sizes.shortest}–{sizes.src_length}"
    return f"{sizes.vocab_size} · {lengths} · {config.model.d_model}"


def _percent(share: float | None) -> float | None:
    return None if share is None else 100 * share


def _column_config() -> dict[str, Any]:
    column = st.column_config
    return {
        "name": column.TextColumn("Name", width=190, pinned=False, help="A click opens the run."),
        "task": column.TextColumn("Task"),
        "sizes": column.TextColumn("Sizes", help="Token ids · length of the source · width."),
        "attention": column.TextColumn("Attention"),
        "state": column.TextColumn("State"),
        "exact": column.NumberColumn(
            "Exact match",
            format="%.1f %%",
            help="Held-out sequences that were answered without a single mistake.",
        ),
        "seconds": column.NumberColumn("Time", format="%.1f s", help="Of training."),
        "when": column.DatetimeColumn("When", format="distance"),
        "kept": column.TextColumn("Kept", help="Never deleted to make room."),
    }
