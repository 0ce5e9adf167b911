"""Pairs that a visitor brings: kept beside the runs, until a run has a copy of its own.

They lie under a name that follows from who brought them and from what they are, so that nobody
finds those of another, and the same lie there once.
"""

import hashlib
import shutil
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from seqflip.data.pairs import MAX_BYTES, read_pairs, whole_file
from seqflip.data.pairs.pairs import Pairs
from seqflip.runs.run import PAIRS
from seqflip.system.atomic import atomic_file

FOLDER: Final = ".brought"
_KEPT_SECONDS: Final = 86_400
_MOST: Final = 50  # of all visitors together; the oldest go


class File(NamedTuple):
    """What was dropped or pasted."""

    name: str
    content: bytes


class BroughtError(ValueError):
    """What cannot be taken; the message says why in one sentence."""


def bring(root: Path, files: Sequence[File], visitor: str) -> Path:
    """Keep pairs, and return the file that they are in now.

    Parameters
    ----------
    root : Path
        Where runs are kept.
    files : sequence of File
        One file; or two, the sources and the targets line by line.
    visitor : str
        The secret by which the visitor is known.

    Raises
    ------
    BroughtError
        If they are no one or two files, or too large.
    """
    if not 1 <= len(files) <= 2:
        raise BroughtError("give one file of pairs, or two: sources and targets, line by line")
    if sum(len(file.content) for file in files) > MAX_BYTES:
        raise BroughtError(f"more than {MAX_BYTES:,} bytes are too many")
    folder = root / FOLDER / _digest(files, visitor)
    path = folder / PAIRS[0]
    if path.exists():
        return path
    _make_room(root / FOLDER)
    folder.mkdir(parents=True, exist_ok=True)
    content = files[0].content if len(files) == 1 else _joined(folder, files)
    with atomic_file(path) as file:
        file.write(content)
    return path


def read_brought(path: Path, reading: Mapping[str, Any]) -> Pairs:
    """Read what was brought; ``reading`` says how, as :func:`seqflip.data.read_pairs` is told.

    Raises
    ------
    BroughtError
        If there are no pairs in it.
    """
    try:
        return read_pairs(path, **reading)
    except ValueError as error:
        raise BroughtError(str(error).removeprefix(f"{path}: ")) from None


def _digest(files: Sequence[File], visitor: str) -> str:
    found = hashlib.sha256(visitor.encode())
    for file in files:
        found.update(hashlib.sha256(file.content).digest())
    return found.hexdigest()[:32]


def _joined(folder: Path, files: Sequence[File]) -> bytes:
    """Return sources and targets as one text; which is which, their names say."""
    sides = sorted(files, key=lambda file: _says_target(file.name))
    for name, file in zip(("side.src", "side.tgt"), sides, strict=True):
        (folder / name).write_bytes(file.content)
    try:
        return whole_file(folder / "side.src")[1]
    except ValueError as error:
        raise BroughtError(str(error).replace("side.tgt", "the other one")) from None
    finally:
        for name in ("side.src", "side.tgt"):
            (folder / name).unlink()


def _says_target(name: str) -> bool:
    parts = name.lower().replace("-", ".").replace("_", ".").split(".")
    return not {"tgt", "target", "targets", "trg", "out", "output"}.isdisjoint(parts)


def _make_room(folder: Path) -> None:
    """Remove what is old, and what is too much."""
    kept = sorted(folder.glob("*"), key=lambda path: path.stat().st_mtime, reverse=True)
    for i, path in enumerate(kept):
        if i >= _MOST - 1 or time.time() - path.stat().st_mtime > _KEPT_SECONDS:
            shutil.rmtree(path, ignore_errors=True)
