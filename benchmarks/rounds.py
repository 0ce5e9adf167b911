"""Timing on a machine that others use too: everybody in turn, in short blocks, many times over.

On a core of one's own, processor time and the clock say the same; where others take their share of
the core, only the clock counts that. So what is compared is compared in processor time, within a
round, and of all rounds the median is taken.
"""

from collections.abc import Iterable, Mapping, Sequence
from statistics import median

from benchmarks.process import Process, Took


def calibrated_steps(process: Process, seconds: float) -> int:
    """Return how many steps take about so long, after some to warm up."""
    steps = 1
    while (took := process.run(steps)).seconds < seconds / 4:
        steps *= 2
    return max(1, round(took.rate * seconds))


def interleaved(
    processes: Mapping[str, Process], rounds: int, seconds: float
) -> dict[str, list[Took]]:
    """Time all processes in ``rounds`` rounds, in blocks of about ``seconds``.

    Returns
    -------
    dict
        For each of them one time a round; the order within a round changes from round to round.
    """
    steps = {name: calibrated_steps(process, seconds) for name, process in processes.items()}
    times: dict[str, list[Took]] = {name: [] for name in processes}
    names = list(processes)
    for _ in range(rounds):
        for name in names:
            times[name].append(processes[name].run(steps[name]))
        names.append(names.pop(0))
    return times


def median_cpu_rate(times: Iterable[Took]) -> float:
    """Return the median of the steps per second of processor time."""
    return median(took.cpu_rate for took in times)


def median_ratio(times: Sequence[Took], others: Sequence[Took]) -> float:
    """Return how many times as fast ``times`` are as ``others``, by rounds."""
    return median(mine.cpu_rate / other.cpu_rate for mine, other in zip(times, others, strict=True))
