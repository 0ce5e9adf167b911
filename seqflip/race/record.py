"""What is known of one variant's training: its held-out curve, and when it was good enough.

Seconds are those of training alone. Looking at held-out data takes time as well, but a race looks
often, and nobody would who only wants a trained model.
"""

from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from seqflip.learning.events import Evaluated, Event, Finished, Started, StepDone

LEVELS: Final = (0.9, 0.99, 0.999)
"""Shares of exact match that are worth noting when they are reached."""

CURVES: Final = ("sequence_accuracy", "accuracy", "loss", "alignment")
_MOST_POINTS = 400


class Reached(NamedTuple):
    """When a level was reached: after how many steps, and how many seconds of training."""

    step: int
    seconds: float


class Point(NamedTuple):
    """One look at held-out data."""

    step: int
    seconds: float
    sequence_accuracy: float
    accuracy: float
    loss: float
    alignment: float | None


class Standing(NamedTuple):
    """How far a lane is: its steps, and the newest share of exact match."""

    steps: int
    exact_match: float | None


class Record:
    """Takes the events of one training, and keeps what a race is about.

    Attributes
    ----------
    parameters, steps, total_steps : int
        The size of the model, how many steps it has done, and how many there are.
    seconds : float
        Of training, without the evaluations.
    reached : dict
        Level to when it was first reached.
    last : Point or None
        The newest evaluation.
    reason : str or None
        Why it ended.
    """

    def __init__(self) -> None:
        self.parameters = self.steps = self.total_steps = 0
        self.seconds = 0.0
        self.reached: dict[float, Reached] = {}
        self.last: Point | None = None
        self.reason: str | None = None
        self._evaluating = 0.0
        self._waiting: Evaluated | None = None
        self._points: list[Point] = []
        self._every = 1
        self._evaluations = 0

    def take(self, event: Event) -> None:
        """Take notice of what happened in training."""
        if isinstance(event, Started):
            self.parameters, self.total_steps = event.parameters, event.total_steps
        elif isinstance(event, Evaluated):
            self._waiting = event
            self._evaluating += event.seconds
        elif isinstance(event, StepDone):
            self.steps, self.seconds = event.step, event.seconds - self._evaluating
            if self._waiting is not None:
                self._look(self._waiting)
                self._waiting = None
        elif isinstance(event, Finished):
            self.reason = event.reason

    def standing(self) -> Standing:
        """Return how far it is."""
        return Standing(self.steps, None if self.last is None else self.last.sequence_accuracy)

    def as_json(self) -> dict[str, Any]:
        """Return all of it as plain values."""
        curve = {name: [_short(getattr(one, name)) for one in self._curve()] for name in CURVES}
        return {
            "parameters": self.parameters,
            "steps": self.steps,
            "total_steps": self.total_steps,
            "seconds": _short(self.seconds),
            "steps_per_second": _short(self.steps / self.seconds) if self.seconds else None,
            "reason": self.reason,
            **{name: _short(getattr(self.last, name, None)) for name in CURVES},
            "reached": {
                f"{level:g}": {"step": found.step, "seconds": _short(found.seconds)}
                for level, found in self.reached.items()
            },
            "curve": {"step": [one.step for one in self._curve()], **curve},
        }

    def _look(self, event: Evaluated) -> None:
        point = Point(
            event.step,
            self.seconds,
            event.sequence_accuracy,
            event.accuracy,
            event.loss,
            event.alignment,
        )
        for level in LEVELS:
            if event.sequence_accuracy >= level:
                self.reached.setdefault(level, Reached(point.step, point.seconds))
        self.last = point
        self._evaluations += 1
        if self._evaluations % self._every == 0:
            self._points.append(point)
        if len(self._points) == _MOST_POINTS:  # a longer curve has points less closely
            self._points = self._points[1::2]
            self._every *= 2

    def _curve(self) -> Iterable[Point]:
        """Return the points of the curve, the newest one always among them."""
        if self.last is None or self.last in self._points[-1:]:
            return self._points
        return [*self._points, self.last]


def _short(value: float | None) -> float | None:
    """Keep six digits, more than anybody reads."""
    return None if value is None else float(f"{value:.6g}")
