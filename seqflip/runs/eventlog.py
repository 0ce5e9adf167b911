"""``events.jsonl``: all that happened in a run besides its steps, one JSON value a line.

Each line has the ``type`` of the event, the ``step`` at which it happened, the wall clock's
``time``, and the event's own fields. Besides the events of training there are ``Paused`` and
``Resumed``.
"""

import json
import time
from collections import deque
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from seqflip.learning.events import Event
from seqflip.runs.thinning import Line, Thinner
from seqflip.system.atomic import atomic_file, flush_to_disk
from seqflip.system.reading import open_to_read, read_at_most

METRICS: Final = ("loss", "accuracy", "sequence_accuracy", "alignment", "forced_accuracy")
_OPTIONAL: Final = ("alignment", "forced_accuracy")
_EVALUATION = np.dtype([("step", "<u8"), *((metric, "<f8") for metric in METRICS)])
_MARKERS = ("LearningRateChanged", "Paused", "Resumed", "Diverged", "Finished")
_MAX_MARKERS = 200
_CHUNK = 4 << 20

Entry = dict[str, Any]


class EventLog:
    """Appends events to a file, and begins by cutting off what came after ``step``.

    A training that goes on has not finished, even if that was written down already.
    """

    def __init__(self, path: Path, step: int) -> None:
        _cut(path, step)
        self._file = open(path, "ab")  # noqa: SIM115 - closed by close()

    def append(self, event: Event) -> None:
        """Note an event of training; readers see it after the next :meth:`flush`."""
        self.note(type(event).__name__, **asdict(event))

    def note(self, kind: str, **fields: Any) -> None:
        """Note something else that happened; ``step`` is among the fields."""
        entry = {"type": kind, "time": round(time.time(), 3), **fields}
        self._file.write(json.dumps(entry).encode() + b"\n")

    def flush(self, *, durable: bool = False) -> None:
        """Show all events to the readers; ``durable`` waits until the disk has them."""
        self._file.flush()
        if durable:
            flush_to_disk(self._file)

    def close(self) -> None:
        """Write what is left, and close the file."""
        self._file.close()


def _cut(path: Path, step: int) -> None:
    """Drop all events after ``step``, its end, and a half-written one at the end of the file."""
    if not path.exists():
        return
    with atomic_file(path) as new, open(path, "rb") as old:
        for line in old:
            entry = _parse(line)
            if entry is not None and entry["step"] <= step and entry["type"] != "Finished":
                new.write(line)


def _parse(line: bytes) -> Entry | None:
    """Return what a line says; None for one that is damaged or only half there."""
    if not line.endswith(b"\n"):
        return None
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if (
        isinstance(entry, dict)
        and isinstance(entry.get("type"), str)
        and isinstance(entry.get("step"), int)
    ):
        return entry
    return None


def read_events_since(path: Path, offset: int, max_bytes: int = _CHUNK) -> tuple[list[Entry], int]:
    """Return the events from byte ``offset`` on, and where to go on; a missing log is empty."""
    try:
        with open_to_read(path) as file:
            file.seek(offset)
            data = read_at_most(file, max_bytes)
    except FileNotFoundError:
        data = b""
    data = data[: data.rfind(b"\n") + 1]
    entries = [
        entry for line in data.splitlines(keepends=True) if (entry := _parse(line)) is not None
    ]
    return entries, offset + len(data)


@dataclass(frozen=True)
class Happenings:
    """What a chart shows of a run besides its steps.

    Attributes
    ----------
    lines : dict
        Held-out metric (one of :data:`METRICS`) to its points; no points for a metric that the
        task has not.
    evaluations : int
        How many evaluations there were.
    latest : dict or None
        The newest evaluation.
    best_step : int or None
        Where the best model was.
    markers : list of dict
        The newest changes of the learning rate, pauses and the like.
    revision : int
        Grows when points that were there before are no longer the same.
    """

    lines: dict[str, Line]
    evaluations: int
    latest: Entry | None
    best_step: int | None
    markers: list[Entry]
    revision: int


class EventReader:
    """Follows a growing log of events, with bounded memory and without reading anything twice."""

    def __init__(self, path: Path, max_points: int = 1000) -> None:
        self.path = path
        self._thinner = Thinner(METRICS, max_points)
        self._offset = 0
        self._end = b""
        self._forget()

    def update(self) -> bool:
        """Read what was added since the last call; returns whether anything changed."""
        changed = self._forget_if_past_changed()
        while True:
            start = self._offset
            entries, self._offset = read_events_since(self.path, start)
            if self._offset == start:
                return changed
            self._end = self._read_end()
            self._add(entries)
            changed = True

    def happenings(self) -> Happenings:
        """Return what happened as of the last :meth:`update`."""
        lines = self._thinner.lines()
        for metric in _OPTIONAL:
            if self._latest is not None and self._latest.get(metric) is None:
                lines[metric] = Line(np.empty(0, np.int64), np.empty(0, np.float64))
        return Happenings(
            lines,
            self._evaluations,
            self._latest,
            self._best_step,
            list(self._markers),
            self._thinner.revision,
        )

    def _forget(self) -> None:
        self._offset = 0
        self._end = b""
        self._evaluations = 0
        self._latest: Entry | None = None
        self._best_step: int | None = None
        self._markers: deque[Entry] = deque(maxlen=_MAX_MARKERS)

    def _forget_if_past_changed(self) -> bool:
        """Begin anew if what was read last is no longer where it stood; times make it unique."""
        if not self._offset or self._read_end() == self._end:
            return False
        self._thinner.clear()
        self._forget()
        return True

    def _read_end(self) -> bytes:
        try:
            with open_to_read(self.path) as file:
                file.seek(max(0, self._offset - 200))
                return file.read(min(200, self._offset))
        except FileNotFoundError:
            return b""

    def _add(self, entries: list[Entry]) -> None:
        evaluations = []
        for entry in entries:
            if entry["type"] == "Evaluated":
                evaluations.append(entry)
            elif entry["type"] == "BestModel":
                self._best_step = entry["step"]
            elif entry["type"] in _MARKERS:
                self._markers.append(entry)
        if evaluations:
            self._latest = evaluations[-1]
            self._evaluations += len(evaluations)
            self._thinner.add(np.array([_evaluation(entry) for entry in evaluations], _EVALUATION))


def _evaluation(entry: Entry) -> tuple[float, ...]:
    values = (entry.get(metric) for metric in METRICS)
    return (entry["step"], *(np.nan if value is None else value for value in values))
