"""One variant's training, written to a run's folder as any training is."""

import dataclasses

import numpy as np

from seqflip.learning.events import Evaluated, Event, Finished, Started, StepDone
from seqflip.learning.results import final_metrics
from seqflip.race.lockstep import Training
from seqflip.race.record import Record
from seqflip.runs.eventlog import read_events_since
from seqflip.runs.live import LivePicture
from seqflip.runs.run import (
    Run,
    State,
)
from seqflip.runs.steplog import RECORD
from seqflip.runs.thinning import Records
from seqflip.session.recorder import Recorder
from seqflip.session.session import Leave, Opened
from seqflip.system.atomic import write_json

_STARTED, _EVALUATED = (
    [field.name for field in dataclasses.fields(kind)] for kind in (Started, Evaluated)
)


class Lane(Training):
    """A run that is trained together with others; the process must hold its lock.

    Parameters
    ----------
    run : Run
        The run's folder.
    opened : Opened
        What :func:`seqflip.session.session.open_run` found there.
    shown : bool
        Whether people look at it: then it has pictures, and final numbers.

    Attributes
    ----------
    record : Record
        What the race keeps of it.
    """

    def __init__(self, run: Run, opened: Opened, *, shown: bool) -> None:
        config, dataset, state, resumed = opened
        super().__init__(state, dataset, self._hear)
        self.run = run
        self._config, self._dataset, self._resumed = config, dataset, resumed
        self._recorder = Recorder(run, config, dataset, state, resumed=resumed)
        self.record = remembered(run) if resumed else Record()
        network = state.network
        self._live = LivePicture(run, config, dataset, network) if shown else None

    def show(self, probe: str | None) -> None:
        """From now on, show the attention of this sequence."""
        if self._live is not None:
            self._live.show(probe)

    def renew(self) -> None:
        """Show what it does right now."""
        if self._live is not None and not self.over:
            self._live.renew(self.step)

    def pause(self, *, again: bool) -> None:
        """Wait in good order: saved, and said so; ``again`` after a single step."""
        if not self.over:
            if not again:
                self._recorder.note("Paused")
            self._recorder.checkpoint()
            self._recorder.publish("paused", "Paused.")

    def go_on(self) -> None:
        """Wait no longer."""
        if not self.over:
            self._recorder.note("Resumed")
            self._recorder.publish("running")

    def leave(self, wish: Leave) -> None:
        """Leave it so that it can be taken up again."""
        if not self.over:
            self._recorder.checkpoint()
            message = f"{wish.because} at step {self.step:,}; it can go on from there."
            self._recorder.publish(wish.state, message, pid=None)

    def stop(self) -> None:
        """End it for good."""
        if not self.over:
            self.over = True
            self.record.reason = "stopped"
            self._end("stopped", "stopped", f"Stopped at step {self.step:,}.")

    def close(self) -> None:
        """Close the logs."""
        self._recorder.close()

    def _hear(self, event: Event) -> None:
        self._recorder.record(event)
        self.record.take(event)
        if isinstance(event, Started):
            if self._resumed:
                self._recorder.note("Resumed")
            self._recorder.publish("running")
        elif isinstance(event, Finished):
            state: State = "diverged" if event.reason == "diverged" else "finished"
            self._end(state, event.reason, event.message)

    def _end(self, state: State, reason: str, message: str) -> None:
        """Measure what has been learned, and close the run."""
        self._recorder.checkpoint()
        if self._live is not None:
            metrics = final_metrics(self._config, self._dataset, self.state, reason)
            self._live.renew(self.step)
            write_json(self.run.folder / "metrics.json", metrics)
        self._recorder.publish(state, message, pid=None, reason=reason)


def remembered(run: Run) -> Record:
    """Return what a run's logs tell of a training that was left or has ended."""
    record = Record()
    steps = np.fromfile(run.steps_path, RECORD) if run.steps_path.exists() else np.empty(0, RECORD)
    entries, offset = read_events_since(run.events_path, 0)
    while entries:
        for entry in entries:
            if entry["type"] == "Started":
                record.take(Started(**{name: entry[name] for name in _STARTED}))
            elif entry["type"] == "Evaluated":
                record.take(Evaluated(**{name: entry[name] for name in _EVALUATED}))
                record.take(_step(steps, entry["step"]))
            elif entry["type"] == "Finished":
                record.reason = entry["reason"]
        entries, offset = read_events_since(run.events_path, offset)
    if len(steps):
        record.take(_step(steps, int(steps["step"][-1])))
    return record


def _step(steps: Records, step: int) -> StepDone:
    row = steps[np.searchsorted(steps["step"], step)]
    return StepDone(**{name: row[name].item() for name in RECORD.names or ()})
