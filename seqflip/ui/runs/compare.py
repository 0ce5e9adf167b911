"""The curves of the chosen runs, laid over each other."""

from collections.abc import Sequence

import streamlit as st

from seqflip.runs.eventlog import EventReader
from seqflip.runs.steplog import read_curve
from seqflip.runs.thinning import Line
from seqflip.ui.charts.figures import curves
from seqflip.ui.charts.live import figure, show_chart
from seqflip.ui.runs.table import Row

# What can be compared: label to (log, metric, axis, whether it is a share).
MEASURES = {
    "Exact match": ("events", "sequence_accuracy", "held-out sequences all right", True),
    "Token accuracy": ("events", "accuracy", "held-out tokens right", True),
    "Alignment": ("events", "alignment", "attention on the true place", True),
    "Held-out loss": ("events", "loss", "nats per token", False),
    "Training loss": ("steps", "loss", "nats per token", False),
    "Gradient norm": ("steps", "grad_norm", "gradient norm", False),
}


def compare(chosen: Sequence[Row], measure: str) -> None:
    """Draw one measure of all chosen runs."""
    log, metric, axis, share = MEASURES[measure]
    lines = {}
    for row in chosen:
        line = _line(row, log, metric)
        if len(line.step):
            lines[_legend(row, chosen)] = (line.step, line.value)
    if not lines:
        st.caption(f"None of these runs has a curve of “{measure}”.")
        return
    drawn = curves(
        lines,
        y_title=axis,
        y_range=(0, 1.02) if share else None,
        log=not share,
        dark=st.context.theme.type == "dark",
    )
    alt = f"{measure} over training steps of {', '.join(lines)}."
    show_chart("compared_runs", figure(measure, drawn, alt=alt, height=380))


def _line(row: Row, log: str, metric: str) -> Line:
    if log == "steps":
        return read_curve(row.run.steps_path, max_points=800).lines[metric]
    reader = EventReader(row.run.events_path, max_points=800)
    reader.update()
    return reader.happenings().lines[metric]


def _legend(row: Row, chosen: Sequence[Row]) -> str:
    """Return the run's name, with its id where another has the same."""
    same = sum(other.name == row.name for other in chosen)
    return row.name if same == 1 else f"{row.name} ({row.run.id})"
