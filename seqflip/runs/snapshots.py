"""``snapshots.bin``: the weights that a run had at some of its steps, so that it can be replayed.

The steps are fixed before training begins, so that a run that was killed and goes on keeps the same
ones. They lie evenly in log(1 + step / 100): attention is learned early, and there they are dense.
The file is a header, then one record a snapshot: the step, and all parameters as one vector.
"""

import contextlib
import struct
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from seqflip.config.config import Config
from seqflip.nn.arrays import FloatArray
from seqflip.system.atomic import flush_to_disk, remove, shorten
from seqflip.system.reading import open_to_read

_MAGIC: Final = b"seqflip snapshot"
_HEADER: Final = struct.Struct("<16sQ")  # what the file is, and the number of parameters
_KNEE = 100.0  # steps; up to about here snapshots are equally far apart, later ever farther

Snapshots = NDArray[Any]
"""Records with the fields ``step`` and ``parameters``."""


class SnapshotError(ValueError):
    """A file that holds no snapshots of this model; the message says what is wrong with it."""


def record(parameters: int) -> np.dtype[Any]:
    """Return the type of one snapshot of a model with so many parameters."""
    return np.dtype([("step", "<u8"), ("parameters", "<f4", (parameters,))])


def how_many(config: Config, parameters: int) -> int:
    """Return how many snapshots a run keeps at most; one alone would show no change."""
    logging = config.logging
    fitting = logging.snapshot_megabytes * 1_000_000 // record(parameters).itemsize
    count = min(logging.snapshots, fitting, config.total_steps + 1)
    return count if count > 1 else 0


def expected_snapshot_bytes(config: Config) -> int:
    """Return how large the file with a run's snapshots will be at most."""
    parameters = config.size().parameters
    return how_many(config, parameters) * record(parameters).itemsize


def snapshot_steps(total_steps: int, count: int) -> list[int]:
    """Return at most ``count`` steps from 0 to ``total_steps``, both included, dense at first."""
    if count < 2:
        return []
    last = np.log1p(total_steps / _KNEE)
    steps = _KNEE * np.expm1(np.linspace(0.0, last, count))
    return sorted(set(np.rint(steps).astype(int).tolist()))


class SnapshotLog:
    """Keeps the weights of some steps, and begins by cutting off what came after ``step``.

    Nobody else may be writing. Others may be reading: what they have mapped stays as it was, since
    a shorter file takes the place of the longer one as a new file.

    Parameters
    ----------
    path : Path
    config : Config
        Decides which steps are kept.
    parameters : int
        The size of the model.
    step : int
        Where training goes on; -1 if it begins.
    """

    def __init__(self, path: Path, config: Config, parameters: int, step: int) -> None:
        self._planned = frozenset(snapshot_steps(config.total_steps, how_many(config, parameters)))
        self._record = record(parameters)
        self._last = self._cut(path, step)
        self._file = open(str(path), "ab", buffering=0) if self._planned else None  # noqa: SIM115
        self._dirty = True
        try:
            if self._file is not None and not self._file.tell():
                self._write(_HEADER.pack(_MAGIC, parameters))
        except OSError:
            self.close()
            raise

    def offer(self, step: int, parameters: FloatArray) -> None:
        """Keep the weights after ``step``, if it is one of those that are kept."""
        if step in self._planned:
            self.keep(step, parameters)

    def keep(self, step: int, parameters: FloatArray) -> None:
        """Keep the weights after ``step``, unless they are kept already."""
        if self._file is None or step <= self._last:
            return
        snapshot = np.empty((), self._record)
        snapshot["step"], snapshot["parameters"] = step, parameters
        self._write(snapshot.tobytes())
        self._last = step

    def flush(self) -> None:
        """Wait until the disk has all snapshots."""
        if self._file is not None and self._dirty:
            flush_to_disk(self._file)
            self._dirty = False

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()

    def _write(self, data: bytes) -> None:
        assert self._file is not None
        left = memoryview(data)
        try:
            while left:
                left = left[self._file.write(left) :]
        except OSError as error:
            error.filename = self._file.name  # a full disk does not say what did not fit
            raise
        self._dirty = True

    def _cut(self, path: Path, step: int) -> int:
        """Drop what is damaged, after ``step``, or unplanned; return the last step that is left.

        A run that was stopped has an unplanned snapshot at its end.
        """
        if not path.exists():
            return -1
        steps: list[int] = []
        with contextlib.suppress(SnapshotError):
            steps = _records(path, self._record["parameters"].shape[0])["step"].tolist()
        # Where the power was lost, there may be zeros at the end.
        ascending = (i for i in range(1, len(steps)) if steps[i] <= steps[i - 1])
        del steps[next(ascending, len(steps)) :]
        while steps and (steps[-1] > step or steps[-1] not in self._planned):
            steps.pop()
        if not steps:
            remove(path)
            return -1
        remaining = _HEADER.size + len(steps) * self._record.itemsize
        if remaining < path.stat().st_size:
            shorten(path, remaining)
        return int(steps[-1])


MAX_WEIGHT: Final = 1e4
"""The largest weight that is taken from elsewhere; products of larger ones overflow."""


def read_snapshots(path: Path, parameters: int) -> Snapshots:
    """Return a file's snapshots, of which only what is looked at is read.

    A file that does not exist yet is empty; a snapshot that is only half there is left out.

    Parameters
    ----------
    path : Path
    parameters : int
        The size of the model.

    Raises
    ------
    SnapshotError
        If the file holds anything else.
    """
    snapshots = _records(path, parameters)
    if (np.diff(snapshots["step"].astype(np.int64)) <= 0).any():
        raise SnapshotError(f"{path.name}: the steps of its snapshots do not ascend")
    return snapshots


def _records(path: Path, parameters: int) -> Snapshots:
    """Return all whole snapshots of a file, whatever their steps are."""
    kind = record(parameters)
    try:
        file = open_to_read(path)
    except FileNotFoundError:
        return np.empty(0, kind)
    with file:  # the same one to its end, whatever takes its place meanwhile
        header = file.read(_HEADER.size)
        if len(header) < _HEADER.size:
            return np.empty(0, kind)
        magic, found = _HEADER.unpack(header)
        if magic != _MAGIC:
            raise SnapshotError(f"{path.name}: not a file of snapshots")
        if found != parameters:
            raise SnapshotError(
                f"{path.name}: snapshots of a model with {found:,} parameters, not {parameters:,}"
            )
        count = (file.seek(0, 2) - _HEADER.size) // kind.itemsize
        if not count:
            return np.empty(0, kind)
        return np.memmap(file, kind, mode="r", offset=_HEADER.size, shape=(count,))


def check_snapshots(path: Path, parameters: int, most: int) -> None:
    """Look at every byte of a file that comes from elsewhere.

    Raises
    ------
    SnapshotError
        If it is not whole, or holds more than ``most`` snapshots or what no weight can be.
    """
    snapshots = read_snapshots(path, parameters)
    if len(snapshots) > most:
        raise SnapshotError(f"{path.name}: {len(snapshots):,} snapshots are too many")
    if path.stat().st_size != _HEADER.size + snapshots.nbytes:
        raise SnapshotError(f"{path.name}: its last snapshot is not whole")
    if not all((np.abs(one["parameters"]) <= MAX_WEIGHT).all() for one in snapshots):
        raise SnapshotError(f"{path.name}: its snapshots hold what no weight can be")
