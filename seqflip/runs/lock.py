"""One process at a time trains a run.

The lock belongs to an open file, not to a process id in it: the operating system lets go of it
the moment the process is gone, however it went, so a lock can never be stale. It also answers
whether anybody trains a run right now.
"""

import contextlib
import os
import time
from pathlib import Path
from types import TracebackType

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

    def __init__(self, folder: Path, descriptor: int | None = None) -> None:
        self.descriptor = _take(folder) if descriptor is None else descriptor

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


def is_held(folder: Path) -> bool:
    """Whether a process is training, or about to train, the run in this folder."""
    try:
        descriptor = os.open(_path(folder), os.O_RDONLY)
    except OSError:
        return False
    try:
        return not _try(descriptor, LockFlags.SHARED)
    finally:
        os.close(descriptor)


def _path(folder: Path) -> Path:
    return folder / "lock"


def _take(folder: Path) -> int:
    descriptor = os.open(_path(folder), os.O_RDWR | os.O_CREAT, 0o644)
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
