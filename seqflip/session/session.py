"""Trains the run in one folder until it ends, or until somebody wants it back.

The command line and the worker in the background are both this loop. They differ in who listens
to it, who may ask it to leave, and whether it obeys ``control.json``.
"""

import dataclasses
from collections.abc import Callable
from typing import Literal, NamedTuple

from seqflip.config.config import (
    Config,
)
from seqflip.data.tasks import Dataset, make_dataset
from seqflip.learning.events import Event, Finished, Started, StepDone
from seqflip.learning.results import Metrics, final_metrics
from seqflip.learning.training import TrainingState, train
from seqflip.runs.checkpoint import CheckpointError, load_checkpoint
from seqflip.runs.control import Control
from seqflip.runs.live import LivePicture
from seqflip.runs.run import (
    Run,
    RunError,
    State,
    Status,
)
from seqflip.session.gate import Gate
from seqflip.session.recorder import Recorder
from seqflip.system.atomic import write_json
from seqflip.system.blas import (
    keep_freed_memory,
    one_blas_thread,
)

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


class Opened(NamedTuple):
    """A run's training, ready to begin or to go on."""

    config: Config
    dataset: Dataset
    state: TrainingState
    resumed: bool


def open_run(run: Run, dataset: Dataset | None = None) -> Opened:
    """Take up a run's training where its checkpoint left it, or at the start if there is none yet.

    Parameters
    ----------
    run : Run
    dataset : Dataset, optional
        Its data, if they have been made already.

    Raises
    ------
    RunError, CheckpointError, ConfigError
        If there is nothing in the folder that could be trained.
    """
    if not run.exists():
        raise RunError(f"{run.folder}: there is no run in this folder")
    config = run.config()
    try:
        checkpoint = load_checkpoint(run.checkpoint_path)
    except FileNotFoundError:
        dataset = dataset or make_dataset(config.data)
        return Opened(config, dataset, TrainingState.begin(config, dataset), resumed=False)
    if checkpoint.config.model_copy(update={"data": config.data}) != config:
        raise RunError(
            f"{run.folder}: config.yaml is not what this run began with; "
            "a changed configuration is a new run"
        )
    dataset = dataset or make_dataset(config.data)
    try:
        checkpoint = dataclasses.replace(checkpoint, config=config)
        return Opened(config, dataset, checkpoint.restore(dataset), resumed=True)
    except CheckpointError as error:
        raise CheckpointError(f"{run.checkpoint_path}: {error}") from error


class Session:
    """Trains one run; the process must hold its lock.

    Parameters
    ----------
    run : Run
        The run's folder.
    opened : Opened
        What :func:`open_run` found there.
    listener : callable
        Hears of every event, after it was written down.
    obedient : bool
        Whether the session does what ``control.json`` says.
    scratch : bool
        Whether nobody has asked to keep the run, so that nothing needs to be saved until it is
        left.
    """

    def __init__(
        self,
        run: Run,
        opened: Opened,
        listener: Listener,
        *,
        obedient: bool = False,
        scratch: bool = False,
    ) -> None:
        self.run = run
        self.config, self.dataset, self.state, resumed = opened
        self.listener = listener
        self.metrics: Metrics | None = None
        self._recorder = Recorder(
            run, self.config, self.dataset, self.state, resumed=resumed, keep=not scratch
        )
        self._scratch = scratch
        self._gate = Gate(run.folder, self) if obedient else None
        network = self.state.network
        self._live = None if scratch else LivePicture(run, self.config, self.dataset, network)
        self._leave: Leave | None = None
        self._resumed = resumed

    def leave(self, wish: Leave) -> None:
        """Ask the session to save and return, from a signal handler or another thread."""
        if self._leave is None:
            self._leave = wish

    def train(self) -> Status:
        """Train until there is a reason not to, and return where the run stands then."""
        keep_freed_memory()
        try:
            with one_blas_thread():
                return self._train()
        finally:
            self._recorder.close()

    def _train(self) -> Status:
        reason, message = "completed", ""
        for event in train(self.state, self.dataset):
            self._recorder.record(event)
            if isinstance(event, Started):
                self._begin()  # so that it is true before anybody hears of it
            self.listener(event)
            if isinstance(event, Finished):
                reason, message = event.reason, event.message
            elif isinstance(event, Started | StepDone):
                if self._live is not None:
                    self._live.renew_if_due(self.state.step)
                if self._gate is not None and self._gate.stops():
                    reason, message = "stopped", f"Stopped at step {self.state.step:,}."
                    break
                if self._leave is not None:
                    return self._go(self._leave)
        return self._finish(reason, message)

    def _begin(self) -> None:
        if self._gate is not None:
            self._take_over(self._gate.control)
        if self._resumed:
            self._recorder.note("Resumed")
        self._recorder.publish("running")

    def is_leaving(self) -> bool:
        """Return whether :meth:`leave` was called."""
        return self._leave is not None

    def adopt(self, control: Control) -> None:
        """Take over what does not concern the pace, and show it, also in the middle of a wait."""
        self._take_over(control)
        if self._live is not None:
            self._live.renew_if_due(self.state.step)
        self._recorder.publish(self._recorder.status.state, self._recorder.status.message)

    def pause(self, *, again: bool) -> None:
        """Wait in good order: saved, and said so."""
        if not again:
            self._recorder.note("Paused")
        self._recorder.checkpoint()
        self._recorder.publish("paused", "Paused.")
        if self._live is not None:
            self._live.renew(self.state.step)

    def go_on(self) -> None:
        """Wait no longer."""
        self._recorder.note("Resumed")
        self._recorder.publish("running")

    def _take_over(self, control: Control) -> None:
        rate = control.learning_rate
        if rate is not None and rate != self.state.learning_rate:
            self.state.learning_rate = rate
            self._recorder.checkpoint_soon()
        if self._live is not None:
            self._live.show(control.probe)
        self._recorder.show(delay_seconds=control.delay_seconds)

    def _go(self, wish: Leave) -> Status:
        """Leave the run so that it can be taken up again."""
        self._recorder.checkpoint()
        if wish.state == "paused" and not (self._gate is not None and self._gate.paused):
            self._recorder.note("Paused")
        message = f"{wish.because} at step {self.state.step:,}; it can go on from there."
        return self._recorder.publish(wish.state, message, pid=None)

    def _finish(self, reason: str, message: str) -> Status:
        """Measure what has been learned, and close the run."""
        ended: dict[str, State] = {"stopped": "stopped", "diverged": "diverged"}
        self._recorder.publish("running", "Measuring what has been learned.")
        if not self._scratch:
            self._recorder.checkpoint()
        self.metrics = final_metrics(self.config, self.dataset, self.state, reason)
        if self._live is not None:
            self._live.renew(self.state.step)
        write_json(self.run.folder / "metrics.json", self.metrics)
        return self._recorder.publish(
            ended.get(reason, "finished"), message, pid=None, reason=reason
        )
