"""A test of lengths that goes on in the background, for all who look at it.

It costs a second or two for small models and more for large ones, so its curve is drawn as it
grows. It works while somebody looks, and goes on where it was when somebody looks again.
"""

import threading
import time
from pathlib import Path
from typing import Final

import streamlit as st

from seqflip.runs.run import Run
from seqflip.runs.trained import Trained
from seqflip.study.lengths import LengthPoint, length_test
from seqflip.system.blas import one_blas_thread
from seqflip.ui.parts.subject import Subject

PATIENCE: Final = 5.0
"""How many seconds it works without anybody looking."""
THREAD: Final = "seqflip lengths"
"""The name of a thread in which it works."""

_turn = threading.Lock()  # several at once would be slower than one after the other


class Measuring:
    """What is known of one model by now.

    Parameters
    ----------
    run : Run
    trained : Trained
    count : int
        How many sequences of each length.

    Attributes
    ----------
    seen : range or None
        The lengths that it was trained on, once that is known.
    error : str or None
        Why it cannot go on.
    """

    def __init__(self, run: Run, trained: Trained, count: int) -> None:
        self.seen: range | None = None
        self.error: str | None = None
        self._run, self._trained, self._count = run, trained, count
        self._tried: dict[int, LengthPoint | None] = {}
        self._wanted, self._looked = 0, 0.0
        self._working = False
        self._lock = threading.Lock()

    def look(self, longest: int) -> tuple[LengthPoint, ...]:
        """Return what is known up to a length; what is not will be found out."""
        with self._lock:
            self._wanted, self._looked = longest, time.monotonic()
            if self._next() is not None and self.error is None and not self._working:
                self._working = True
                threading.Thread(target=self._work, name=THREAD, daemon=True).start()
            tried = sorted(self._tried.items())
        return tuple(point for length, point in tried if point is not None and length <= longest)

    def left(self, longest: int) -> int:
        """Return how many lengths are still to be tried."""
        if self.error is not None:
            return 0
        return sum(length not in self._tried for length in range(1, longest + 1))

    def _work(self) -> None:
        try:
            with _turn:
                test = length_test(self._run, self._trained, self._count)
            self.seen = test.seen
            while (length := self._go_on()) is not None:
                with _turn, one_blas_thread():
                    point = test.at(length)
                with self._lock:
                    self._tried[length] = point
                time.sleep(0.001)  # so that others who wait get their turn
        except (ValueError, ArithmeticError, OSError, MemoryError) as error:
            self.error = str(error) or "there is not enough memory"
            self._working = False

    def _go_on(self) -> int | None:
        """Return the length to try now, or take a rest."""
        with self._lock:
            patient = time.monotonic() - self._looked < PATIENCE
            length = self._next() if patient else None
            self._working = length is not None
            return length

    def _next(self) -> int | None:
        lengths = range(1, self._wanted + 1)
        return next((length for length in lengths if length not in self._tried), None)


def measuring(subject: Subject, count: int) -> Measuring:
    """Return the test of a model, the same for all who look at it."""
    newest = subject.trained.step is not None
    return _measuring(subject.run.folder, subject.version, newest, count, subject.trained)


@st.cache_resource(show_spinner=False, max_entries=32)
def _measuring(
    folder: Path, version: int, newest: bool, count: int, _trained: Trained
) -> Measuring:
    return Measuring(Run(folder), _trained, count)
