"""A run's logs, read once for all who watch it."""

import threading
from pathlib import Path
from typing import NamedTuple

import streamlit as st

from seqflip.runs.eventlog import EventReader, Happenings
from seqflip.runs.run import Run
from seqflip.runs.steplog import Curve, CurveReader


class Logs(NamedTuple):
    """What a run's logs say by now."""

    curve: Curve
    happened: Happenings


class Readers:
    """Follows one run's logs, for all who watch it."""

    def __init__(self, run: Run) -> None:
        self._curve = CurveReader(run.steps_path, max_points=500)
        self._events = EventReader(run.events_path, max_points=300)
        self._one_at_a_time = threading.Lock()

    def read(self) -> Logs:
        """Return what the logs say by now."""
        with self._one_at_a_time:
            self._curve.update()
            self._events.update()
            return Logs(self._curve.curve(), self._events.happenings())


@st.cache_resource(max_entries=64, show_spinner=False)
def _readers(folder: Path, _run: Run) -> Readers:
    return Readers(_run)


def read_logs(run: Run) -> Logs:
    """Return what the run's logs say by now."""
    return _readers(run.folder, run).read()
