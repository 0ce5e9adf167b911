"""The processes that train. One may wait for its run with its imports done, so that it is quick.

A process learns by a socket which run is its own, and gets with it the run's lock and where to
write what goes wrong. The same socket is its lifeline: it leaves when the other end is closed.
What comes without a lock is a question about an upload, to be answered on the socket.
"""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Final

from seqflip.runs.lock import RunLock

# Threads that a worker would never use need not be made.
WORKER_ENVIRONMENT: Final = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
END_OF_PATH: Final = b"\0"
"""What ends the path of a run's folder; what follows is a reason to leave."""


class WorkerProcess:
    """A process that waits to be told which run to train."""

    def __init__(self) -> None:
        package = str(Path(__file__).parents[2])
        path = os.pathsep.join(filter(None, [package, os.environ.get("PYTHONPATH")]))
        self._line, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "seqflip.server.worker", "--lifeline"],
                stdin=theirs.fileno(),
                env={**os.environ, **WORKER_ENVIRONMENT, "PYTHONPATH": path},
                start_new_session=True,  # Ctrl-C in the server's terminal is the server's
            )

    def train(self, folder: Path, lock: RunLock) -> None:
        """Tell it which run to train; from now on it holds the run's lock.

        Raises
        ------
        OSError
            If it has ended meanwhile.
        """
        if sys.platform == "win32":  # no file that is open can be handed on by a socket there
            raise OSError("here, runs are trained by the command line only")
        else:
            said = os.fsencode(folder.absolute()) + END_OF_PATH
            with open(folder / "worker.log", "wb") as log:
                socket.send_fds(self._line, [said], [lock.descriptor, log.fileno()])
            lock.close()

    def ask(self, question: bytes, seconds: float) -> bytes:
        """Have it read an upload instead, and return its answer; it ends with that.

        The answer is empty if there is none after so many seconds, or it has ended without one.
        """
        answer = b""
        with contextlib.suppress(OSError):
            self._line.settimeout(seconds)
            self._line.sendall(question)
            self._line.shutdown(socket.SHUT_WR)
            while more := self._line.recv(1 << 16):
                answer += more
        self.wait(0)
        return answer

    def leave(self, reason: str) -> None:
        """Have it leave in good order."""
        with contextlib.suppress(OSError):
            self._line.sendall(reason.encode())
            self._line.shutdown(socket.SHUT_WR)

    def has_ended(self) -> bool:
        return self._process.poll() is not None

    def killed_by(self) -> str | None:
        """Return the name of the signal that ended it from outside, if one did."""
        code = self._process.returncode
        return signal.Signals(-code).name if code is not None and code < 0 else None

    def wait(self, seconds: float) -> None:
        """Wait until it has ended, and end it if it takes longer."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(seconds)
        self._process.kill()
        self._process.wait()
        self.close()

    def close(self) -> None:
        """Let go of its lifeline."""
        self._line.close()


class Spare:
    """A process that waits for the next run, made anew when it was taken.

    Parameters
    ----------
    delay_seconds : float
        How long a run that has just begun has the cores for itself, before the next one is made.
    """

    def __init__(self, delay_seconds: float = 2.0) -> None:
        self._delay = delay_seconds
        self._waiting: WorkerProcess | None = None
        self._timer: threading.Timer | None = None
        self._closed = False
        self._lock = threading.Lock()
        self._make()

    def take(self) -> WorkerProcess | None:
        """Return the process that waits, if there is one."""
        with self._lock:
            taken, self._waiting = self._waiting, None
            if not self._closed and (self._timer is None or not self._timer.is_alive()):
                self._timer = threading.Timer(self._delay, self._make)
                self._timer.daemon = True
                self._timer.start()
        if taken is not None and taken.has_ended():
            taken.close()
            return None
        return taken

    def close(self) -> None:
        """End the process that waits, and make none from now on."""
        with self._lock:
            self._closed = True
            if self._timer is not None:
                self._timer.cancel()
            if self._waiting is not None:
                self._waiting.wait(0)

    def _make(self) -> None:
        with self._lock, contextlib.suppress(OSError):  # without one, runs only begin later
            if not self._closed and self._waiting is None:
                self._waiting = WorkerProcess()
