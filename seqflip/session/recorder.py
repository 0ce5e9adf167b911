"""Writes a run's folder while it trains, so that being killed costs a second of work at most.

The checkpoint is the one truth to go on from. The logs are on the disk up to a checkpoint's step
before the checkpoint takes the place of the one before, and whoever goes on from it cuts off what
the logs have beyond it.
"""

import contextlib
import os
import time
from collections import deque

from seqflip.config.config import Config
from seqflip.data.tasks import Dataset
from seqflip.learning.events import (
    BestModel,
    Evaluated,
    Event,
    LearningRateChanged,
    Started,
    StepDone,
)
from seqflip.learning.results import kept_parameters
from seqflip.learning.training import TrainingState
from seqflip.runs.checkpoint import fingerprint, save_checkpoint
from seqflip.runs.eventlog import EventLog
from seqflip.runs.held_out import has_held_out, save_held_out
from seqflip.runs.run import Run
from seqflip.runs.snapshots import SnapshotLog
from seqflip.runs.status import State
from seqflip.runs.steplog import StepLog
from seqflip.system.atomic import remove, remove_leftovers, sync_directory, write_json
from seqflip.system.npz import save_npz
from seqflip.system.pace import Pace

# How often each kind of writing is done, in seconds, and the share of the time that it may take.
_LOGS = (0.05, 0.05)
_STATUS = (0.1, 0.012)  # the curves of a page end with it
_CHECKPOINT = (1.0, 0.01)

_RECENT_STEPS = 50
_RECENT_SECONDS = 2.0


class Recorder:
    """Takes a training's events and writes them down.

    Parameters
    ----------
    run : Run
        Where to; this process must hold its lock.
    config, dataset, state
        The training, about to begin or to go on.
    resumed : bool
        Whether ``state`` comes from the run's checkpoint; if not, all that the logs have is
        dropped.
    keep : bool
        Whether to save a checkpoint every now and then.

    Attributes
    ----------
    status : Status
        What the last :meth:`publish` showed, or the next one will.
    """

    def __init__(
        self,
        run: Run,
        config: Config,
        dataset: Dataset,
        state: TrainingState,
        *,
        resumed: bool,
        keep: bool = True,
    ) -> None:
        self.run = run
        self.config = config
        self.state = state
        self._data = fingerprint(dataset)
        remove_leftovers(run.folder, but=("run.json", "control.json"))
        write_json(
            run.folder / "vocabulary.json",
            {
                "tokens": dataset.vocabulary,
                "src_length": dataset.src_length,
                "tgt_length": dataset.tgt_length,
            },
        )
        if not has_held_out(run.folder):
            save_held_out(run.folder, dataset)
        remove(run.folder / "metrics.json")  # of a run that was stopped before
        last = state.step if resumed else -1
        self._weights = state.network.parameters.flat
        with contextlib.ExitStack() as opened:  # where one cannot be opened, the others are closed
            self._steps = StepLog(run.steps_path, last)
            opened.callback(self._steps.close)
            self._events = EventLog(run.events_path, last)
            opened.callback(self._events.close)
            self._snapshots = SnapshotLog(run.snapshots_path, config, self._weights.size, last)
            opened.callback(self._snapshots.close)
            sync_directory(run.folder)  # or a checkpoint could outlive the names of its logs
            self._logs = opened.pop_all()
        self.status = run.status()
        self.status.pid, self.status.reason = os.getpid(), None
        self.status.epochs, self.status.step = config.training.epochs, state.step
        self._recent: deque[tuple[float, float]] = deque(maxlen=_RECENT_STEPS)
        self._ticks: deque[tuple[float, int]] = deque()  # time and tokens so far
        self._tokens = 0
        self._weights_are_old = True  # a run may have been killed behind its checkpoint
        self._fresh = not resumed
        self._keep = keep
        self._log_pace = Pace(*_LOGS)
        self._status_pace = Pace(*_STATUS)
        self._checkpoint_pace = Pace(*_CHECKPOINT)

    def record(self, event: Event) -> None:
        """Write down what happened; after a step, everything else that is due."""
        if isinstance(event, StepDone):
            self._steps.append(event)
            self._recent.append((event.loss, event.accuracy))
            self._tokens += event.tokens
            self._snapshots.offer(event.step, self._weights)
            self._do_what_is_due(event)
            return
        if isinstance(event, Started):
            self._snapshots.offer(event.step, self._weights)
            self._start(event)
        elif isinstance(event, Evaluated):
            self._note_evaluation(event)
        elif isinstance(event, BestModel):
            self._weights_are_old = True
        elif isinstance(event, LearningRateChanged):
            self.status.learning_rate = event.learning_rate
        if not isinstance(event, Started) or self._fresh:
            self._events.append(event)

    def note(self, kind: str) -> None:
        """Write down that something happened which training knows nothing of."""
        self._events.note(kind, step=self.state.step)

    def checkpoint(self) -> None:
        """Save all that is needed to go on from here, and the best weights."""
        self._steps.flush(durable=True)
        self._events.flush(durable=True)
        self._snapshots.flush()
        save_checkpoint(self.run.checkpoint_path, self.config, self._data, self.state)
        self.save_weights()

    def checkpoint_soon(self) -> None:
        """Save a checkpoint after the next step."""
        self._log_pace.now()
        self._checkpoint_pace.now()

    def save_weights(self) -> None:
        """Save the best weights if they are not saved yet; before there are any, the newest."""
        if self._weights_are_old or not self.state.has_best:
            save_npz(self.run.weights_path, kept_parameters(self.state), durable=False)
            self._weights_are_old = False

    def publish(
        self,
        state: State,
        message: str = "",
        *,
        reason: str | None = None,
        let_go: bool = False,
    ) -> None:
        """Show everybody where the run stands now.

        Parameters
        ----------
        state, message
            What it is doing, and one sentence about it for people.
        reason : str, optional
            Why training has ended.
        let_go : bool
            Whether this process has finished with the run.
        """
        self._steps.flush()
        self._events.flush()
        if state in ("finished", "stopped"):  # perhaps before its last planned step
            self._snapshots.keep(self.state.step, self._weights)
        status = self.status
        status.state, status.message, status.updated = state, message, time.time()
        status.step, status.epoch = self.state.step, self.state.epoch
        status.seconds = self.state.seconds
        status.tokens_per_second = self._tokens_per_second() if state == "running" else 0.0
        if self._recent:
            losses, accuracies = zip(*self._recent, strict=True)
            status.loss = sum(losses) / len(losses)
            status.accuracy = sum(accuracies) / len(accuracies)
        if reason is not None:
            status.reason = reason
        if let_go:
            status.pid = None
        write_json(self.run.folder / "status.json", status.model_dump(), durable=False)

    def close(self) -> None:
        """Close the logs, each whatever becomes of the others."""
        self._logs.close()

    def _start(self, event: Started) -> None:
        self.status.total_steps = event.total_steps
        self.status.steps_per_epoch = event.steps_per_epoch
        self.status.parameters = event.parameters

    def _note_evaluation(self, event: Evaluated) -> None:
        status = self.status
        status.val_step, status.val_loss = event.step, event.loss
        status.val_accuracy = event.accuracy
        status.val_forced_accuracy = event.forced_accuracy
        status.val_sequence_accuracy = event.sequence_accuracy
        status.val_alignment = event.alignment
        status.sequence_accuracy = event.train_sequence_accuracy
        status.alignment = event.train_alignment

    def _do_what_is_due(self, event: StepDone) -> None:
        if not self._log_pace.is_due():
            return
        with self._log_pace:
            self._steps.flush()
            self._events.flush()
        if self._status_pace.is_due():
            with self._status_pace:
                self.status.learning_rate = event.learning_rate
                self.publish("running")
        if self._keep and self._checkpoint_pace.is_due():
            with self._checkpoint_pace:
                self.checkpoint()

    def _tokens_per_second(self) -> float:
        """Return the pace over the last moments, waiting included."""
        now = time.monotonic()
        self._ticks.append((now, self._tokens))
        while len(self._ticks) > 2 and now - self._ticks[1][0] > _RECENT_SECONDS:
            self._ticks.popleft()
        since, tokens = self._ticks[0]
        return (self._tokens - tokens) / (now - since) if now > since else 0.0
