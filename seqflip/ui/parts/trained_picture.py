"""What a model that is trained does with a sequence that is typed now."""

from typing import Any

import streamlit as st

from seqflip.runs.held_out import held_out
from seqflip.runs.live import LivePicture
from seqflip.runs.run import Run, RunError
from seqflip.runs.trained import open_trained
from seqflip.system.blas import one_blas_thread


def trained_picture(run: Run, probe: str) -> dict[str, Any] | None:
    """Return what the best weights do, as `runs.live` describes it; None if they are gone."""
    try:
        version = run.weights_path.stat().st_mtime_ns
        return _picture(run.id, version, probe, run)
    except (OSError, RunError):
        return None


@st.cache_data(max_entries=200, show_spinner=False)
def _picture(run_id: str, version: int, probe: str, _run: Run) -> dict[str, Any]:
    with one_blas_thread():
        trained = open_trained(_run)
        live = LivePicture(_run, trained.config, held_out(_run), trained.model.network)
        live.show(probe)
        return live.picture(0) | {"step": None}
