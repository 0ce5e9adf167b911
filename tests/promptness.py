"""What must be quick enough for whoever waits, on machines that do other things as well."""

import time
from collections.abc import Callable

TRIES = 3


def takes_at_most(seconds: float, work: Callable[[], object]) -> bool:
    """Say whether work takes so much processor time at most.

    The best of a few tries counts: what else a machine does can only add to it.
    """
    return any(_processor_seconds(work) <= seconds for _ in range(TRIES))


def _processor_seconds(work: Callable[[], object]) -> float:
    before = time.process_time()
    work()
    return time.process_time() - before
