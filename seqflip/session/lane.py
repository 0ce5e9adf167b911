"""One run's training, written to its folder: begun, held, left and ended in good order.

The command line and a worker train one lane, a race several side by side.
"""

from collections.abc import Callable
from typing import Literal, NamedTuple

from seqflip.learning.events import Event, Finished, Started
from seqflip.learning.results import Metrics, final_metrics
from seqflip.learning.stepwise import StepwiseTraining
from seqflip.runs.live import LivePicture
from seqflip.runs.run import Run
from seqflip.runs.status import State, Status
from seqflip.session.opening import Opened
from seqflip.session.recorder import Recorder
from seqflip.system.atomic import write_json

Listener = Callable[[Event], None]


class Leave(NamedTuple):
    """A wish that training be left as it is, to be taken up again later.

    Attributes
    ----------
    state : str
        What the run is then.
    because : str
        The beginning of the sentence that tells people, such as "Interrupted".
    """

    state: Literal["paused", "interrupted"]
    because: str


class Lane(StepwiseTraining):
    """A run in training; the process must hold its lock.

    Parameters
    ----------
    run : Run
        The run's folder.
    opened : Opened
        What :func:`seqflip.session.opening.open_run` found there.
    listener : callable
        Hears of every event, after it was written down.
    pictures, checkpoints, metrics : bool
        Whether people look at it while it trains, whether it can be taken up again after a kill,
        and whether its final numbers are wanted.

    Attributes
    ----------
    metrics : dict or None
        The final numbers, once training has ended.
    """

    def __init__(
        self,
        run: Run,
        opened: Opened,
        listener: Listener,
        *,
        pictures: bool = True,
        checkpoints: bool = True,
        metrics: bool = True,
    ) -> None:
        config, dataset, state, resumed = opened
        super().__init__(state, dataset, self._hear)
        self.run = run
        self.metrics: Metrics | None = None
        self._config, self._dataset, self._resumed = config, dataset, resumed
        self._checkpoints, self._measures = checkpoints, metrics
        self._recorder = Recorder(run, config, dataset, state, resumed=resumed, keep=checkpoints)
        self._tell = listener
        self._live = LivePicture(run, config, dataset, state.network) if pictures else None
        self._paused = False

    @property
    def status(self) -> Status:
        """Where it stands, as it was last published."""
        return self._recorder.status

    def set_learning_rate(self, rate: float) -> None:
        """Let the next step use this base rate; a checkpoint follows soon."""
        if rate != self.state.learning_rate:
            self.state.learning_rate = rate
            self._recorder.checkpoint_soon()

    def show(self, probe: str | None) -> None:
        """From now on, show the attention of this sequence."""
        if self._live is not None:
            self._live.show(probe)

    def renew(self) -> None:
        """Show what it does right now."""
        if self._live is not None and not self.over:
            self._live.renew(self.step)

    def renew_if_due(self) -> None:
        """Show what it does now, if it was shown long enough ago."""
        if self._live is not None and not self.over:
            self._live.renew_if_due(self.step)

    def pause(self, *, again: bool) -> None:
        """Wait in good order: saved, and said so; ``again`` after a single step."""
        if self.over:
            return
        if not again:
            self._recorder.note("Paused")
        self._paused = True
        self._recorder.checkpoint()
        self._recorder.publish("paused", "Paused.")

    def go_on(self) -> None:
        """Wait no longer."""
        if self.over:
            return
        self._paused = False
        self._recorder.note("Resumed")
        self._recorder.publish("running")

    def leave(self, wish: Leave) -> None:
        """Leave it so that it can be taken up again."""
        if self.over:
            return
        self._recorder.checkpoint()
        if wish.state == "paused" and not self._paused:
            self._recorder.note("Paused")
        message = f"{wish.because} at step {self.step:,}; it can go on from there."
        self._recorder.publish(wish.state, message, let_go=True)

    def stop(self) -> None:
        """End it for good."""
        if not self.over:
            self.over = True
            self._end("stopped", "stopped", f"Stopped at step {self.step:,}.")

    def publish(self) -> None:
        """Show everybody where it stands, once more."""
        self._recorder.publish(self.status.state, self.status.message)

    def close(self) -> None:
        """Close the logs."""
        self._recorder.close()

    def _hear(self, event: Event) -> None:
        self._recorder.record(event)
        if isinstance(event, Started):  # published before anybody hears of it
            if self._resumed:
                self._recorder.note("Resumed")
            self._recorder.publish("running")
        self._tell(event)
        if isinstance(event, Finished):
            state: State = "diverged" if event.reason == "diverged" else "finished"
            self._end(state, event.reason, event.message)

    def _end(self, state: State, reason: str, message: str) -> None:
        """Measure what has been learned, and close the run."""
        self._recorder.publish("running", "Measuring what has been learned.")
        if self._checkpoints:
            self._recorder.checkpoint()
        if self._measures:
            self.metrics = final_metrics(self._config, self._dataset, self.state, reason)
        if self._live is not None:
            self._live.renew(self.step)
        if self.metrics is not None:
            write_json(self.run.folder / "metrics.json", self.metrics)
        self._recorder.publish(state, message, reason=reason, let_go=True)
