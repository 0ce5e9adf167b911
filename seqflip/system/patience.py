"""Patience with files that somebody else has open for a moment.

Windows lets nobody replace, rename or delete a file that is open, nor open one that is being
replaced. Whoever looks at a run has its files open for an instant only, so to try again is enough.
On other systems nothing of this is an error, and whatever is one is told at once.
"""

import time
from collections.abc import Callable
from typing import Final, TypeVar

SECONDS: Final = 2.0
_IN_USE: Final = (5, 32, 33)  # Windows' numbers for: access denied, shared by nobody, locked
_PAUSE: Final = 0.002

_T = TypeVar("_T")


def patiently(action: Callable[[], _T]) -> _T:
    """Return what an action returns, and try again as long as somebody has its file open.

    Raises
    ------
    PermissionError
        If somebody still has it after :data:`SECONDS`.
    """
    deadline = time.monotonic() + SECONDS
    while True:
        try:
            return action()
        except PermissionError as error:
            if getattr(error, "winerror", None) not in _IN_USE or time.monotonic() > deadline:
                raise
        time.sleep(_PAUSE)
