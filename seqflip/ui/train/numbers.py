"""What a run looks like while it trains, and afterwards: progress, figures, curves."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

import numpy as np
from markupsafe import Markup

from seqflip.runs.control import lecture_time
from seqflip.runs.eventlog import Happenings
from seqflip.runs.run import Run
from seqflip.runs.status import Status
from seqflip.runs.thinning import Line
from seqflip.ui.charts.live import Having, Mark, Series, curves, nothing_yet
from seqflip.ui.charts.palette import HELD_OUT, TRAINING
from seqflip.ui.labels import duration, percent, significant
from seqflip.ui.parts.by_chance import chance_of
from seqflip.ui.parts.logs import Logs, read_logs
from seqflip.ui.parts.tables import figures_table, progress_bar
from seqflip.ui.parts.waiting import waiting

PROGRESS: Final = "progress"
SCORE: Final = "score"
NUMBERS: Final = "numbers"
LOSS: Final = "loss_chart"
SHARES: Final = "accuracy_chart"
SYMBOLS: Final = (
    "◆ first right answer to the sequence that is shown · ★ best held-out loss · □ paused · "
    "▾ learning rate changed · × diverged"
)
SHARES_MEANING: Final = (
    "Amber: training batches, violet: held-out sequences. Tokens right, each after the right ones "
    "(training and teacher-forced) or after the model's own (free-running). Exact match: sequences "
    "right from end to end, free-running. Alignment: attention on the true place."
)

_HEIGHT = 176
_SCORE = Markup(
    '<div class="seqflip-score"><strong>{}</strong><p>of held-out sequences right from end to end'
    "<small>exact match{}</small></p></div>"
)
_SYMBOLS = {"LearningRateChanged": "triangle-down", "Paused": "square-open", "Diverged": "x"}


def number_parts(
    run: Run | None,
    status: Status,
    having: Having = nothing_yet,
    *,
    first_right: int | None = None,
    log: bool = False,
) -> dict[str, Mapping[str, Any]]:
    """Return how far the run is, its figures and its curves: what a feed renews, by key.

    Parameters
    ----------
    run : Run or None
        None: of a training that is yet to begin.
    status : Status
    having : callable
        What of the curves need not be sent again.
    first_right : int, optional
        The step after which the sequence that is shown was first seen answered rightly.
    log : bool
        Whether the loss has a logarithmic axis when it is first drawn.
    """
    done = status.step / status.total_steps if status.total_steps else 0.0
    logs = None if run is None else read_logs(run)
    identity = run.id if run is not None else ""
    marks = _marks(logs.happened) if logs else []
    if first_right is not None:
        told = f"first right answer, step {first_right:,}"
        marks.append(Mark(first_right, told, "diamond", written=True))
    marks = [one for one in marks if one.x <= status.step]
    losses = _lines(logs, status.step, ("training", "loss"), (("held-out", "loss", "solid"),))
    shares = _lines(
        logs,
        status.step,
        ("training", "accuracy"),
        (
            ("teacher-forced", "forced_accuracy", "dashdot"),
            ("free-running", "accuracy", "solid"),
            ("exact match", "sequence_accuracy", "dash"),
            ("alignment", "alignment", "dot"),
        ),
    )
    return {
        PROGRESS: {"html": progress_bar(min(done, 1.0), _how_far(run, status))},
        SCORE: {"html": _score(status)},
        NUMBERS: {"html": figures_table(status, None if run is None else chance_of(run))},
        LOSS: curves(
            "Loss",
            losses,
            identity=identity,
            alt=_alt("Loss", losses, significant),
            y_title="nats per token",
            marks=marks,
            height=_HEIGHT,
            grows=True,
            had=having(LOSS, identity),
            log=log,
        ),
        SHARES: curves(
            "Accuracy and alignment",
            shares,
            identity=identity,
            alt=_alt("Accuracy and alignment", shares, percent),
            y_title="share",
            y_range=(0, 1.02),
            marks=[replace(mark, written=False) for mark in marks],
            height=_HEIGHT,
            grows=True,
            had=having(SHARES, identity),
        ),
    }


def first_right(live: Mapping[str, Any] | None) -> int | None:
    """Return when the answer of a live picture was first seen right; older runs do not tell."""
    return None if live is None else live.get("first_right")


def _score(status: Status) -> Markup:
    """Return the one number that matters most, large."""
    when = "" if status.val_step is None else f" at step {status.val_step:,}"
    return _SCORE.format(percent(status.val_sequence_accuracy), when)


def _how_far(run: Run | None, status: Status) -> str:
    if run is None:
        return "ready"
    parts = [
        f"epoch {max(status.epoch, 1)} of {status.epochs}",
        f"step {status.step:,} of {status.total_steps:,}",
    ]
    if status.state == "queued":
        parts = ["waiting for a free worker", *waiting(run.id)]
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
    left = max(0, status.total_steps - status.step) * pace
    if not status.lecture_seconds:
        return left
    lecture = status.lecture_seconds
    return max(left, lecture - lecture_time(lecture, status.step, status.total_steps))


def _lines(
    logs: Logs | None,
    last: int,
    training: tuple[str, str],
    held_out: tuple[tuple[str, str, str], ...],
) -> list[Series]:
    """Return the curves up to the step that the figures are of: the logs may be further."""
    none = Line(np.empty(0, np.int64), np.empty(0))
    name, metric = training
    line = _until(last, logs.curve.lines[metric]) if logs else none
    revision = logs.curve.revision if logs else 0
    series = [Series(name, TRAINING, line.step, line.value, revision, width=1.3)]
    for name, metric, dash in held_out:
        line = _until(last, logs.happened.lines[metric]) if logs else none
        revision = logs.happened.revision if logs else 0
        few = "circle" if len(line.step) <= 60 and dash == "solid" else ""
        series.append(Series(name, HELD_OUT, line.step, line.value, revision, dash, few, width=2))
    return series


def _until(last: int, line: Line) -> Line:
    there = line.step <= last
    return Line(line.step[there], line.value[there])


def _marks(happened: Happenings) -> list[Mark]:
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
