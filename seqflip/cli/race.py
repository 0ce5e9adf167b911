"""``python -m seqflip race FILE``: variants of a configuration, trained side by side.

With ``--cluster`` the seeds and variants are spread over more than one machine. Nothing is kept but
what ``--output`` asks for. The Race page runs the same files, and shows them while they run.
"""

import argparse
import contextlib
import logging
import os
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from tqdm import tqdm

from seqflip.cli.commandline import FAILED, Parser, fail, guarded
from seqflip.cli.console import draws_bar, told_to
from seqflip.cli.interruptions import Interrupted, Interruptions
from seqflip.cli.output import check_output, write_output
from seqflip.cli.progress import terminal_size
from seqflip.config.files import override
from seqflip.data.tasks import Dataset, make_dataset
from seqflip.learning.stepwise import StepwiseTraining
from seqflip.learning.training import TrainingState
from seqflip.race.config import RaceConfig, load_race
from seqflip.race.lockstep import lockstep
from seqflip.race.record import Record, Standing
from seqflip.race.results import Round, results, round_of
from seqflip.server.cluster.connection import check_cluster
from seqflip.server.cluster.races import Tell, race_on
from seqflip.system.blas import keep_freed_memory, one_blas_thread

_log = logging.getLogger("seqflip")
_progress_log = logging.getLogger("seqflip.cli.progress")

_REDRAW_SECONDS: Final = 0.1
_LINE_SECONDS: Final = 2.0


def main(argv: Sequence[str] | None = None) -> int:
    """Run a race from the command line, and return what the process should exit with."""
    arguments = _parser().parse_args(argv)
    with Interruptions():
        return guarded(lambda: _race(arguments))


def _parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog="seqflip race",
        description="Train two to four variants of one configuration side by side, on the same "
        "data, from the same seed, step for step.",
        epilog="configs/race-*.yaml are such files. Interrupted by Ctrl-C, nothing is written.",
    )
    parser.add_argument(
        "file", metavar="FILE", type=Path, help="the race: a configuration with its variants"
    )
    parser.add_argument(
        "--set",
        metavar="SECTION.KEY=VALUE",
        action="append",
        default=[],
        dest="settings",
        help="change a setting of what all variants have in common; may be given several times",
    )
    parser.add_argument(
        "--seeds",
        metavar="N",
        type=int,
        help="repeat the race from so many seeds, and tell the median and the range",
    )
    parser.add_argument(
        "--cluster",
        metavar="ADDRESS",
        nargs="?",
        const="",
        help="spread seeds and variants over a Dask cluster, whose scheduler is at an address such "
        "as tcp://192.168.1.5:8786; without ADDRESS, where SEQFLIP_CLUSTER says",
    )
    parser.add_argument(
        "--output", metavar="FILE", type=Path, help="write curves and results to this JSON file"
    )
    parser.add_argument(
        "--quiet", action="store_true", help="say nothing unless something is wrong"
    )
    return parser


def _race(arguments: argparse.Namespace) -> int:
    cluster = _cluster(arguments.cluster)
    config = override(load_race(arguments.file), arguments.settings)
    if arguments.seeds is not None:
        config = RaceConfig(**{**config.model_dump(), "seeds": arguments.seeds})
    dataset = make_dataset(config.data)
    if arguments.output is not None:
        check_output(arguments.output)
    with told_to(config.logging, quiet=arguments.quiet), one_blas_thread():
        for remark in dataset.remarks:
            _log.warning("%s: %s", config.data.path, remark)
        keep_freed_memory()
        bar = draws_bar(config.logging, quiet=arguments.quiet)
        try:
            with _progress(config, bar=bar) as tell:
                rounds = (
                    [_round(config, dataset, i, tell) for i in range(config.seeds)]
                    if cluster is None
                    else race_on(cluster, config, tell)
                )
        except Interrupted as interrupted:
            return fail(interrupted.code, "interrupted; nothing was written")
        found = results(config, rounds)
        if arguments.output is not None:
            write_output(arguments.output, found)
        return _tell(config, found, arguments)


def _cluster(given: str | None) -> str | None:
    """Return the address of the cluster that is asked for, if one is."""
    if given is None:
        return None
    what = "--cluster" if given else "SEQFLIP_CLUSTER"
    address = given or os.environ.get("SEQFLIP_CLUSTER", "")
    check_cluster(address, what)
    return address


def _round(config: RaceConfig, dataset: Dataset, number: int, tell: Tell) -> Round:
    """Run the race once."""
    records = {name: Record() for name in config.variants}
    configs = config.lanes(number)
    steps = max(lane.total_steps for lane in configs.values())
    lanes = [
        StepwiseTraining(TrainingState.begin(lane, dataset), dataset, records[name].take)
        for name, lane in configs.items()
    ]
    for _ in lockstep(lanes):
        standings = {name: record.standing() for name, record in records.items()}
        done = min(standing.steps for standing in standings.values())
        tell(number * steps + done, number, standings)
    return round_of(config.seed(number), records, over=True)


@contextlib.contextmanager
def _progress(config: RaceConfig, *, bar: bool) -> Iterator[Tell]:
    """Tell how far the race is: a bar at a terminal, plain lines otherwise."""
    steps = max(lane.total_steps for lane in config.lanes().values())
    drawn = tqdm(
        total=steps * config.seeds,
        file=sys.stderr,
        disable=not bar,
        bar_format="{desc}  step {n_fmt}/{total_fmt}  {remaining} left |{bar}|",
        **(terminal_size() if bar else {}),
    )
    told = shown = time.monotonic()

    def tell(done: float, number: int, standings: Mapping[str, Standing]) -> None:
        nonlocal told, shown
        now = time.monotonic()
        if now - shown >= _REDRAW_SECONDS:
            shown = now
            drawn.set_description_str(_in_words(standings), refresh=False)
            drawn.update(round(done) - drawn.n)
        if now - told >= _LINE_SECONDS:
            told = now
            step = min(standing.steps for standing in standings.values())
            which = f"seed {number + 1}/{config.seeds}  " if config.seeds > 1 else ""
            _progress_log.info("%sstep %s/%s  %s", which, step, steps, _in_words(standings))

    try:
        yield tell
        drawn.update(steps * config.seeds - drawn.n)
    finally:
        drawn.close()


def _in_words(standings: Mapping[str, Standing]) -> str:
    return "  ".join(
        f"{name} {'–' if exact is None else format(exact, '.1%')}"
        for name, (_, exact) in standings.items()
    )


def _tell(config: RaceConfig, found: dict[str, Any], arguments: argparse.Namespace) -> int:
    """Say what happened."""
    for line in _table(config, found):
        _log.info("%s", line)
    _log.info("%s", found["sentence"])
    if arguments.output is not None:
        _log.info("results: %s", arguments.output)
    diverged = {
        name
        for one in found["rounds"]
        for name, lane in one["lanes"].items()
        if lane["reason"] == "diverged"
    }
    for name in diverged:
        _log.error("%s diverged; try a smaller training.learning_rate", name)
    return FAILED if len(diverged) == len(config.variants) else 0


def _table(config: RaceConfig, found: dict[str, Any]) -> Iterator[str]:
    """Yield the lines of a small table: when each level was reached, and how it ended."""
    width = max(map(len, config.variants))
    head = "".join(f"{f'{level:.1%} after':>16}" for level in found["levels"])
    yield f"{'':{width}}{head}{'exact match':>14}{'steps/s':>9}{'parameters':>12}"
    for name, lane in found["summary"].items():
        steps = [lane["reached"][f"{level:g}"]["steps"]["median"] for level in found["levels"]]
        cells = "".join(f"{'–' if one is None else f'{one:,} steps':>16}" for one in steps)
        exact, pace = lane["sequence_accuracy"]["median"], lane["steps_per_second"]["median"]
        yield (
            f"{name:{width}}{cells}{'–' if exact is None else f'{exact:.2%}':>14}"
            f"{'–' if pace is None else f'{pace:.0f}':>9}{lane['parameters']:>12,}"
        )
