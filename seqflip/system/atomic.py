"""Files that are either the old ones or the new ones, whole, whenever somebody looks.

A run is read by web pages while it is written, and may be killed at any moment. So whatever is
not merely appended to is written under another name first, and then takes the old file's place in
one step. On Windows, that step waits for whoever has the old file open for a moment.
"""

import contextlib
import json
import os
import secrets
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import IO, Any

from seqflip.system.patience import patiently


@contextlib.contextmanager
def atomic_file(path: Path, *, durable: bool = True) -> Iterator[IO[bytes]]:
    """Open a file for writing that takes the place of ``path`` when the block ends well.

    Parameters
    ----------
    path : Path
        The file to replace, or to create.
    durable : bool
        Wait until the disk has it, so that it survives a power cut too. Without, it survives
        everything that only ends processes, and costs next to nothing.
    """
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        with open(temporary, "wb") as file:
            yield file
            if durable:
                flush_to_disk(file)
        patiently(lambda: os.replace(temporary, path))
    except BaseException as error:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        if isinstance(error, OSError) and error.filename is None:
            error.filename = str(path)  # a full disk does not say by itself what did not fit
        raise
    if durable:
        sync_directory(path.parent)


def flush_to_disk(file: IO[bytes]) -> None:
    """Wait until the disk has all that was written to ``file``."""
    file.flush()
    os.fsync(file.fileno())


def sync_directory(path: Path) -> None:
    """Wait until the disk has the names in this folder; Windows opens no folders for that."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_all(folder: Path) -> None:
    """Wait until the disk has all files of a folder that was just copied, and their names."""
    for path in folder.iterdir():
        with open(path, "rb+") as file:
            flush_to_disk(file)
    sync_directory(folder)


def shorten(path: Path, length: int) -> None:
    """Cut off what a file has beyond so many bytes; who has it open keeps what it was."""
    with atomic_file(path) as new, open(path, "rb") as old:
        while length and (part := old.read(min(length, 1 << 20))):
            length -= new.write(part)


def remove(path: Path) -> None:
    """Delete a file, if there is one."""
    patiently(lambda: path.unlink(missing_ok=True))


def move_folder(folder: Path, target: Path) -> None:
    """Give a folder another name, at which there is nothing or an empty folder.

    Raises
    ------
    FileExistsError, OSError
        If there is something, with the errno ``EEXIST`` or ``ENOTEMPTY``.
    """
    with contextlib.suppress(OSError):
        target.rmdir()  # Windows takes an empty folder for something
    patiently(lambda: os.rename(folder, target))


def write_text(path: Path, text: str, *, durable: bool = True) -> None:
    """Replace a file by this text."""
    with atomic_file(path, durable=durable) as file:
        file.write(text.encode())


def write_json(path: Path, value: Mapping[str, Any], *, durable: bool = True) -> None:
    """Replace a file by this value as JSON; what is written to last is written to be read."""
    text = json.dumps(value, ensure_ascii=False, indent=2 if durable else None)
    write_text(path, text + "\n", durable=durable)


def remove_leftovers(folder: Path, *, but: Collection[str] = ()) -> None:
    """Delete what killed writers left half-written, but for files that others may be writing."""
    for leftover in folder.glob(".*.tmp"):
        if not any(leftover.name.startswith(f".{name}.") for name in but):
            with contextlib.suppress(OSError):
                leftover.unlink()
