"""What a launcher knows of a run that it has in its hands: that waits, or is trained."""

import time
from dataclasses import dataclass, field

from seqflip.runs.control import Command
from seqflip.runs.lock import RunLock
from seqflip.runs.run import Run
from seqflip.server.cluster.process import ClusterProcess
from seqflip.server.processes import WorkerProcess


@dataclass(eq=False)
class Job:
    """A run that waits for its turn, or is being trained by a process of ours.

    Attributes
    ----------
    run : Run
    lock : RunLock
        The run's, until it is handed on.
    visitor : str or None
        Whose run it is, as a hash.
    process : WorkerProcess, ClusterProcess or None
        What trains it; None while it waits.
    leaving : bool
        Whether the process was told to leave.
    afterwards : tuple or None
        The token and the command of whoever wants it to go on when it has left.
    paused_since, since, unwatched_since : float or None
        Since when it is paused, was first seen to train, and is watched by nobody.
    again : bool
        Whether it waits for its next turn when it has left.
    told : str
        For what it waits, as its status says.
    losses, lost_at_step : int
        How often a cluster has lost it at this step.
    """

    run: Run
    lock: RunLock
    visitor: str | None
    process: WorkerProcess | ClusterProcess | None = None
    leaving: bool = False
    afterwards: tuple[str | None, Command] | None = None
    paused_since: float | None = None
    since: float | None = None
    again: bool = False
    unwatched_since: float | None = field(default_factory=time.monotonic)
    told: str = ""
    losses: int = 0
    lost_at_step: int = -1

    @property
    def handed_on(self) -> ClusterProcess | None:
        """Its process on a cluster, if it has one."""
        return self.process if isinstance(self.process, ClusterProcess) else None

    def waits(self) -> bool:
        """Whether no process trains it, here or on a cluster."""
        return self.process is None or (self.handed_on is not None and self.handed_on.waits())

    def is_leaving(self) -> bool:
        """Whether its process has finished with the run, and only needs to end."""
        if self.process is None:
            return False
        if self.leaving:
            return True
        return self.run.status().pid is None and not self.was_left()

    def was_left(self) -> bool:
        """Whether a worker of a cluster has left it, and it goes on elsewhere."""
        if self.handed_on is None or self.leaving:
            return False
        return self.run.status().state == "interrupted"
