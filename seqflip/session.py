"""Trains the run in one folder until it ends, or until somebody wants it back.

The command line and the worker in the background are both this loop. They differ in who listens
to it, who may ask it to leave, and whether it obeys ``control.json``.
"""

import dataclasses
import time
from collections.abc import Callable
from typing import Literal, NamedTuple

from seqflip.atomic import write_json
from seqflip.blas import one_blas_thread
from seqflip.checkpoint import CheckpointError, load_checkpoint
from seqflip.config import Config
from seqflip.control import POLL_SECONDS, Control, ControlReader
from seqflip.events import Event, Finished, Started, StepDone
from seqflip.live import LivePicture
from seqflip.memory import keep_freed_memory
from seqflip.recorder import Recorder
from seqflip.results import Metrics, final_metrics
from seqflip.runs import Run, RunError, State, Status
from seqflip.tasks import Dataset, make_dataset
from seqflip.training import TrainingState, train

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
        self._control = ControlReader(run.folder) if obedient else None
        network = self.state.model.network
        self._live = None if scratch else LivePicture(run, self.config, self.dataset, network)
        self._leave: Leave | None = None
        self._waiting_at: int | None = None
        self._stepped: int | None = None  # serial of the last single step
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
            self.listener(event)
            if isinstance(event, Started):
                self._begin()
            if isinstance(event, Finished):
                reason, message = event.reason, event.message
            elif isinstance(event, Started | StepDone):
                if self._live is not None:
                    self._live.renew_if_due(self.state.step)
                if self._control is not None and self._told_to_stop(self._control):
                    reason, message = "stopped", f"Stopped at step {self.state.step:,}."
                    break
                if self._leave is not None:
                    return self._go(self._leave)
        return self._finish(reason, message)

    def _begin(self) -> None:
        if self._control is not None:
            self._adopt(self._control.control)
        if self._resumed:
            self._recorder.note("Resumed")
        self._recorder.publish("running")

    def _told_to_stop(self, reader: ControlReader) -> bool:
        """Between two steps, wait as long as people wish; returns whether to stop for good."""
        began = time.monotonic()
        while self._leave is None:
            if reader.changed():
                self._adopt(reader.control)
                self._show()
            control = reader.control
            if control.command == "stop":
                return True
            if control.command == "step" and control.serial != self._stepped:
                self._stepped = control.serial
                return False
            left = POLL_SECONDS
            if control.command == "run":
                self._go_on()
                left = control.delay_seconds - (time.monotonic() - began)
                if left <= 0:
                    return False
            else:
                self._pause()
            time.sleep(min(left, POLL_SECONDS))
        return False

    def _adopt(self, control: Control) -> None:
        """Take over those wishes that do not concern the pace."""
        rate = control.learning_rate
        if rate is not None and rate != self.state.learning_rate:
            self.state.learning_rate = rate
            self._recorder.checkpoint_soon()
        if self._live is not None:
            self._live.show(control.probe)
        self._recorder.show(delay_seconds=control.delay_seconds)

    def _show(self) -> None:
        """Show at once what people have changed, also in the middle of a wait."""
        if self._live is not None:
            self._live.renew_if_due(self.state.step)
        self._recorder.publish(self._recorder.status.state, self._recorder.status.message)

    def _pause(self) -> None:
        """Wait in good order: saved, and said so."""
        if self._waiting_at == self.state.step:
            return
        if self._waiting_at is None:
            self._recorder.note("Paused")
        self._waiting_at = self.state.step
        self._recorder.checkpoint()
        self._recorder.publish("paused", "Paused.")
        if self._live is not None:
            self._live.renew(self.state.step)

    def _go_on(self) -> None:
        """Wait no longer."""
        if self._waiting_at is not None:
            self._waiting_at = None
            self._recorder.note("Resumed")
            self._recorder.publish("running")

    def _go(self, wish: Leave) -> Status:
        """Leave the run so that it can be taken up again."""
        self._recorder.checkpoint()
        if wish.state == "paused" and self._waiting_at is None:
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
