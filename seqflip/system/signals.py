"""The signals by which a process is asked to leave, wherever it runs."""

import signal
from typing import Final

# The last two come when a terminal is closed: one elsewhere, one on Windows.
_NAMES: Final = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")

LEAVE: Final = tuple(signal.Signals[name] for name in _NAMES if name in signal.Signals.__members__)


def is_ignored(number: signal.Signals) -> bool:
    """Whether whoever started this process wants it to outlive its terminal, as nohup does."""
    asked = (signal.SIGINT, signal.SIGTERM)
    return number not in asked and signal.getsignal(number) == signal.SIG_IGN
