"""A run that was handed on to a cluster, seen from the server: as a process of its own here."""

import contextlib
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from seqflip.runs.lock import Claim, RunLock, is_trained
from seqflip.runs.run import Run
from seqflip.server.cluster.task import LEAVE, CannotTrain, train
from seqflip.server.cluster.wanted import Killed
from seqflip.system.atomic import write_text

if TYPE_CHECKING:
    from distributed import Client, Future

_POLL_SECONDS: Final = 0.02
_LOOK_SECONDS: Final = 0.5  # at a disk that may be far away
_PATIENCE_SECONDS: Final = 2.0


class ClusterProcess:
    """A run that a worker of a cluster trains, or will train; its interface is a process's.

    While the cluster has it, this server holds a claim on it, and on the lanes of a race.

    Parameters
    ----------
    client : callable
        Returns a client of the cluster's scheduler, or None while it does not answer.
    folder : Path
        The run's.
    lock : RunLock
        The run's, which is let go of.

    Raises
    ------
    OSError
        If nothing can be written to the folder.
    """

    def __init__(self, client: "Callable[[], Client | None]", folder: Path, lock: RunLock) -> None:
        self._folder = folder.absolute()
        self._idle_since: float | None = time.monotonic()
        self._looked = 0.0
        self._closed = False
        self._future: Future | None = None
        with contextlib.ExitStack() as claims:
            for one in (folder, *(lane.folder for lane in Run(folder).lanes())):
                claims.enter_context(Claim(one))
            self._forget_wish()
            self._claims = claims.pop_all()
        lock.close()
        with contextlib.suppress(Exception):  # it has gone just now: then the run is lost at once
            self._future = _submit(client(), self._folder)

    def leave(self, reason: str) -> None:
        """Have it leave in good order, wherever it is."""
        with contextlib.suppress(OSError):
            write_text(self._folder / LEAVE, reason, durable=False)

    def has_ended(self) -> bool:
        """Whether nobody trains the run any more, or ever will without being asked."""
        if self._closed:
            return True
        done = self._future is None or self._future.done()
        return done and not is_trained(self._folder)

    def waits(self) -> bool:
        """Whether nobody trains the run yet, or not any more, and not only for a moment."""
        now = time.monotonic()
        if now - self._looked > _LOOK_SECONDS:
            self._looked = now
            if is_trained(self._folder):
                self._idle_since = None
            elif self._idle_since is None:
                self._idle_since = now
        return self._idle_since is not None and now - self._idle_since > _PATIENCE_SECONDS

    def killed_by(self) -> str | None:
        """Return what ended the process that trained from outside, if anything did."""
        error = self._error()
        if isinstance(error, Killed):
            return str(error)
        return None if error is None or self.problem() else "the workers of the cluster ended"

    def problem(self) -> str | None:
        """Return why no machine can train it, in one sentence, if that is so."""
        error = self._error()
        if error is None or isinstance(error, Killed) or _is_the_workers(error):
            return None
        if isinstance(error, CannotTrain):
            return str(error)
        return f"The cluster could not train it: {type(error).__name__}: {error}"

    def wait(self, seconds: float) -> None:
        """Wait until it has ended, and want it no longer if it takes longer."""
        deadline = time.monotonic() + seconds
        while not self.has_ended() and time.monotonic() < deadline:
            time.sleep(_POLL_SECONDS)
        self.close()

    def close(self) -> None:
        """Want it no longer."""
        self._closed = True
        if self._future is not None:
            self._future.release()
        self._claims.close()
        self._forget_wish()

    def _forget_wish(self) -> None:
        with contextlib.suppress(OSError):
            (self._folder / LEAVE).unlink(missing_ok=True)

    def _error(self) -> BaseException | None:
        if self._future is None or self._future.status != "error":
            return None
        error: BaseException | None = self._future.exception()
        return error


def _submit(client: "Client | None", folder: Path) -> "Future | None":
    if client is None:
        return None
    return client.submit(train, folder, key=f"train-{uuid.uuid4().hex}", pure=False)


def _is_the_workers(error: BaseException) -> bool:
    """Whether it went wrong because workers ended, and not because of the run."""
    from distributed.client import FutureCancelledError
    from distributed.scheduler import KilledWorker

    return isinstance(error, (KilledWorker, FutureCancelledError))
