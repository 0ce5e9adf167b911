"""The file that a user asked the results to be written to.

Training can take hours; that the results cannot be written is found out before it begins.
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from seqflip.system.atomic import write_json


class OutputError(ValueError):
    """A path to which nothing can be written; the message says why."""


def check_output(
    path: Path, *, folder_to_come: Path | None = None, what: str = "the results"
) -> None:
    """Find out whether a file can be written, and leave everything as it is.

    Parameters
    ----------
    path : Path
        The file, which may exist.
    folder_to_come : Path, optional
        A folder that will be there when the file is written.
    what : str
        What is to be written, for the message.

    Raises
    ------
    OutputError
        If it cannot.
    """
    try:
        target = _target(path)
        if folder_to_come is not None and target.parent == _target(folder_to_come):
            return
        existed = target.exists()
        if _is_special(target):
            return  # opening a device or a pipe could already have an effect
        with open(target, "ab"):
            pass
        if not existed:
            target.unlink()
    except (OSError, ValueError) as error:
        raise _explain(path, what, error) from None


def write_output(path: Path, values: Mapping[str, Any]) -> None:
    """Write the results as one JSON object.

    Raises
    ------
    OutputError
        If they cannot be written there any more.
    """
    try:
        target = _target(path)
        if _is_special(target) or not os.access(target.parent, os.W_OK):
            target.write_text(json.dumps(values, indent=2) + "\n", encoding="utf-8")
        else:
            write_json(target, values)
    except OSError as error:
        raise _explain(path, "the results", error) from None


def _target(path: Path) -> Path:
    """Return where a link leads, so that the link is not what is replaced."""
    return path if _is_special(path) else Path(os.path.realpath(path))


def _is_special(path: Path) -> bool:
    """Whether it is a device or a pipe."""
    return path.exists() and not path.is_file() and not path.is_dir()


def _explain(path: Path, what: str, error: Exception) -> OutputError:
    reason = getattr(error, "strerror", None) or str(error)
    return OutputError(f"{path}: {what} cannot be written there: {reason}")
