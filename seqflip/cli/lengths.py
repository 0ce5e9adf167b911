"""``python -m seqflip lengths RUN``: how good a model is at sequences of each length."""

import argparse
import logging
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tqdm import tqdm

from seqflip.cli.commandline import Parser, guarded
from seqflip.cli.console import draws_bar, told_to
from seqflip.cli.interruptions import Interruptions
from seqflip.cli.output import check_output, write_output
from seqflip.cli.progress import terminal_size
from seqflip.config.sections import LARGEST_SEED, LoggingConfig
from seqflip.runs.run import Run, RunError
from seqflip.runs.trained import find_run
from seqflip.study.lengths import COUNT, TIMES, LengthPoint, LengthTest, longest_to_try, open_test
from seqflip.study.lengths_report import Report, as_json, as_table, sentence
from seqflip.system.blas import one_blas_thread

_log = logging.getLogger("seqflip")
_progress_log = logging.getLogger("seqflip.cli.progress")

LONGEST: Final = 1000
MOST: Final = 100_000
_LINE_SECONDS: Final = 1.0

Tell = Callable[[Run, LengthPoint], None]


def main(argv: Sequence[str] | None = None) -> int:
    """Test lengths from the command line, and return what the process should exit with."""
    arguments = _parser().parse_args(argv)
    with Interruptions():
        return guarded(lambda: _test(arguments), interrupted="before anything was written")


def _parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog="seqflip lengths",
        description="Try trained models on sequences of each length, far beyond those that they "
        "were trained on: exact match, token accuracy and alignment, with 95 % intervals.",
    )
    parser.add_argument(
        "runs",
        metavar="RUN",
        nargs="+",
        help="a run's folder, or the id of one in runs/ or examples/",
    )
    parser.add_argument(
        "--max",
        metavar="LENGTH",
        type=_number(1, LONGEST),
        dest="longest",
        help=f"the longest sequences; without it, {TIMES} times the longest of training",
    )
    parser.add_argument(
        "--min",
        metavar="LENGTH",
        type=_number(1, LONGEST),
        default=1,
        dest="shortest",
        help="the shortest sequences; without it, 1",
    )
    parser.add_argument(
        "--count",
        metavar="N",
        type=_number(1, MOST),
        default=COUNT,
        help=f"how many sequences of each length; without it, {COUNT}",
    )
    parser.add_argument(
        "--seed",
        metavar="N",
        type=_number(0, LARGEST_SEED),
        default=0,
        help="chooses the sequences; without it, 0",
    )
    parser.add_argument(
        "--output", metavar="FILE", type=Path, help="write all numbers to this JSON file"
    )
    parser.add_argument(
        "--quiet", action="store_true", help="say nothing unless something is wrong"
    )
    return parser


def _number(low: int, high: int) -> Callable[[str], int]:
    """Return a reader of whole numbers within bounds."""

    def read(text: str) -> int:
        if text.isascii() and text.isdecimal() and len(text) <= 20 and low <= int(text) <= high:
            return int(text)
        raise argparse.ArgumentTypeError(
            f"must be a whole number from {low:,} to {high:,}, not {text[:40]!r}"
        )

    return read


def _test(arguments: argparse.Namespace) -> int:
    runs = {run.folder.resolve(): run for run in map(find_run, arguments.runs)}
    count, seed = arguments.count, arguments.seed
    tests = [(run, open_test(run, count=count, seed=seed)) for run in runs.values()]
    shortest, longest = arguments.shortest, arguments.longest
    longest = longest or max(min(longest_to_try(test.trained), LONGEST) for _, test in tests)
    if shortest > longest:
        raise RunError(f"--min must be at most {longest}, the longest length, not {shortest}")
    if arguments.output is not None:
        check_output(arguments.output)
    bar = draws_bar(LoggingConfig(), quiet=arguments.quiet)
    with told_to(LoggingConfig(), quiet=arguments.quiet), one_blas_thread():
        with _progress(len(tests) * (longest + 1 - shortest), bar=bar) as tell:
            reports = [_report(run, test, shortest, longest, tell) for run, test in tests]
        if arguments.output is not None:
            write_output(arguments.output, as_json(reports, count=count, seed=seed))
        _log.info("%s", as_table(reports, "exact_match"))
        _log.info("%s", sentence(reports, "exact_match"))
        if arguments.output is not None:
            _log.info("numbers: %s", arguments.output)
    return 0


def _report(run: Run, test: LengthTest, shortest: int, longest: int, tell: Tell) -> Report:
    """Test one run."""
    points = []
    for point in test.points(longest, shortest):
        points.append(point)
        tell(run, point)
    if not points:
        raise RunError(
            f"{run.id} learned from a file of pairs, and has no held-out ones of these lengths"
        )
    trained = test.trained
    name = run.info().name or run.id
    return Report(run.id, name, trained.step, test.seen, tuple(points), trained.vocabulary)


@contextmanager
def _progress(total: int, *, bar: bool) -> Iterator[Tell]:
    """Tell how far the test is: a bar at a terminal, plain lines otherwise."""
    size = terminal_size() if bar else {}
    drawn = tqdm(total=total, file=sys.stderr, disable=not bar, unit="length", **size)
    told = time.monotonic()

    def tell(run: Run, point: LengthPoint) -> None:
        nonlocal told
        what = f"{run.id}  length {point.length}  exact match {point.exact_match.value:.1%}"
        drawn.set_description_str(what, refresh=False)
        drawn.update()
        if time.monotonic() - told >= _LINE_SECONDS:
            told = time.monotonic()
            _progress_log.info("%s", what)

    try:
        yield tell
        drawn.update(total - drawn.n)
    finally:
        drawn.close()
