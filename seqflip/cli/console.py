"""What the command line says, and where: results to standard output, trouble to standard error."""

import contextlib
import io
import logging
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from tqdm import tqdm

from seqflip.cli.output import check_output
from seqflip.config.sections import LoggingConfig

_PACKAGE = "seqflip"


@contextlib.contextmanager
def told_to(config: LoggingConfig, *, quiet: bool) -> Iterator[None]:
    """Say what the configuration asks for, where it asks for, as long as the context is open.

    Parameters
    ----------
    config : LoggingConfig
        How much is told, and the file to append it to.
    quiet : bool
        Whether the terminal is told of trouble only.
    """
    level = logging.getLevelNamesMapping()[config.level.upper()]
    console = _Console(max(level, logging.WARNING) if quiet else level)
    if draws_bar(config, quiet=quiet):
        console.addFilter(_no_lines)
    handlers: list[logging.Handler] = [console]
    if config.file is not None:
        check_output(Path(config.file), what="the log")
        handlers.append(_log_file(config.file, level))
    logger = logging.getLogger(_PACKAGE)
    before = logger.level, logger.propagate
    logger.setLevel(level)
    logger.propagate = False
    for handler in handlers:
        logger.addHandler(handler)
    try:
        yield
    finally:
        for handler in handlers:
            logger.removeHandler(handler)
            handler.close()
        logger.level, logger.propagate = before


def draws_bar(config: LoggingConfig, *, quiet: bool) -> bool:
    """Whether progress is a bar at a terminal; lines are for pipes and files."""
    return sys.stderr.isatty() and not quiet and config.level in ("debug", "info")


def say_what_can_be_said() -> None:
    """Let a terminal that lacks a character show a question mark for it, and go on."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _no_lines(record: logging.LogRecord) -> bool:
    return record.name != f"{_PACKAGE}.progress"


def _log_file(path: str, level: int) -> logging.Handler:
    handler = logging.FileHandler(path, encoding="utf-8", delay=True)
    handler.setLevel(level)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    return handler


class _Console(logging.Handler):
    """Prints messages above the bar, and goes on in silence when nobody reads them any more."""

    def emit(self, record: logging.LogRecord) -> None:
        stream = sys.stderr if record.levelno >= logging.WARNING else sys.stdout
        try:
            tqdm.write(self.format(record), file=stream)
            stream.flush()
        except BrokenPipeError:
            # What is still buffered would fail again, and aloud, when the interpreter ends.
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        except OSError as error:
            error.filename = "standard output"
            raise
