"""Where a training waits between two steps, as long as people wish."""

import time
from pathlib import Path
from typing import Protocol

from seqflip.runs.control import POLL_SECONDS, Control, ControlReader, lecture_time


class Held(Protocol):
    """A training that people may hold."""

    def is_leaving(self) -> bool:
        """Return whether it was asked to leave, and should wait no longer."""

    def progress(self) -> tuple[int, int]:
        """Return how many steps are done, and how many there will be."""

    def adopt(self, control: Control) -> None:
        """Take over those wishes that do not concern the pace; shown at once."""

    def pause(self, *, again: bool) -> None:
        """Wait in good order: saved, and said so; ``again`` after a single step."""

    def go_on(self) -> None:
        """Wait no longer."""


class Gate:
    """Lets a training do its next step when ``control.json`` says so.

    Parameters
    ----------
    folder : Path
        Where ``control.json`` is.
    held : Held
        The training.

    Attributes
    ----------
    paused : bool
        Whether it was told to pause, and not to go on since but for single steps.
    """

    def __init__(self, folder: Path, held: Held) -> None:
        self.paused = False
        self._reader = ControlReader(folder)
        self._held = held
        self._waiting = False
        self._opened = time.monotonic()
        self._stepped: int | None = None  # serial of the last single step

    @property
    def control(self) -> Control:
        """What was last wished for."""
        return self._reader.control

    def stops(self) -> bool:
        """Wait before the next step as long as people wish; returns whether to stop for good."""
        began = time.monotonic()
        while not self._held.is_leaving():
            if self._reader.changed():
                self._held.adopt(self.control)
            command = self.control.command
            if command == "stop":
                return True
            if command == "step" and self.control.serial != self._stepped:
                self._stepped = self.control.serial
                self._waiting = False
                return False
            left = POLL_SECONDS
            if command == "run":
                self._go_on()
                now = time.monotonic()
                left = max(began + self.control.delay_seconds, self._lecture_goes_on()) - now
                if left <= 0:
                    self._opened = now
                    return False
            elif not self._waiting:
                self._held.pause(again=self.paused)
                self._waiting = self.paused = True
            time.sleep(min(left, POLL_SECONDS))
        return False

    def _lecture_goes_on(self) -> float:
        """Return when the next step begins, if this is a lecture."""
        whole = self.control.lecture_seconds
        done, total = self._held.progress()
        if not whole or done >= total:
            return 0.0
        next_step = lecture_time(whole, done + 1, total) - lecture_time(whole, done, total)
        return self._opened + next_step

    def _go_on(self) -> None:
        self._waiting = False
        if self.paused:
            self.paused = False
            self._held.go_on()
