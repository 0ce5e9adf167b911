"""What all commands have in common: how they read their arguments, and how they end."""

import argparse
import sys
from collections.abc import Callable
from typing import Any, Final, NoReturn

from seqflip.cli.interruptions import Interrupted
from seqflip.cli.output import OutputError
from seqflip.config.section import ConfigError
from seqflip.runs.checkpoint import CheckpointError
from seqflip.runs.lock import RunLocked
from seqflip.runs.run import RunError
from seqflip.server.cluster.connection import ClusterError

FAILED: Final = 1
BAD_INPUT: Final = 2

_BAD_INPUT = (ConfigError, CheckpointError, RunError, RunLocked, OutputError, ClusterError)


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one sentence, without the usage."""

    def __init__(self, **options: Any) -> None:
        super().__init__(allow_abbrev=False, **options)

    def error(self, message: str) -> NoReturn:
        """Exit with 2."""
        self.exit(BAD_INPUT, f"seqflip: {message}; see --help\n")


def guarded(command: Callable[[], int], *, interrupted: str = "before training began") -> int:
    """Return what the process should exit with; what goes wrong is told in one sentence.

    Parameters
    ----------
    command : callable
    interrupted : str
        What is to be said behind the word "interrupted", if a signal ends it.
    """
    try:
        return command()
    except Interrupted as signal:
        return fail(signal.code, f"interrupted {interrupted}")
    except _BAD_INPUT as error:
        return fail(BAD_INPUT, str(error))
    except MemoryError:
        return fail(FAILED, "there is not enough memory for this configuration")
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        return fail(FAILED, f"{where}{error.strerror or error}")


def fail(code: int, message: str) -> int:
    """Say why not on standard error, and return the exit code."""
    print(f"seqflip: {message}", file=sys.stderr)
    return code
