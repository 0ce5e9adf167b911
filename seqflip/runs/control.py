"""``control.json``: what a run is asked to do, by whoever may.

Pages write it, the process that trains reads it. It says how things should be, not what to do
next, so it does not matter how often it is read, and a run that begins anew finds the wishes of
before. Only a single step is an order: it is carried out once for each new ``serial``.
"""

import math
import os
import time
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from seqflip.config.sections import LARGEST_LEARNING_RATE
from seqflip.runs.run import read_json
from seqflip.system.atomic import write_json

Command = Literal["run", "pause", "step", "stop"]

POLL_SECONDS = 0.02


class Control(BaseModel):
    """What a run is asked to do.

    Attributes
    ----------
    serial : int
        Grows with every command.
    command : str
        ``run``, ``pause``, ``step`` (one batch, then pause) or ``stop`` (for good).
    learning_rate : float or None
        The base learning rate from now on; None leaves the configured one.
    delay_seconds : float
        A pause after each step, so that people can follow.
    lecture_seconds : float
        How long all steps take together, the first ones longest, where they could be done sooner;
        0: as long as they must.
    probe : str or None
        The sequence to show the attention of; None shows a held-out one.
    """

    model_config = ConfigDict(frozen=True, allow_inf_nan=False)

    serial: int = 0
    command: Command = "run"
    learning_rate: float | None = Field(None, gt=0, le=LARGEST_LEARNING_RATE)
    delay_seconds: float = Field(0.0, ge=0, le=10)
    lecture_seconds: float = Field(0.0, ge=0, le=600)
    probe: str | None = Field(None, max_length=2000)


def lecture_time(seconds: float, done: int, total: int) -> float:
    """Return when a lecture of so many seconds has done so many steps of all.

    Steps grow as the square of time: the first half has a quarter of them, among which attention
    comes about.
    """
    return seconds * math.sqrt(done / total)


def read_control(folder: Path) -> Control:
    """Return what the run in this folder is asked to do; to run, if nobody asks anything."""
    try:
        return Control.model_validate(read_json(folder / "control.json") or {})
    except ValidationError:
        return Control()


def write_control(folder: Path, control: Control) -> None:
    """Ask the run in this folder for something else."""
    write_json(folder / "control.json", control.model_dump(), durable=False)


class ControlReader:
    """Looks at a run's wishes, cheaply enough to do it after every step."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._path = str(folder / "control.json")
        self._seen = self._stamp()  # before reading, so that no change in between is missed
        self.control = read_control(folder)
        self._next = 0.0

    def changed(self) -> bool:
        """Look again, if the last look is long enough ago; whether the wishes are others now."""
        now = time.monotonic()
        if now < self._next:
            return False
        self._next = now + POLL_SECONDS
        stamp = self._stamp()
        if stamp == self._seen:
            return False
        self._seen = stamp
        control = read_control(self.folder)
        if control == self.control:
            return False
        self.control = control
        return True

    def _stamp(self) -> tuple[int, int, int]:
        try:
            found = os.stat(self._path)
        except FileNotFoundError:
            return (0, 0, 0)
        return (found.st_mtime_ns, found.st_ino, found.st_size)
