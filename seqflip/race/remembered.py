"""What a race keeps of a lane, read from the lane's own logs."""

import dataclasses

import numpy as np

from seqflip.learning.events import Evaluated, Started, StepDone
from seqflip.race.record import Record
from seqflip.runs.eventlog import read_events_since
from seqflip.runs.run import Run
from seqflip.runs.steplog import RECORD
from seqflip.runs.thinning import Records

_STARTED, _EVALUATED = (
    [field.name for field in dataclasses.fields(kind)] for kind in (Started, Evaluated)
)


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
                record.take(
                    Evaluated(**{name: entry[name] for name in _EVALUATED if name in entry})
                )
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
