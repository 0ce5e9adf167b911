"""Tells a person how far training is: a bar that moves at a terminal, plain lines in a log."""

import logging
import os
import sys
import time
from collections import deque
from typing import Any

from tqdm import tqdm

from seqflip.learning.events import EpochDone, Evaluated, Event, Started, StepDone

_log = logging.getLogger(__name__)

_RECENT_STEPS = 50
_REDRAW_SECONDS = 0.1
_SHORTEST_SECONDS = 1.0  # between two lines, so that quick epochs do not flood a log
_LONGEST_SECONDS = 10.0  # so that nobody wonders whether it still lives

tqdm.monitor_interval = 0  # no thread of its own: this bar is told often enough


def terminal_size() -> dict[str, Any]:
    """Tell tqdm how large the terminal is; some, as in containers, say 0 themselves."""
    if os.get_terminal_size(sys.stderr.fileno()).columns > 0:
        return {"dynamic_ncols": True}
    return {"ncols": 80, "nrows": 24}


class Progress:
    """Listens to a training and shows epoch, loss, accuracy, tokens/s and the time left.

    Parameters
    ----------
    epochs : int
        How many epochs there are.
    bar : bool
        Whether to draw a bar on standard error; lines are logged in any case.
    """

    def __init__(self, epochs: int, *, bar: bool) -> None:
        self._epochs = epochs
        self._wants_bar = bar
        self._bar: tqdm | None = None
        self._recent: deque[tuple[float, float]] = deque(maxlen=_RECENT_STEPS)
        self._last: StepDone | None = None
        self._exact_match: float | None = None
        self._tokens = 0
        self._first_step = 0
        self._total_steps = 0
        self._began = self._drawn = self._told = time.monotonic()

    def __call__(self, event: Event) -> None:
        """Take notice of what happened in training."""
        if isinstance(event, StepDone):
            self._step(event)
        elif isinstance(event, Evaluated):
            self._exact_match = event.sequence_accuracy
            _log.debug("%s", event)
        elif isinstance(event, EpochDone):
            if time.monotonic() - self._told >= _SHORTEST_SECONDS:
                self._tell(event.epoch, event.step)
        elif isinstance(event, Started):
            self._start(event)

    def close(self) -> None:
        """Leave the bar as it is and the terminal below it."""
        if self._last is not None:
            self._draw(self._last, time.monotonic())
        if self._bar is not None:
            self._bar.refresh()
            self._bar.close()

    def _start(self, event: Started) -> None:
        self._began = self._drawn = self._told = time.monotonic()
        self._first_step, self._total_steps = event.step, event.total_steps
        where = f", going on after step {event.step:,}" if event.step else ""
        _log.info(
            "training %s parameters for %s steps (%s epochs)%s",
            f"{event.parameters:,}",
            f"{event.total_steps:,}",
            f"{self._epochs:,}",
            where,
        )
        if self._wants_bar:
            self._bar = tqdm(
                total=event.total_steps,
                initial=event.step,
                file=sys.stderr,
                bar_format="{desc}  {remaining} left |{bar}|",  # 80 columns are enough
                **terminal_size(),
            )

    def _step(self, event: StepDone) -> None:
        self._last = event
        self._recent.append((event.loss, event.accuracy))
        self._tokens += event.tokens
        now = time.monotonic()
        if now - self._drawn >= _REDRAW_SECONDS:
            self._draw(event, now)
        if now - self._told >= _LONGEST_SECONDS:
            self._tell(event.epoch, event.step)

    def _draw(self, event: StepDone, now: float) -> None:
        self._drawn = now
        if self._bar is not None:
            description = f"{self._epoch(event.epoch)}  {self._numbers(now)}"
            self._bar.set_description_str(description, refresh=False)
            self._bar.update(event.step - self._bar.n)

    def _tell(self, epoch: int, step: int) -> None:
        now = self._told = time.monotonic()
        parts = [self._epoch(epoch), f"step {step:,}/{self._total_steps:,}", self._numbers(now)]
        if self._exact_match is not None:
            parts.append(f"held-out exact match {self._exact_match:.1%}")
        parts.append(f"{self._left(now, step)} left")
        _log.info("%s", "  ".join(parts))

    def _epoch(self, epoch: int) -> str:
        return f"epoch {epoch}/{self._epochs}"

    def _numbers(self, now: float) -> str:
        if not self._recent:
            return ""
        losses, accuracies = zip(*self._recent, strict=True)
        loss, accuracy = sum(losses) / len(losses), sum(accuracies) / len(accuracies)
        pace = self._tokens / max(now - self._began, 1e-9)
        return f"loss {loss:.4f}  accuracy {accuracy:.1%}  {pace:,.0f} tokens/s"

    def _left(self, now: float, step: int) -> str:
        done = step - self._first_step
        seconds = (now - self._began) * (self._total_steps - step) / done if done else 0.0
        return str(tqdm.format_interval(seconds))
