"""What many watchers of one run are told: worked out once for all who have the same already.

Watchers who follow a run have seen the same of it, so they ask the same, word for word. The answers
to one state of its files are kept until there is another state, and nothing else is: whoever asks
something else is answered as well, only not from memory.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from time import monotonic
from typing import Final

from starlette.concurrency import run_in_threadpool

MOST_ASKED: Final = 400
"""So many questions a second a run's watchers may ask together; more of them ask less often."""

PAUSE: Final = 0.1  # seconds between two questions of one who watches alone
_LONGEST: Final = 10.0  # seconds that anybody is believed to have waited
MOST_KEPT: Final = 50
"""Answers to one state, which differ in what is known already."""


class ToldOnce:
    """The answers to one state of some files.

    Parameters
    ----------
    files : sequence of Path
        What the answers follow from; they need not exist.
    most_kept : int
        How many answers are kept at most.

    Attributes
    ----------
    pause : float
        How many seconds each watcher should wait between two questions.
    """

    def __init__(self, files: Sequence[Path], most_kept: int = MOST_KEPT) -> None:
        self._files, self._most_kept = files, most_kept
        self._state: object = None
        self._answers: dict[bytes, Awaitable[bytes]] = {}
        self._second, self._watchers = 0, 0.0
        self.pause = PAUSE

    async def answer(
        self, question: bytes, work: Callable[[], bytes], waited: float = PAUSE
    ) -> bytes:
        """Return what ``work`` gives, which is done once for each question and state.

        ``waited`` is how many seconds ago who asks has asked before.
        """
        now = int(monotonic())
        self._count(now, min(max(waited, 0.0), _LONGEST))
        state = (now, *map(_version, self._files))  # a worker's death changes no file
        if state != self._state:
            self._state, self._answers = state, {}
        answer = self._answers.get(question)
        if answer is None:
            if len(self._answers) >= self._most_kept:
                self._answers.clear()
            answer = asyncio.ensure_future(run_in_threadpool(work))
            self._answers[question] = answer
        return await asyncio.shield(answer)

    def _count(self, now: int, waited: float) -> None:
        """Count who watches: what they waited adds up to a second for each of them."""
        if now != self._second:
            self.pause = max(PAUSE, self._watchers / MOST_ASKED)
            self._second, self._watchers = now, 0.0
        self._watchers += waited


def _version(file: Path) -> tuple[int, int] | None:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
