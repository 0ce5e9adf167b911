"""The command line: ``python -m seqflip``, or ``seqflip``.

It ends with 0 when training has ended well, 1 when it diverged or the machine failed, 2 when
something that was asked for cannot be, and 130 or 143 when it was interrupted by Ctrl-C or
SIGTERM.
"""

import argparse
import contextlib
import logging
import os
import shlex
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from seqflip.cli import app, lengths, race
from seqflip.cli.commandline import FAILED, Parser, fail, guarded
from seqflip.cli.console import draws_bar, say_what_can_be_said, told_to
from seqflip.cli.interruptions import Interruptions
from seqflip.cli.output import check_output, write_output
from seqflip.cli.own_pairs import spelled_out
from seqflip.cli.progress import Progress
from seqflip.config.config import Config
from seqflip.config.files import load_config, override
from seqflip.config.sections import LoggingConfig
from seqflip.data.tasks import make_dataset
from seqflip.learning.results import Metrics
from seqflip.learning.training import TrainingState
from seqflip.runs.creation import create_run
from seqflip.runs.lock import RunLock
from seqflip.runs.run import Run, RunError, RunInfo, new_run_id
from seqflip.runs.status import Status
from seqflip.runs.store import RunStore, default_root
from seqflip.session.opening import Opened, open_run
from seqflip.session.session import Session

_log = logging.getLogger("seqflip")

_COMMANDS: dict[str, Callable[[Sequence[str]], int]] = {
    "app": app.main,
    "race": race.main,
    "lengths": lengths.main,
}


def main(argv: Sequence[str] | None = None) -> int:
    """Train from the command line.

    Parameters
    ----------
    argv : sequence of str, optional
        The arguments; those of the process if there are none.

    Returns
    -------
    int
        What the process should exit with.
    """
    argv = sys.argv[1:] if argv is None else argv
    say_what_can_be_said()
    if argv and (command := _COMMANDS.get(argv[0])) is not None:
        return command(argv[1:])
    arguments = _parser().parse_args(argv)
    with Interruptions() as interruptions:
        begin = _resume if arguments.resume else _start
        return guarded(lambda: begin(arguments, interruptions))


def _parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog="seqflip",
        description="Train a sequence-to-sequence model with attention.\n\n"
        "There are other commands as well, each with a --help of its own:\n"
        "  seqflip app           open SeqFlip in the browser\n"
        "  seqflip race FILE     train variants of a configuration side by side\n"
        "  seqflip lengths RUN   try trained models on longer and longer sequences",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="Interrupted by Ctrl-C, training is saved, without --run-dir to a folder in runs/,\n"
        "and says how to go on.",
    )
    start = parser.add_mutually_exclusive_group()
    start.add_argument(
        "--config",
        metavar="FILE",
        type=Path,
        help="the configuration, a YAML file; without it, all defaults",
    )
    start.add_argument(
        "--resume",
        metavar="DIR",
        type=Path,
        help="go on with the run in this folder, as it was configured",
    )
    parser.add_argument(
        "--set",
        metavar="SECTION.KEY=VALUE",
        action="append",
        default=[],
        dest="settings",
        help="change a setting of the configuration; may be given several times; "
        "data.pairs=FILE learns all pairs of a file",
    )
    parser.add_argument(
        "--run-dir",
        metavar="DIR",
        type=Path,
        help="keep the run in this new folder: configuration, history, checkpoints, weights; "
        "in runs/ the app shows it",
    )
    parser.add_argument(
        "--output", metavar="FILE", type=Path, help="write the metrics to this JSON file"
    )
    parser.add_argument(
        "--quiet", action="store_true", help="say nothing unless something is wrong"
    )
    return parser


def _start(arguments: argparse.Namespace, interruptions: Interruptions) -> int:
    """Train what a configuration describes."""
    config = Config() if arguments.config is None else load_config(arguments.config)
    config = override(config, spelled_out(config, arguments.settings))
    dataset = make_dataset(config.data)
    if arguments.output is not None:
        check_output(arguments.output, folder_to_come=arguments.run_dir)
    with contextlib.ExitStack() as stack:
        stack.enter_context(told_to(config.logging, quiet=arguments.quiet))
        for remark in dataset.remarks:
            _log.warning("%s: %s", config.data.path, remark)
        folder = arguments.run_dir
        if folder is None:
            scratch = stack.enter_context(tempfile.TemporaryDirectory(prefix="seqflip-"))
            folder = Path(scratch, new_run_id(config))
        run = create_run(folder, config, RunInfo(name=folder.name, created=time.time()))
        stack.enter_context(RunLock(run.folder))
        opened = Opened(config, dataset, TrainingState.begin(config, dataset), resumed=False)
        return _train(run, opened, arguments, interruptions)


def _resume(arguments: argparse.Namespace, interruptions: Interruptions) -> int:
    """Go on with a run."""
    for given, option in ((arguments.settings, "--set"), (arguments.run_dir, "--run-dir")):
        if given:
            raise RunError(f"{option} cannot be used with --resume: a run goes on as it began")
    run = Run(arguments.resume)
    if not run.exists():
        raise RunError(f"{run.folder}: there is no run in this folder")
    if arguments.output is not None:
        check_output(arguments.output)
    status = run.status()
    if status.state in ("finished", "diverged"):
        return _say_it_has_ended(run, status, arguments)
    if not os.access(run.folder, os.W_OK):
        raise RunError(f"{run.folder}: nothing can be written to this folder")
    with RunLock.unclaimed(run.folder):
        opened = open_run(run)
        with told_to(opened.config.logging, quiet=arguments.quiet):
            return _train(run, opened, arguments, interruptions)


def _train(
    run: Run, opened: Opened, arguments: argparse.Namespace, interruptions: Interruptions
) -> int:
    """Train until the end or an interruption, and say how it went."""
    config = opened.config
    bar = draws_bar(config.logging, quiet=arguments.quiet)
    progress = Progress(config.training.epochs, bar=bar)
    scratch = arguments.run_dir is None and arguments.resume is None
    session = Session(run, opened, progress, scratch=scratch)
    interruptions.tell(session)
    try:
        status = session.train()
    finally:
        progress.close()
    if session.metrics is None:
        folder = _keep(run) if scratch else run.folder
        return fail(
            interruptions.code,
            f"{status.message} Resume with: {_resume_command(folder, arguments)}",
        )
    if arguments.output is not None:
        write_output(arguments.output, session.metrics)
    return _tell_result(status, session.metrics, arguments)


def _say_it_has_ended(run: Run, status: Status, arguments: argparse.Namespace) -> int:
    """Leave a run as it is that has nothing left to do."""
    metrics = run.metrics()
    if metrics is None:
        raise RunError(f"{run.folder}: this run has ended, but its metrics.json cannot be read")
    if arguments.output is not None:
        write_output(arguments.output, metrics)
    with told_to(LoggingConfig(), quiet=arguments.quiet):
        _log.info(
            "%s has ended already, at step %s; nothing is left to do.",
            run.folder,
            f"{status.step:,}",
        )
        return _tell_result(status, metrics, arguments)


def _tell_result(status: Status, metrics: Metrics, arguments: argparse.Namespace) -> int:
    """Say how training ended, and how well the model does on data that it has never seen."""
    if status.state == "diverged":
        _log.error("%s", status.message)
    else:
        _log.info("%s", status.message)
    _log.info("held-out data: %s", _in_words(metrics))
    if arguments.output is not None:
        _log.info("metrics: %s", arguments.output)
    if arguments.run_dir is not None:
        _log.info("run: %s", arguments.run_dir)
    return FAILED if status.state == "diverged" else 0


def _in_words(metrics: Metrics) -> str:
    shown = {
        "test_sequence_accuracy": "exact match {:.2%}",
        "test_accuracy": "token accuracy {:.2%}",
        "test_loss": "loss {:.4f}",
        "test_alignment": "attention on the true place {:.1%}",
    }
    return ", ".join(
        text.format(metrics[name]) for name, text in shown.items() if metrics[name] is not None
    )


def _keep(run: Run) -> Path:
    """Move a run that nobody asked to keep to where it can be taken up again."""
    try:
        return RunStore(default_root()).adopt(run.folder).folder
    except OSError as error:
        raise RunError(
            f"{default_root()}: the interrupted run cannot be kept there: {error.strerror or error}"
        ) from None


def _resume_command(folder: Path, arguments: argparse.Namespace) -> str:
    command = ["python", "-m", "seqflip", "--resume", str(folder)]
    if arguments.output is not None:
        command += ["--output", str(arguments.output)]
    return shlex.join(command)
