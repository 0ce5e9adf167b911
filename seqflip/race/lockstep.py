"""Trains several models side by side, none a step ahead of the others.

All variants of a race have the same data and the same seed. As the order of the batches has a
random stream of its own, they see the same batches in the same order, whatever else differs.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

from seqflip.data.tasks import Dataset
from seqflip.learning.events import Event, StepDone
from seqflip.learning.training import TrainingState, train


class Steps(Protocol):
    """Something that takes one step after the other."""

    @property
    def step(self) -> int:
        """How many it has taken."""
        ...

    @property
    def over(self) -> bool:
        """Whether there is none left."""
        ...

    def advance(self) -> None:
        """Take the next one."""
        ...


class Training:
    """A training that is advanced from outside, step by step.

    Parameters
    ----------
    state, dataset
        See :func:`seqflip.learning.training.train`.
    listener : callable
        Hears of every event.

    Attributes
    ----------
    over : bool
        Whether there is no step left.
    """

    def __init__(
        self, state: TrainingState, dataset: Dataset, listener: Callable[[Event], None]
    ) -> None:
        self.state = state
        self.over = False
        self._listener = listener
        self._events = train(state, dataset)

    @property
    def step(self) -> int:
        """How many steps it has done."""
        return self.state.step

    def begin(self) -> None:
        """Let it be heard that training begins, before the first step."""
        self._listener(next(self._events))

    def advance(self) -> None:
        """Do the next step with all that belongs to it; after the last one, end."""
        for event in self._events:
            self._listener(event)
            if isinstance(event, StepDone) and self.state.finished is None:
                return
        self.over = True


def lockstep(lanes: Sequence[Steps]) -> Iterator[None]:
    """Let all lanes advance step by step, those behind first; yields when no one is behind."""
    while going := [lane for lane in lanes if not lane.over]:
        behind = min(lane.step for lane in going)
        for lane in going:
            if lane.step == behind:
                lane.advance()
        yield
