"""One process at a time trains a run.

The lock belongs to an open file, not to a process id in it: the operating system lets go of it
the moment the process is gone, however it went, so a lock can never be stale. It also answers
whether anybody trains a run right now.

No lock can be handed on to another process on every system. So whoever has another process train
a run lets go of the lock, as whoever trains must hold it, and holds a claim meanwhile: a lock of
the same kind, by which nobody takes the run for one that was left. To be taken, it takes the lock.
"""

import contextlib
import os
import time
from pathlib import Path
from types import TracebackType
from typing import ClassVar, Final

import portalocker
from portalocker import LockFlags

PATIENCE_SECONDS: Final = 0.5
"""How long one tries to get a lock: to look whether it is held, others share it for an instant."""


class RunLocked(ValueError):
    """Somebody else is training this run."""


class RunLock:
    """The right to train the run in this folder; released by :meth:`close`, or by dying.

    Parameters
    ----------
    folder : Path
        The run's folder.
    patience : float
        How many seconds to wait until another process has let go of it.

    Raises
    ------
    RunLocked
        If another process holds it.
    """

    file_name: ClassVar[str] = "lock"

    def __init__(self, folder: Path, patience: float = PATIENCE_SECONDS) -> None:
        self._descriptor = _take(folder, self.file_name, patience)

    @classmethod
    def unclaimed(cls, folder: Path) -> "RunLock":
        """Return the right to train a run that nobody has another process train."""
        lock = cls(folder)
        if is_claimed(folder):
            lock.close()
            raise _locked(folder)
        return lock

    def close(self) -> None:
        """Let go of the lock."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def __enter__(self) -> "RunLock":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


class Claim(RunLock):
    """The right to have another process train the run in this folder."""

    file_name: ClassVar[str] = "claim"


def is_held(folder: Path) -> bool:
    """Whether a process is training, or about to train, the run in this folder."""
    return is_claimed(folder) or is_trained(folder)


def is_trained(folder: Path) -> bool:
    """Whether a process holds the lock of the run in this folder."""
    return _holds(folder / RunLock.file_name)


def is_claimed(folder: Path) -> bool:
    """Whether somebody has another process train the run in this folder."""
    return _holds(folder / Claim.file_name)


def _holds(path: Path) -> bool:
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except OSError:
        return False
    try:
        return not _try(descriptor, LockFlags.SHARED)
    finally:
        os.close(descriptor)


def _take(folder: Path, name: str, patience: float) -> int:
    descriptor = os.open(folder / name, os.O_RDWR | os.O_CREAT, 0o644)
    deadline = time.monotonic() + patience
    while not _try(descriptor, LockFlags.EXCLUSIVE):
        if time.monotonic() > deadline:
            os.close(descriptor)
            raise _locked(folder)
        time.sleep(0.01)
    return descriptor


def _locked(folder: Path) -> RunLocked:
    return RunLocked(f"{folder}: another process is training this run")


def _try(descriptor: int, kind: LockFlags) -> bool:
    with contextlib.suppress(portalocker.AlreadyLocked):
        portalocker.lock(descriptor, kind | LockFlags.NON_BLOCKING)
        return True
    return False
