"""The run folder, file by file, and all runs of a computer.

One process writes a run's folder while it trains; any number of others read it.
"""

from seqflip.runs.archive import export_run, import_run
from seqflip.runs.checkpoint import CheckpointError, fingerprint, load_checkpoint, save_checkpoint
from seqflip.runs.control import (
    POLL_SECONDS,
    Command,
    Control,
    ControlReader,
    read_control,
    write_control,
)
from seqflip.runs.creation import create_run
from seqflip.runs.eventlog import EventLog, EventReader, Happenings, read_events_since
from seqflip.runs.live import LivePicture
from seqflip.runs.lock import RunLock, RunLocked, is_held
from seqflip.runs.ownership import hash_token, new_token
from seqflip.runs.run import (
    RACE_FILE,
    Run,
    RunError,
    RunInfo,
    UnknownRun,
    clean_name,
    new_run_id,
    read_json,
    write_status,
)
from seqflip.runs.snapshots import SnapshotError, SnapshotLog, how_many, read_snapshots
from seqflip.runs.status import ACTIVE, ENDED, State, Status
from seqflip.runs.steplog import RECORD, Curve, CurveReader, StepLog, read_curve
from seqflip.runs.store import RunStore, default_root
from seqflip.runs.thinning import Line, Records
from seqflip.runs.trained import EXAMPLES, Trained, find_run, open_trained

__all__ = [
    "ACTIVE",
    "ENDED",
    "EXAMPLES",
    "POLL_SECONDS",
    "RACE_FILE",
    "RECORD",
    "CheckpointError",
    "Command",
    "Control",
    "ControlReader",
    "Curve",
    "CurveReader",
    "EventLog",
    "EventReader",
    "Happenings",
    "Line",
    "LivePicture",
    "Records",
    "Run",
    "RunError",
    "RunInfo",
    "RunLock",
    "RunLocked",
    "RunStore",
    "SnapshotError",
    "SnapshotLog",
    "State",
    "Status",
    "StepLog",
    "Trained",
    "UnknownRun",
    "clean_name",
    "create_run",
    "default_root",
    "export_run",
    "find_run",
    "fingerprint",
    "hash_token",
    "how_many",
    "import_run",
    "is_held",
    "load_checkpoint",
    "new_run_id",
    "new_token",
    "open_trained",
    "read_control",
    "read_curve",
    "read_events_since",
    "read_json",
    "read_snapshots",
    "save_checkpoint",
    "write_control",
    "write_status",
]
