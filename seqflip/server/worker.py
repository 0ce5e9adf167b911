"""Trains one run's folder in a process of its own: ``python -m seqflip.server.worker RUN_DIR``.

Nobody waits for it and nobody is asked: all that it needs stands in the folder, and all that it
says goes there. It obeys ``control.json``. With ``--lifeline`` its standard input tells it what to
train, and it lives no longer than whoever holds the other end. It may be told to read an upload
instead, and says on its standard output what is in it.
"""

import argparse
import contextlib
import errno
import json
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Final

from seqflip.config.section import ConfigError
from seqflip.learning.events import Event
from seqflip.race.folder import Race
from seqflip.race.session import RaceSession
from seqflip.runs.checkpoint import CheckpointError
from seqflip.runs.lock import RunLock, RunLocked
from seqflip.runs.run import Run, RunError, write_status
from seqflip.server import intake
from seqflip.server.processes import READ, TRAIN
from seqflip.session.lane import Leave
from seqflip.session.opening import open_run
from seqflip.session.session import Session
from seqflip.system.signals import LEAVE

GRACE_SECONDS: Final = 10
"""How long a worker that is alone may take to save a checkpoint."""
_PATIENCE_SECONDS: Final = 5.0
_STANDARD_INPUT: Final = 0
_STANDARD_OUTPUTS: Final = (1, 2)


class Worker:
    """Trains one run, or one race of runs, until its end or until it is told to leave.

    Parameters
    ----------
    run : Run
        The run; this process must hold its lock.
    """

    def __init__(self, run: Run) -> None:
        self.run = run
        self._session: Session | RaceSession | None = None
        self._wish: Leave | None = None

    def train(self) -> None:
        """Train the run; whatever goes wrong is said in its status."""
        try:
            self._session = _open(self.run)
            if self._wish is not None:
                self._session.leave(self._wish)
            self._session.train()
        except (ConfigError, CheckpointError, RunError, RunLocked) as error:
            self._fail(str(error))
        except MemoryError:
            self._fail("There is not enough memory for this configuration.")
        except OSError as error:
            what = Path(error.filename or self.run.id).name  # where it lies is the server's affair
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                how = "make room, then Resume goes on from the last checkpoint"
                self._fail(f"The disk is full, so {what} could not be written; {how}.")
            else:
                self._fail(f"{error.strerror or error}: {what}")
        except Exception as error:  # a mistake of ours: the traceback is in worker.log
            traceback.print_exc()
            self._fail(f"An error in SeqFlip: {type(error).__name__}: {error}")

    def leave(self, wish: Leave) -> None:
        """Save a checkpoint and end, now or as soon as there is something to save."""
        self._wish = wish
        if self._session is not None:
            self._session.leave(wish)

    def hang_on_to(self, lifeline: int, said: bytes) -> None:
        """Leave when this pipe ends; what was said on it last is the reason.

        It ends as well when the process at the other end dies, in whatever way.
        """
        threading.Thread(target=self._follow, args=(lifeline, said), daemon=True).start()

    def _follow(self, lifeline: int, said: bytes) -> None:
        while more := os.read(lifeline, 1000):
            said += more
        if reason := said.decode(errors="replace").strip():
            self.leave(Leave("paused", reason))
        else:
            self.leave(Leave("interrupted", "Interrupted, as the server ended,"))
        time.sleep(GRACE_SECONDS)
        os._exit(1)  # as good as kill -9, from which a run recovers

    def _fail(self, message: str) -> None:
        with contextlib.suppress(OSError):  # on a full disk it may be that nothing can be said
            print(message, file=sys.stderr, flush=True)
        status = self.run.status()
        status.state, status.message, status.pid = "failed", message, None
        status.tokens_per_second = 0.0
        with contextlib.suppress(OSError):
            write_status(self.run, status)


def _open(run: Run) -> Session | RaceSession:
    if run.is_race():
        return RaceSession(Race(run.folder))
    return Session(run, open_run(run), _nobody, obedient=True)


def _nobody(event: Event) -> None:
    """Listen to training in nobody's name: pages read what is written down."""


@dataclass(frozen=True)
class Told:
    """What the lifeline said: which run to train, and what came after that."""

    folder: Path
    more: bytes


@dataclass(frozen=True)
class Asked:
    """What the lifeline said: an upload is to be read, and its answer awaited."""

    question: bytes


def hear(lifeline: int) -> Told | Asked | None:
    """Wait to be told which run to train, or what to read; None if there is nothing to come."""
    said = b""
    while b"\n" not in said:
        if not (more := os.read(lifeline, 65536)):
            return None
        said += more
    line, _, afterwards = said.partition(b"\n")
    if line.startswith(READ):
        return Asked(line.removeprefix(READ))
    return Told(Path(json.loads(line.removeprefix(TRAIN))), afterwards)


def _speak_into(path: Path) -> None:
    """Let all that this process says go into a file."""
    log = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    for output in _STANDARD_OUTPUTS:
        os.dup2(log, output)
    os.close(log)


def main(argv: Sequence[str] | None = None) -> int:
    """Train the run in a folder."""
    parser = argparse.ArgumentParser(prog="python -m seqflip.server.worker", description=__doc__)
    parser.add_argument("run_dir", type=Path, nargs="?", help="the run's folder")
    parser.add_argument(
        "--lifeline", action="store_true", help="be told what to train by standard input, a pipe"
    )
    arguments = parser.parse_args(argv)
    told = hear(_STANDARD_INPUT) if arguments.lifeline else None
    if arguments.lifeline and told is None:
        return 0
    if isinstance(told, Asked):
        sys.stdout.buffer.write(intake.answer(told.question))
        return 0
    folder = told.folder if told is not None else arguments.run_dir
    if folder is None:
        parser.error("the run's folder is missing")
    run = Run(folder)
    if not (run.exists() or run.is_race()):
        parser.error(f"{run.folder}: there is no run in this folder")
    if told is not None:
        _speak_into(run.folder / "worker.log")
    try:
        if told is not None:  # it is let go of at this moment
            lock = RunLock(run.folder, _PATIENCE_SECONDS)
        else:
            lock = RunLock.unclaimed(run.folder)
    except RunLocked as error:
        parser.error(str(error))
    with lock:
        worker = Worker(run)

        def leave(number: int, frame: FrameType | None) -> None:
            worker.leave(Leave("interrupted", "Interrupted"))

        for number in LEAVE:
            signal.signal(number, leave)
        if told is not None:
            worker.hang_on_to(_STANDARD_INPUT, told.more)
        worker.train()
    return 0


if __name__ == "__main__":
    sys.exit(main())
