"""One process at a time trains a run.

A lock belongs to an open file, not to a process id in it: the operating system lets go of it the
moment the process is gone, however it went, so a lock can never be stale. It also answers whether
anybody trains a run right now.

There are two, so that a run is never free while it passes from the process that starts one to the
process that trains. The *lock* is held by who trains. The *claim* is held by who trains, or has
somebody train for them: they let go of the lock, keep the claim, and nobody else can come in
between. If they die, whoever trains holds the lock still.
"""

import contextlib
import os
import time
from pathlib import Path
from types import TracebackType
from typing import Final

import portalocker
from portalocker import LockFlags

_CLAIM: Final = "claim"
_LOCK: Final = "lock"

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
    claimed : bool
        Whether the process that has started this one holds the claim.

    Raises
    ------
    RunLocked
        If another process holds it.
    """

    def __init__(self, folder: Path, *, claimed: bool = False) -> None:
        self._lock = contextlib.ExitStack()
        with contextlib.ExitStack() as taken:  # where the lock cannot be had, neither is the claim
            if not claimed:
                taken.callback(os.close, _take(folder, _CLAIM))
            self._lock.callback(os.close, _take(folder, _LOCK))
            self._claim = taken.pop_all()

    def let_train(self) -> None:
        """Let another process take the lock, and keep the claim meanwhile."""
        self._lock.close()

    def close(self) -> None:
        """Let go of it."""
        self._lock.close()
        self._claim.close()

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
    return not (_is_free(folder / _CLAIM) and _is_free(folder / _LOCK))


def _is_free(path: Path) -> bool:
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except OSError:
        return True
    try:
        return _try(descriptor, LockFlags.SHARED)
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
