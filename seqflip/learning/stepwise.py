"""A training that somebody else advances, step by step."""

from collections.abc import Callable

from seqflip.data.tasks import Dataset
from seqflip.learning.events import Event, StepDone
from seqflip.learning.training import TrainingState, train


class StepwiseTraining:
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
        """Do the next step with all that belongs to it; when there is none left, end."""
        for event in self._events:
            self._listener(event)
            if isinstance(event, StepDone):
                return
        self.over = True
