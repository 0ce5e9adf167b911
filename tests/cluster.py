"""A real cluster of several processes for the tests, on this machine alone."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from seqflip.server.cluster.connection import ClusterError, connect
from tests.processes import ENVIRONMENT, until

_QUIET = {
    "DASK_LOGGING__DISTRIBUTED": "error",
    "DASK_DISTRIBUTED__WORKER__MEMORY__TERMINATE": "false",
}

# It is killed with whoever started it (PR_SET_PDEATHSIG), however that went.
_RUN = """
import ctypes, runpy, sys
ctypes.CDLL(None).prctl(1, 9)
runpy.run_module(sys.argv.pop(1), run_name="__main__")
"""


class LocalCluster:
    """A scheduler with workers, each a process; all listen on this machine only.

    Parameters
    ----------
    folder : Path
        For what Dask writes.
    workers : int
        How many there are, of one thread each.
    protocol : str
        How they speak to each other.
    settings : mapping
        More of Dask's settings, as environment variables.
    """

    def __init__(
        self,
        folder: Path,
        workers: int = 2,
        *,
        protocol: str = "tcp",
        settings: Mapping[str, str] | None = None,
    ) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.address = f"{protocol}://127.0.0.1:{self.port}"
        self._environment = {**ENVIRONMENT, **_QUIET, **(settings or {})}
        self._folder = folder
        self._started: list[subprocess.Popen[bytes]] = []
        self.start_scheduler()
        self.start_workers(workers)

    def start_scheduler(self) -> None:
        """Start it, at the same address as ever."""
        options = ["--protocol", self.address.partition(":")[0], "--port", str(self.port)]
        options += ["--dashboard-address", "127.0.0.1:0"]
        self.scheduler = self._start("dask_scheduler", *options)

    def start_workers(self, count: int = 1, *, nanny: bool = True) -> list[subprocess.Popen[bytes]]:
        """Start more of them, each with a nanny that starts it anew when it was killed."""
        options = ["--nthreads", "1", "--no-dashboard", "--memory-limit", "0"]
        options += ["--local-directory", str(self._folder), "--death-timeout", "60"]
        options += ["--nanny" if nanny else "--no-nanny"]
        return [self._start("dask_worker", self.address, *options) for _ in range(count)]

    def until_there_are(self, workers: int) -> None:
        """Wait until so many workers are at work."""
        until(lambda: self.threads() == workers)

    def lanes(self) -> dict[int, int]:
        """Return the processes that train lanes of a race, each with its worker."""
        found = {}
        for entry in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if b"seqflip.server.cluster.lane" in (entry / "cmdline").read_bytes():
                    found[int(entry.name)] = parent_of(int(entry.name))
        own = self._own()
        return {
            lane: worker
            for lane, worker in found.items()
            if not own.isdisjoint((worker, parent_of(worker)))
        }

    def end_lanes(self) -> None:
        """End those that wait for another lane."""
        for lane in self.lanes():
            os.kill(lane, signal.SIGKILL)
        until(lambda: not self.lanes())

    def kill_worker(self, worker: int) -> None:
        """Kill a worker, and its nanny, which would start it anew."""
        for pid in {parent_of(worker), worker} & {worker, *self._own()}:
            os.kill(pid, signal.SIGKILL)

    def _own(self) -> set[int]:
        return {process.pid for process in self._started}

    def close(self) -> None:
        """End all of it."""
        for process in self._started:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def ensure(self, workers: int) -> None:
        """See to it that so many workers are at work."""
        until(lambda: self.threads() >= 0)
        self.start_workers(workers - self.threads(), nanny=False)
        self.until_there_are(workers)

    def threads(self) -> int:
        """Return how many workers are at work; -1 if the scheduler does not answer."""
        try:
            with connect(self.address) as client:
                return int(client.scheduler_info(n_workers=1)["total_threads"])
        except (ClusterError, OSError):
            return -1

    def _start(self, what: str, *arguments: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-c", _RUN, f"distributed.cli.{what}", "--host", "127.0.0.1"]
        with open(self._folder / "log", "a", encoding="utf-8") as log:
            process = subprocess.Popen(
                [*command, *arguments],
                env=self._environment,
                cwd=self._folder,
                start_new_session=True,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self._started.append(process)
        return process


def parent_of(pid: int) -> int:
    """Return the process that started another: the worker, or in turn its nanny."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("PPid:")))
