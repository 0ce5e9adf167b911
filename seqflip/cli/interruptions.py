"""Ctrl-C and its relatives: the first asks training to leave, the second ends the process.

A signal arrives in the middle of anything, also in the middle of a step, whose half-updated
weights nobody may save. So it only leaves a wish, which the loop reads between two steps.
"""

import os
import signal
import threading
from types import FrameType, TracebackType
from typing import Any

from seqflip.session.lane import Leave
from seqflip.session.session import Session
from seqflip.system.signals import LEAVE, is_ignored


class Interrupted(BaseException):
    """A signal arrived before there was anything to save.

    Attributes
    ----------
    code : int
        What the process should exit with.
    """

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class Interruptions:
    """While this context is open, signals interrupt training instead of the process.

    Attributes
    ----------
    code : int
        What the process should exit with: 128 and the signal's number; 0 if there was none.
    """

    def __init__(self) -> None:
        self.code = 0
        self._session: Session | None = None
        self._before: dict[signal.Signals, Any] = {}

    def tell(self, session: Session) -> None:
        """From now on, let this session leave."""
        self._session = session

    def __enter__(self) -> "Interruptions":
        if (
            threading.current_thread() is threading.main_thread()
        ):  # Python lets no other handle signals
            for number in LEAVE:
                if not is_ignored(number):
                    self._before[number] = signal.signal(number, self._handle)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _handle(self, number: int, frame: FrameType | None) -> None:
        again, self.code = self.code != 0, 128 + number
        if self._session is None:
            raise Interrupted(self.code)
        if again:
            os._exit(self.code)  # as good as kill -9, from which a run recovers
        self._session.leave(Leave("interrupted", "Interrupted"))
