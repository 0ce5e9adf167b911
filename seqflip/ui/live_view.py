"""What a run looks like while it trains, and afterwards: progress, figures, curves."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import streamlit as st

from seqflip.eventlog import EventReader, Happenings
from seqflip.runs import Run, Status
from seqflip.steplog import Curve, CurveReader
from seqflip.ui.labels import duration, percent, significant
from seqflip.ui.live_plot import Mark, Series, live_curves
from seqflip.ui.palette import HELD_OUT, TRAINING
from seqflip.ui.server import server
from seqflip.ui.tables import figures_table, progress_bar

_HEIGHT = 255
_READERS = "readers"
_SYMBOLS = {"LearningRateChanged": "triangle-down", "Paused": "square-open", "Diverged": "x"}


@dataclass
class Readers:
    """Follows one run's logs for one tab."""

    run_id: str
    curve: CurveReader
    events: EventReader


def read_logs(run: Run | None) -> tuple[Curve | None, Happenings | None]:
    """Return what the run's logs say by now."""
    if run is None:
        return None, None
    readers: Readers | None = st.session_state.get(_READERS)
    if readers is None or readers.run_id != run.id:
        readers = Readers(
            run.id,
            CurveReader(run.steps_path, max_points=500),
            EventReader(run.events_path, max_points=300),
        )
        st.session_state[_READERS] = readers
    readers.curve.update()
    readers.events.update()
    return readers.curve.curve(), readers.events.happenings()


def numbers(run: Run | None, status: Status) -> None:
    """Draw how far the run is, and the numbers of now.

    One piece of HTML is a fraction of the browser's work that Streamlit's own elements would be.
    """
    done = status.step / status.total_steps if status.total_steps else 0.0
    st.html(progress_bar(min(done, 1.0), _how_far(run, status)) + figures_table(status))


def _how_far(run: Run | None, status: Status) -> str:
    if run is None:
        return "ready"
    parts = [
        f"epoch {max(status.epoch, 1)} of {status.epochs}",
        f"step {status.step:,} of {status.total_steps:,}",
    ]
    if status.state == "queued":
        place = server().launcher.place(run.id) or 1
        parts = ["waiting for a free worker", f"{place - 1} before it" if place > 1 else "next"]
    elif status.state == "running":
        parts.append(f"{status.tokens_per_second:,.0f} tokens/s")
        parts.append(f"{duration(time_left(status))} left")
    else:
        parts.append(f"{duration(status.seconds)} of training")
    return " · ".join(parts)


def time_left(status: Status) -> float | None:
    """Return how long the run still takes at the pace it had so far."""
    if not status.step:
        return None
    pace = status.seconds / status.step + status.delay_seconds
    return max(0, status.total_steps - status.step) * pace


def charts(run: Run | None, curve: Curve | None, happened: Happenings | None) -> None:
    """Draw the two live charts; without a run, empty ones."""
    identity = run.id if run is not None else ""
    marks = _marks(happened)
    series = _lines(curve, happened, (("training", "loss"),), (("held-out", "loss", "solid"),))
    live_curves(
        "loss_chart",
        "Loss",
        series,
        identity=identity,
        alt=_alt("Loss", series, significant),
        y_title="nats per token",
        marks=marks,
        height=_HEIGHT,
    )
    series = _lines(
        curve,
        happened,
        (("training", "accuracy"),),
        (
            ("held-out", "accuracy", "solid"),
            ("exact match", "sequence_accuracy", "dash"),
            ("alignment", "alignment", "dot"),
        ),
    )
    live_curves(
        "accuracy_chart",
        "Accuracy and alignment",
        series,
        identity=identity,
        alt=_alt("Accuracy and alignment", series, percent),
        y_title="tokens right",
        y_range=(0, 1.02),
        marks=marks,
        height=_HEIGHT,
    )


def _lines(
    curve: Curve | None,
    happened: Happenings | None,
    training: tuple[tuple[str, str], ...],
    held_out: tuple[tuple[str, str, str], ...],
) -> list[Series]:
    none = np.empty(0)
    series = []
    for name, metric in training:
        line = curve.lines[metric] if curve else None
        x, y = (line.step, line.value) if line else (none, none)
        series.append(Series(name, TRAINING, x, y, curve.revision if curve else 0, width=1.3))
    for name, metric, dash in held_out:
        line = happened.lines[metric] if happened else None
        x, y = (line.step, line.value) if line else (none, none)
        few = "circle" if len(x) <= 60 and dash == "solid" else ""
        revision = happened.revision if happened else 0
        series.append(Series(name, HELD_OUT, x, y, revision, dash, few, width=2))
    return series


def _marks(happened: Happenings | None) -> list[Mark]:
    if happened is None:
        return []
    marks = []
    for entry in happened.markers:
        if symbol := _SYMBOLS.get(entry["type"]):
            marks.append(Mark(entry["step"], _story(entry), symbol))
    if happened.best_step is not None:
        marks.append(Mark(happened.best_step, "best model so far (held-out loss)", "star"))
    return marks


def _story(entry: dict[str, object]) -> str:
    if entry["type"] == "LearningRateChanged":
        return f"learning rate changed to {entry['learning_rate']:g}"
    return {"Paused": "paused", "Diverged": "diverged"}[str(entry["type"])]


def _alt(title: str, series: list[Series], write: Callable[[float], str]) -> str:
    newest = [f"{one.name} {write(float(one.y[-1]))}" for one in series if len(one.y)]
    if not newest:
        return f"{title} over training steps; nothing is drawn yet."
    step = max(int(one.x[-1]) for one in series if len(one.x))
    return f"{title} over {step:,} training steps; newest: {', '.join(newest)}."
