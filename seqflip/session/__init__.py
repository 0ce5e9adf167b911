"""One training in a run's folder until its end: recorded, held and let go as people wish.

It hands every event to the recorder, and waits at the gate between two steps.
"""

from seqflip.session.gate import Gate
from seqflip.session.lane import Lane, Leave
from seqflip.session.opening import Opened, open_run
from seqflip.session.session import Session

__all__ = [
    "Gate",
    "Lane",
    "Leave",
    "Opened",
    "Session",
    "open_run",
]
