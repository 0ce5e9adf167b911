"""Training steps per second of SeqFlip and its peers."""

import sys
from collections.abc import Iterable
from contextlib import ExitStack
from statistics import median

from benchmarks.agreement import require_same
from benchmarks.contestant import PRODUCTS, SEQFLIP, contestants
from benchmarks.problem import Problem
from benchmarks.process import Process, Took
from benchmarks.rounds import interleaved, median_cpu_rate, median_ratio
from benchmarks.table import table

HEADERS = (
    "d_model",
    "contestant",
    "steps/s",
    "steps/CPU s",
    "SeqFlip is faster by",
    "× the products' time",
    "ready after",
)


def compare_speed(
    sizes: Iterable[int], rounds: int, seconds: float, architecture: str = "recurrent"
) -> str:
    """Return the table of all sizes, in rounds of blocks of so many seconds."""
    problems = (Problem.draw(d_model, architecture=architecture) for d_model in sizes)
    rows = [row for problem in problems for row in compare_in(problem, rounds, seconds)]
    return table(HEADERS, rows)


def compare_in(problem: Problem, rounds: int, seconds: float) -> list[list[str]]:
    """Return the rows of one problem."""
    d_model = problem.d_model
    processes: dict[str, Process] = {}
    with ExitStack() as stack:
        for name in contestants(problem):
            tell(f"d_model {d_model}: getting {name} ready")
            processes[name] = stack.enter_context(Process(name, problem))
        working = {name: p for name, p in processes.items() if p.failure is None}
        tell(f"d_model {d_model}: timing")
        check_agreement(working)
        times = interleaved(working, rounds, seconds)
    return [
        row(problem, process, times) if name in times else failed_row(problem, process)
        for name, process in processes.items()
    ]


def tell(message: str) -> None:
    """Say on standard error what takes so long."""
    print(message, file=sys.stderr, flush=True)


def check_agreement(processes: dict[str, Process]) -> None:
    """Hold all losses and gradients against SeqFlip's, at the weights that all begin with."""
    ours = processes[SEQFLIP].loss_and_gradients()
    for name, process in processes.items():
        if name not in (SEQFLIP, PRODUCTS):
            require_same(name, process.loss_and_gradients(), ours)


def row(problem: Problem, process: Process, times: dict[str, list[Took]]) -> list[str]:
    """Return a contestant's row."""
    name = process.name
    own = times[name]
    ratio = median_ratio(times[SEQFLIP], own)
    return [
        str(problem.d_model),
        name,
        f"{median(took.rate for took in own):.0f}",
        f"{median_cpu_rate(own):.0f}",
        "" if name in (SEQFLIP, PRODUCTS) else f"{ratio:.2f}",
        f"{median_ratio(times[PRODUCTS], own):.2f}",
        f"{process.ready_after:.1f} s",
    ]


def failed_row(problem: Problem, process: Process) -> list[str]:
    """Return the row of one who could not compete."""
    return [str(problem.d_model), f"{process.name} ({process.failure})", *[""] * (len(HEADERS) - 2)]
