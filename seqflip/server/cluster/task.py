"""What a worker of a cluster does with a run: it takes the lock, and lets a process train it.

Nothing is trained in Dask's own threads. The process that trains lives no longer than the worker,
and the worker trains no longer than the scheduler wants it to: when the server that handed the
run on is gone, the scheduler wants nothing of it any more.
"""

import contextlib
import time
from pathlib import Path
from typing import Final

from seqflip.runs.lock import RunLock, RunLocked, is_claimed
from seqflip.runs.run import Run
from seqflip.runs.status import ENDED
from seqflip.server.cluster.wanted import Killed, still_wanted
from seqflip.server.processes import WorkerProcess
from seqflip.server.worker import GRACE_SECONDS

LEAVE: Final = "leave"
"""The file in which a server says why it wants a run back."""

_WATCH_SECONDS: Final = 0.05


class CannotTrain(RuntimeError):
    """A machine that cannot train a run.

    Parameters
    ----------
    why : str
        One sentence, which visitors may see.
    where : str
        Machine and folder: for the log of the worker, where Dask writes errors as a whole.
    """

    def __init__(self, why: str, where: str) -> None:
        super().__init__(why, where)
        self.why = why

    def __str__(self) -> str:
        """Give the sentence alone."""
        return self.why


def train(folder: Path) -> None:
    """Train the run in a folder until its end, or until it is not wanted here any more.

    Raises
    ------
    CannotTrain
        If this machine does not see the folder, or not who holds its lock.
    Killed
        If the process that trained was killed.
    """
    from distributed import Reschedule, get_worker

    here = f"{get_worker().address}, {folder}"
    if not folder.is_dir():
        raise CannotTrain(
            "A machine of the cluster does not see this run: runs must lie on a disk that all "
            "its machines share, at the same path.",
            here,
        )
    if not is_claimed(folder):
        raise CannotTrain(
            "A machine of the cluster does not see who holds this run: the disk that all its "
            "machines share must pass on locks (flock).",
            here,
        )
    wanted = still_wanted()
    process = WorkerProcess()  # imports, while an orphan on another machine may still be leaving
    try:
        while (lock := _lock(folder)) is None:
            if asked_back(folder) is not None:
                return
            if not wanted():
                raise Reschedule
        with lock:
            if not is_claimed(folder) or Run(folder).status().state in ENDED:
                return  # taken back just now; or it had ended just before its worker did
            process.train(folder, lock)
        told = False
        while not process.has_ended():
            if not wanted():
                raise Reschedule  # it goes on elsewhere, if anybody wants it
            if not told and (reason := asked_back(folder)) is not None:
                process.leave(reason)
                told = True
            time.sleep(_WATCH_SECONDS)
    except OSError as error:
        why = f"A machine of the cluster could start no process: {error.strerror or error}."
        raise CannotTrain(why, here) from None
    finally:
        process.close()
        process.wait(GRACE_SECONDS)
    if killed_by := process.killed_by():
        raise Killed(killed_by)


def asked_back(folder: Path) -> str | None:
    """Return why a server wants a run back, if it does."""
    try:
        return (folder / LEAVE).read_text(encoding="utf-8")
    except OSError:
        return None


def _lock(folder: Path) -> RunLock | None:
    """Return the run's lock; None if an orphan still had it after half a second."""
    with contextlib.suppress(RunLocked):
        return RunLock(folder)
    return None
