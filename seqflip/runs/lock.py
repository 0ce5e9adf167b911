"""One process at a time trains a run.

The lock belongs to an open file, not to a process id in it: the operating system lets go of it
the moment the process is gone, however it went, so a lock can never be stale. It also answers
whether anybody trains a run right now.

A server that hands a run on to another machine lets go of the lock, as whoever trains must hold
it, and holds a claim meanwhile: a lock of the same kind, by which nobody takes the run for one
that was left.
"""

import contextlib
import os
import time
from pathlib import Path
from types import TracebackType
from typing import ClassVar

import portalocker
from portalocker import LockFlags

# is_held() shares the lock for an instant; whoever wants it alone tries again for so long.
_PATIENCE_SECONDS = 0.5


class RunLocked(ValueError):
    """Somebody else is training this run."""


class RunLock:
    """The right to train the run in this folder; released by :meth:`close`, or by dying.

    Parameters
    ----------
    folder : Path
        The run's folder.
    descriptor : int, optional
        The lock as another process took it and handed it down, instead of taking it anew.

    Raises
    ------
    RunLocked
        If another process holds it.
    """

    file_name: ClassVar[str] = "lock"

    def __init__(self, folder: Path, descriptor: int | None = None) -> None:
        self.descriptor = _take(folder, self.file_name) if descriptor is None else descriptor

    def close(self) -> None:
        """Let go of the lock; if it was handed down to another process, that one still holds it."""
        if self.descriptor >= 0:
            os.close(self.descriptor)
            self.descriptor = -1

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
    """The right to have another machine train the run in this folder."""

    file_name: ClassVar[str] = "claim"


def is_held(folder: Path) -> bool:
    """Whether a process is training, or about to train, the run in this folder."""
    return is_trained(folder) or is_claimed(folder)


def is_trained(folder: Path) -> bool:
    """Whether a process holds the lock of the run in this folder."""
    return _holds(folder / RunLock.file_name)


def is_claimed(folder: Path) -> bool:
    """Whether a server has handed on the run in this folder, and still wants it trained."""
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


def _take(folder: Path, name: str) -> int:
    descriptor = os.open(folder / name, os.O_RDWR | os.O_CREAT, 0o644)
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not _try(descriptor, LockFlags.EXCLUSIVE):
        if time.monotonic() > deadline:
            os.close(descriptor)
            raise RunLocked(f"{folder}: another process is training this run")
        time.sleep(0.01)
    return descriptor


def _try(descriptor: int, kind: LockFlags) -> bool:
    with contextlib.suppress(portalocker.AlreadyLocked):
        portalocker.lock(descriptor, kind | LockFlags.NON_BLOCKING)
        return True
    return False
