"""How often to do what is useful but takes time away from training."""

import time
from types import TracebackType


class Pace:
    """Says when something is due again; a context in which it is done measures what it costs.

    Parameters
    ----------
    seconds : float
        The shortest time between two times.
    share : float
        The largest share of all time that it may take: what is costly is done less often.
    """

    def __init__(self, seconds: float, share: float) -> None:
        self.seconds, self.share = seconds, share
        self._next = self._began = 0.0

    def is_due(self) -> bool:
        """Whether it is time again."""
        return time.monotonic() >= self._next

    def now(self) -> None:
        """Let it be due."""
        self._next = 0.0

    def __enter__(self) -> "Pace":
        self._began = time.monotonic()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        ended = time.monotonic()
        self._next = ended + max(self.seconds, (ended - self._began) / self.share)
