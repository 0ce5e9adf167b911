"""The signals by which a process is asked to leave, wherever it runs."""

import signal
import sys
from typing import Final

if sys.platform == "win32":
    LEAVE: Final = (signal.SIGINT, signal.SIGTERM)
else:
    LEAVE: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def is_ignored(number: signal.Signals) -> bool:
    """Whether whoever started this process wants it to outlive its terminal, as nohup does."""
    asked = (signal.SIGINT, signal.SIGTERM)
    return number not in asked and signal.getsignal(number) == signal.SIG_IGN
