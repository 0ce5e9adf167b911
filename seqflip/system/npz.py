"""Arrays in one .npz file: written whole or not at all, read without trust.

Such files come from other people too. Nothing in them is ever executed (no pickle), and nothing
is allocated before the file has shown that it really holds as many bytes as it asks for: all
arrays lie in it uncompressed, so a small file cannot unpack into a large one.
"""

import io
import lzma
import math
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seqflip.system.atomic import atomic_file
from seqflip.system.reading import open_to_read

Arrays = dict[str, NDArray[Any]]

MAX_BYTES = 4 << 30
_MAX_ARRAYS = 10_000
DAMAGED = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, RuntimeError)
"""What reading a zip raises where it is damaged, or compressed in a way that nobody knows."""

_KINDS = "biuf"  # booleans, integers, floating point numbers


class NpzError(ValueError):
    """A file that does not hold plain arrays; the message says what is wrong with it."""


def save_npz(path: Path, arrays: Mapping[str, NDArray[Any]], *, durable: bool = True) -> None:
    """Write arrays by name, so that ``numpy.load(path)`` gives them back."""
    with atomic_file(path, durable=durable) as file:
        np.savez(file, allow_pickle=False, **arrays)


def load_npz(path: Path, *, max_bytes: int = MAX_BYTES) -> Arrays:
    """Read all arrays of a file that was written by :func:`save_npz`.

    Raises
    ------
    NpzError
        If it is anything else, is damaged, or is larger than ``max_bytes``.
    FileNotFoundError
        If there is no such file.
    """
    try:
        with open_to_read(path) as file:
            size = file.seek(0, 2)
            if size > max_bytes:
                raise NpzError(
                    f"{path}: {size:,} bytes are too many; at most {max_bytes:,} can be read"
                )
            with zipfile.ZipFile(file) as archive:
                return _read(archive, size)
    except (FileNotFoundError, NpzError):
        raise
    except OSError as error:
        raise NpzError(f"{path}: cannot be read ({error.strerror or error})") from error
    except (ValueError, *DAMAGED) as error:
        raise NpzError(f"{path}: not a whole .npz file of plain arrays ({error})") from error


def unpack_npz(data: bytes, *, max_bytes: int = 1 << 28) -> Arrays:
    """Read all arrays of a file that somebody may have compressed.

    Raises
    ------
    NpzError
        If it is anything else, is damaged, or unpacks to more than ``max_bytes``.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _read(archive, max_bytes, compressed=True)
    except NpzError:
        raise
    except (ValueError, *DAMAGED) as error:
        raise NpzError(f"weights.npz: not a whole .npz file of plain arrays ({error})") from error


def _read(archive: zipfile.ZipFile, size: int, *, compressed: bool = False) -> Arrays:
    members = archive.infolist()
    if len(members) > _MAX_ARRAYS:
        raise ValueError(f"{len(members)} arrays are too many")
    if sum(member.file_size for member in members) > size:
        raise ValueError(f"its arrays claim more than the {size:,} bytes that they may have")
    arrays: Arrays = {}
    for member in members:
        name = member.filename.removesuffix(".npy")
        if name == member.filename or name in arrays:
            raise ValueError(f"unexpected entry {member.filename!r}")
        if not compressed and (
            member.compress_type != zipfile.ZIP_STORED or member.file_size != member.compress_size
        ):
            raise ValueError(f"entry {member.filename!r} is compressed")
        arrays[name] = _read_array(archive, member)
    return arrays


def _read_array(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> NDArray[Any]:
    with archive.open(member) as file:
        version = np.lib.format.read_magic(file)
        if version != (1, 0):
            raise ValueError(f"entry {member.filename!r} has an unknown format")
        shape, fortran_order, dtype = np.lib.format.read_array_header_1_0(file)
        if dtype.kind not in _KINDS:
            raise ValueError(f"entry {member.filename!r} holds no plain numbers but {dtype}")
        n_bytes = math.prod(shape) * dtype.itemsize
        if n_bytes != member.file_size - file.tell():
            raise ValueError(f"entry {member.filename!r} is not as long as its shape says")
        data = file.read()  # the whole entry, so that its checksum is compared
        array = np.frombuffer(bytearray(data), dtype).reshape(
            shape, order="F" if fortran_order else "C"
        )
        return array
