"""How much disk runs take, and which go to make room for new ones."""

import time
from collections.abc import Iterable, Sequence

from seqflip.config import Config
from seqflip.runs.lock import is_held
from seqflip.runs.run import Run, RunError
from seqflip.runs.snapshots import expected_snapshot_bytes
from seqflip.runs.status import ENDED
from seqflip.runs.steplog import RECORD
from seqflip.system.memory import readable_bytes


def expected_bytes(config: Config) -> int:
    """Return about how much the folder of such a run will take on disk."""
    weights = 4 * config.size().parameters
    logs = config.total_steps * RECORD.itemsize + expected_snapshot_bytes(config)
    return logs + 6 * weights + 8 * config.data.n_train + (1 << 16)


def doomed(
    own: Sequence[Run],
    needed: int,
    most: int,
    visitor: str | None = None,
    stale_seconds: float = 0.0,
) -> list[Run]:
    """Return which of the runs and races of a store go, so that ``needed`` bytes more have room.

    Only a visitor's own runs go, and those of others that have ended so long ago. What has ended
    goes first, then the oldest. A race and its lanes go together, and stay if one of them is kept.

    Raises
    ------
    RunError
        If all would take more than ``most`` bytes even then.
    """
    too_many = sum(run.size() for run in own) + needed - most
    runs: list[Run] = []
    for run in _deletable(own, visitor, stale_seconds) if too_many > 0 else []:
        if too_many <= 0:
            break
        runs.append(run)
        too_many -= sum(one.size() for one in (run, *run.lanes()))
    if too_many > 0:
        raise RunError(
            f"all runs may take {readable_bytes(most)} together, and there is no "
            f"room for another of {readable_bytes(needed)}; delete some of yours"
        )
    return runs


def _deletable(own: Iterable[Run], visitor: str | None, stale_seconds: float) -> list[Run]:
    ranked = []
    for run in own:
        status = run.status()
        kept = any(one.info().kept for one in (run, *run.lanes()))
        if kept or is_held(run.folder) or run.race() is not None:
            continue
        ended = status.state in ENDED
        stale = ended and time.time() - status.updated > stale_seconds
        if run.info().visitor != visitor and not stale:
            continue
        ranked.append((not ended, status.updated, run.id, run))
    return [run for *_, run in sorted(ranked, key=lambda entry: entry[:3])]
