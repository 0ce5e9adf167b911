"""How SeqFlip's time per step grows with length and batch, and its memory with the steps."""

from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any

from benchmarks.contestant import SEQFLIP
from benchmarks.problem import Problem
from benchmarks.process import Process
from benchmarks.rounds import interleaved, median_cpu_rate
from benchmarks.table import table

D_MODEL = 64


def growth(name: str, sizes: Sequence[int], rounds: int, seconds: float) -> str:
    """Return the table of the time per step at growing ``length`` or ``batch_size``.

    Where the time per token stays the same, the time per step grows linearly.
    """
    grown: dict[int, dict[str, Any]] = {size: {name: size} for size in sizes}
    problems = {size: Problem.draw(D_MODEL, batches=8, **one) for size, one in grown.items()}
    with ExitStack() as stack:
        processes = {
            str(size): stack.enter_context(Process(SEQFLIP, problem))
            for size, problem in problems.items()
        }
        times = interleaved(processes, rounds, seconds)
    rows = []
    for size, problem in problems.items():
        step = 1 / median_cpu_rate(times[str(size)])
        per_token = step / (problem.batch_size * problem.length)
        rows.append([str(size), f"{1e3 * step:.2f}", f"{1e6 * per_token:.2f}"])
    return table((name, "ms/step", "µs/token"), rows)


def memory_over_steps(steps: Sequence[int]) -> str:
    """Return the table of the memory that a training process holds after so many steps."""
    rows, done = [], 0
    with Process(SEQFLIP, Problem.draw(D_MODEL)) as process:
        for total in steps:
            process.run(total - done)
            done = total
            rows.append([str(total), f"{process.resident_bytes() / 2**20:.1f}"])
    return table(("steps", "memory, MiB"), rows)
