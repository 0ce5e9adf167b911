"""A contestant in a process of its own, where no other library's threads or memory are in its way.

All are treated alike: they have the environment that SeqFlip gives to its training processes (one
thread for BLAS and OpenMP, memory that is kept) and are confined to one and the same core. That is
also what holds JAX to one thread, for which it has no setting of its own.
"""

import os
import time
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NamedTuple, Self

from benchmarks.contestant import contestants, make
from benchmarks.problem import Array, Problem
from seqflip.server.processes import WORKER_ENVIRONMENT


class Took(NamedTuple):
    """How long steps took: by the clock, and in processor time of all threads together."""

    steps: int
    seconds: float
    cpu_seconds: float

    @property
    def rate(self) -> float:
        """Steps per second by the clock."""
        return self.steps / self.seconds

    @property
    def cpu_rate(self) -> float:
        """Steps per second of processor time."""
        return self.steps / self.cpu_seconds


class Failed(RuntimeError):
    """A contestant could not do what it was asked to; the message says why."""


class Process:
    """One contestant, at work on one problem.

    Parameters
    ----------
    name : one of the problem's contestants
    problem : Problem

    Attributes
    ----------
    ready_after : seconds from nothing to the first finished step, compiling included
    failure : why there is nothing to time, or None
    """

    def __init__(self, name: str, problem: Problem) -> None:
        os.environ |= WORKER_ENVIRONMENT  # inherited by the process that is about to start
        self.name, self.problem = name, problem
        self.failure: str | None = None
        context = get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, name, problem))
        began = time.perf_counter()
        self._process.start()
        theirs.close()
        try:
            self.run(1)
        except Failed as error:
            if not contestants(problem)[name].may_fail:
                self.close()
                raise
            self.failure = str(error)
        self.ready_after = time.perf_counter() - began

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the process."""
        self._pipe.close()
        self._process.join()

    def run(self, steps: int) -> Took:
        """Do so many steps."""
        return Took(steps, *self._ask("run", steps))

    def loss_and_gradients(self) -> tuple[float, dict[str, Array]]:
        """Return the first batch's loss and gradients."""
        loss, gradients = self._ask("loss_and_gradients")
        return loss, gradients

    def resident_bytes(self) -> int:
        """Return how much memory the process holds (on Linux)."""
        pages = Path(f"/proc/{self._process.pid}/statm").read_text(encoding="utf-8").split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")

    def _ask(self, what: str, *arguments: object) -> Any:
        try:
            self._pipe.send((what, arguments))
            answer = self._pipe.recv()
        except (EOFError, OSError):
            raise Failed(f"{self.name}: its process died") from None
        if isinstance(answer, Failed):
            raise answer
        return answer


def _serve(pipe: Connection, name: str, problem: Problem) -> None:
    """Answer until nobody asks any more."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    contestant = None
    while True:
        try:
            what, arguments = pipe.recv()
        except EOFError:
            return
        try:
            contestant = contestant or make(name, problem)
            method = getattr(contestant, what)
            pipe.send(_timed(method, *arguments) if what == "run" else method(*arguments))
        except Exception as error:
            pipe.send(Failed(f"{name}: {type(error).__name__}: {_first_line(error)}"))


def _timed(run: Callable[[int], None], steps: int) -> tuple[float, float]:
    began, cpu_began = time.perf_counter(), time.process_time()
    run(steps)
    return time.perf_counter() - began, time.process_time() - cpu_began


def _first_line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), "")
