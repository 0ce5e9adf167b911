"""Reading files that others write: no more than one may have, and no more memory than it has."""

import os
import stat
from pathlib import Path
from typing import BinaryIO

from seqflip.system.patience import patiently


def open_to_read(path: Path) -> BinaryIO:
    """Open a file, which somebody may be replacing at this moment."""
    return patiently(lambda: open(path, "rb"))


def read_at_most(file: BinaryIO, most: int) -> bytes:
    """Return what follows in a file, but no more than so many bytes.

    ``file.read(most)`` takes the memory for all of them before it looks. Done many times a second,
    with little in the file, that tears holes of megabytes into the memory of a server.
    """
    about = os.fstat(file.fileno())
    if stat.S_ISREG(about.st_mode):  # a pipe does not know how much will come
        most = min(most, max(0, about.st_size - file.tell()))
    return file.read(most)
