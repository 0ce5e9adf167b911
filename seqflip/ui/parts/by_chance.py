"""What guessing would give on a run's held-out sequences, computed once for all who look."""

from pathlib import Path

import streamlit as st

from seqflip.runs.run import Run
from seqflip.study.by_chance import ByChance, by_chance


def chance_of(run: Run) -> ByChance | None:
    """Return it; None of a run that has not begun, or where they cannot be made any more."""
    try:
        return _of(run.folder) if run.steps_path.exists() else None
    except (ValueError, OSError, MemoryError):
        return None


@st.cache_resource(show_spinner=False, max_entries=64)
def _of(folder: Path) -> ByChance:
    return by_chance(Run(folder))
