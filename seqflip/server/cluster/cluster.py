"""One server's view of a cluster: whether it answers, and how many runs it can train at once."""

import contextlib
import logging
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from seqflip.runs.lock import RunLock
from seqflip.server.cluster.connection import connect
from seqflip.server.cluster.process import ClusterProcess

if TYPE_CHECKING:
    from distributed import Client

_log = logging.getLogger(__name__)

_ASK_SECONDS: Final = 0.5
_CLOSE_SECONDS: Final = 2.0
_STALE_SECONDS: Final = 5.0
"""How old an answer may be, before the scheduler counts as gone."""


class Cluster:
    """A cluster that may come, go, grow and shrink; nobody who asks here ever waits for it.

    Parameters
    ----------
    address : str
        Of its scheduler.
    """

    def __init__(self, address: str) -> None:
        self.address = address
        self._client: Client | None = None
        self._threads = 0
        self._answered: float | None = None
        self._asked = False
        self._logged: str | None = None
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._follow, name="cluster", daemon=True)
        self._thread.start()

    def threads(self) -> int:
        """Return how many runs it can train at once: as many as its workers have threads."""
        return self._threads if self._is_there() else 0

    def trouble(self) -> str | None:
        """Return why it trains nothing now, if that is so; where it is, is the server's affair."""
        if not self._asked:
            return None  # that takes a moment
        if not self._is_there():
            return "the cluster does not answer"
        return None if self._threads else "the cluster has no workers"

    def train(self, folder: Path, lock: RunLock) -> ClusterProcess:
        """Hand a run on, and let go of its lock; raises OSError if its folder cannot be written."""
        return ClusterProcess(lambda: self._client, folder, lock)

    def close(self) -> None:
        """Let go of it: what it still trains for this server, it leaves."""
        self._closing.set()
        self._thread.join(_CLOSE_SECONDS)

    def _is_there(self) -> bool:
        answered = self._answered
        return answered is not None and time.monotonic() - answered < _STALE_SECONDS

    def _follow(self) -> None:
        while not self._closing.is_set():
            try:
                self._ask()
            except Exception:  # whatever Dask raises where nobody answers
                self._answered = None
            self._asked = True
            self._log(self.trouble())
            self._closing.wait(_ASK_SECONDS)
        self._disconnect()

    def _ask(self) -> None:
        """Learn how large it is; connects, and after it was gone once more."""
        if self._client is not None and self._client.status != "running":
            self._answered = None
            if self._client.status != "closed":
                return  # it tries to find the scheduler again by itself
            self._disconnect()
        if self._client is None:
            self._client = connect(self.address)
        about: Any = self._client.scheduler_info(n_workers=1)
        self._threads, self._answered = about["total_threads"], time.monotonic()

    def _log(self, trouble: str | None) -> None:
        if trouble != self._logged:
            _log.warning("%s: %s", self.address, trouble or "the cluster is there")
        self._logged = trouble

    def _disconnect(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            with contextlib.suppress(Exception):
                client.close(timeout=_CLOSE_SECONDS)
