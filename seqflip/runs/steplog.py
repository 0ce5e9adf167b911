"""``steps.bin``: one record a step, appended while a run trains, followed by whoever draws it."""

from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path
from typing import Final, get_type_hints

import numpy as np

from seqflip.learning.events import StepDone
from seqflip.runs.thinning import Line, Records, Thinner
from seqflip.system.atomic import flush_to_disk, shorten
from seqflip.system.reading import open_to_read, read_at_most

RECORD: Final = np.dtype(
    [
        (name, hint.__metadata__[0])
        for name, hint in get_type_hints(StepDone, include_extras=True).items()
    ]
)
"""One step: ``numpy.fromfile("steps.bin", RECORD)`` reads the whole curve."""

METRICS: Final = ("loss", "accuracy", "grad_norm", "learning_rate")

_values = attrgetter(*get_type_hints(StepDone))
_CHUNK = 65_536  # records that are read at once


class StepLog:
    """Appends steps to a file, and begins by cutting off what came after ``step``.

    Nobody else may be writing. Others may be reading: what they have open stays as it was, since
    a shorter log takes the place of the longer one as a new file.
    """

    def __init__(self, path: Path, step: int) -> None:
        _cut(path, step)
        self._file = open(path, "ab", buffering=0)  # noqa: SIM115 - closed by close()
        self._waiting = bytearray()

    def append(self, event: StepDone) -> None:
        """Note a step; readers see it after the next :meth:`flush`."""
        self._waiting += np.array(_values(event), RECORD).tobytes()

    def flush(self, *, durable: bool = False) -> None:
        """Show all steps to the readers; ``durable`` waits until the disk has them."""
        while self._waiting:
            del self._waiting[: self._file.write(self._waiting)]
        if durable:
            flush_to_disk(self._file)

    def close(self) -> None:
        """Write what is left, and close the file."""
        try:
            self.flush()
        finally:
            self._file.close()


def _cut(path: Path, step: int) -> None:
    """Drop all records after ``step``, and a half-written one at the end."""
    if not path.exists():
        return
    remaining = _count_up_to(path, step) * RECORD.itemsize
    if remaining < path.stat().st_size:
        shorten(path, remaining)


def _count_up_to(path: Path, step: int) -> int:
    """Return how many whole records of a log belong to steps up to ``step``."""
    low, high = 0, path.stat().st_size // RECORD.itemsize
    while low < high:
        middle = (low + high) // 2
        records, _ = read_since(path, middle, 1)
        if 0 < int(records["step"][0]) <= step:  # what lost its power may have zeros at its end
            low = middle + 1
        else:
            high = middle
    return low


def read_since(path: Path, offset: int, max_records: int = _CHUNK) -> tuple[Records, int]:
    """Return the records from number ``offset`` on, at most ``max_records``, and where to go on.

    A log that does not exist yet is empty. A log can become shorter, when a run that was killed
    goes on from its last checkpoint: :class:`CurveReader` notices.
    """
    try:
        with open_to_read(path) as file:
            file.seek(offset * RECORD.itemsize)
            data = read_at_most(file, max_records * RECORD.itemsize)
    except FileNotFoundError:
        data = b""
    records = np.frombuffer(data, RECORD, count=len(data) // RECORD.itemsize)
    return records, offset + len(records)


@dataclass(frozen=True)
class Curve:
    """What a chart draws of a run's steps.

    Attributes
    ----------
    lines : dict
        Metric (one of :data:`METRICS`) to its points.
    steps : int
        How many steps the run has made.
    stretch : int
        How many steps a pair of points (lowest, highest) stands for; 1 means every step is there.
    revision : int
        Grows when points that were there before are no longer the same.
    """

    lines: dict[str, Line]
    steps: int
    stretch: int
    revision: int


class CurveReader:
    """Follows a growing log, with bounded memory and without reading anything twice.

    Parameters
    ----------
    path : Path
        A ``steps.bin``, which need not exist yet.
    max_points : int
        The most points that a line may have.
    """

    def __init__(self, path: Path, max_points: int = 2000) -> None:
        self.path = path
        self._thinner = Thinner(METRICS, max_points)
        self._offset = 0
        self._last = b""

    def update(self) -> bool:
        """Read what was added since the last call; returns whether anything changed."""
        changed = self._forget_if_past_changed()
        while True:
            records, self._offset = read_since(self.path, self._offset)
            if not len(records):
                return changed
            self._last = records[-1:].tobytes()
            self._thinner.add(records)
            changed = True

    def curve(self) -> Curve:
        """Return the points as of the last :meth:`update`."""
        thinner = self._thinner
        return Curve(thinner.lines(), self._offset, thinner.stretch, thinner.revision)

    def _forget_if_past_changed(self) -> bool:
        """Begin anew if the record that was read last is no longer where it stood.

        Its ``seconds`` were measured, so a run that repeats a step writes another record.
        """
        if not self._offset:
            return False
        record, _ = read_since(self.path, self._offset - 1, 1)
        if record.tobytes() == self._last:
            return False
        self._thinner.clear()
        self._offset = 0
        return True


def read_curve(path: Path, max_points: int = 2000) -> Curve:
    """Return the curve of a log as it is now."""
    reader = CurveReader(path, max_points)
    reader.update()
    return reader.curve()
