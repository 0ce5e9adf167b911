"""The processes that train. One may wait for its run with its imports done, so that it is quick.

A process is told by its standard input which run is its own. That pipe is its lifeline, too: what
is written to it later is a reason to leave, and it leaves when the pipe ends, as it does when the
process at the other end dies, in whatever way. It may be asked to read an upload instead, and
answers on its standard output. All this is the same on every system.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Final

from seqflip.runs.lock import Claim, RunLock, is_claimed

# Threads that a worker would never use need not be made.
WORKER_ENVIRONMENT: Final = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
TRAIN: Final = b"train "
"""What the line with a run's folder begins with; what follows that line is a reason to leave."""
READ: Final = b"read "
"""What the line with a question about an upload begins with."""


def start_module(name: str, *arguments: str, bufsize: int = -1) -> subprocess.Popen[bytes]:
    """Run a module of this package in a process that trains, and that one speaks with by pipes."""
    package = str(Path(__file__).parents[2])
    path = os.pathsep.join(filter(None, [package, os.environ.get("PYTHONPATH")]))
    return subprocess.Popen(
        [sys.executable, "-m", name, *arguments],
        bufsize=bufsize,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, **WORKER_ENVIRONMENT, "PYTHONPATH": path},
        # Ctrl-C in the server's terminal is the server's, elsewhere and on Windows.
        start_new_session=True,
        creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
    )


class WorkerProcess:
    """A process that waits to be told which run to train."""

    def __init__(self) -> None:
        self._process = start_module("seqflip.server.worker", "--lifeline", bufsize=0)
        self._claims = contextlib.ExitStack()

    def train(self, folder: Path, lock: RunLock) -> None:
        """Tell it which run to train; it takes the lock, which is let go of.

        Until it has ended, the run is claimed here, unless somebody claims it already.

        Raises
        ------
        OSError
            If it has ended meanwhile; then the lock is kept.
        """
        (folder / "worker.log").write_bytes(b"")  # what was said of an earlier training is past
        with contextlib.ExitStack() as claims:
            if not is_claimed(folder):
                claims.enter_context(Claim(folder))
            self._say(TRAIN + json.dumps(os.fspath(folder.absolute())).encode() + b"\n")
            self._claims = claims.pop_all()
        lock.close()

    def ask(self, question: bytes, seconds: float) -> bytes:
        """Have it read an upload instead, and return its answer; it ends with that.

        The answer is empty if there is none after so many seconds, or it has ended without one.
        """
        answer = b""
        with contextlib.suppress(OSError, subprocess.TimeoutExpired):
            answer, _ = self._process.communicate(READ + question + b"\n", seconds)
        self.wait(0)
        return answer if self._process.returncode == 0 else b""

    def leave(self, reason: str) -> None:
        """Have it leave in good order."""
        with contextlib.suppress(OSError, ValueError):  # it has ended, or was told to leave already
            self._say(reason.encode())
        self._let_go()

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
        """Let go of its lifeline, and of the claim to its run."""
        self._let_go()
        if self._process.stdout is not None:
            self._process.stdout.close()
        self._claims.close()

    def _say(self, words: bytes) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(words)

    def _let_go(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()


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
