"""How much memory there is, and how people write amounts of it."""

import contextlib
import ctypes
import os
import sys
from pathlib import Path

_UNITS = ("bytes", "kB", "MB", "GB", "TB", "PB")
_ARENA_MAX = -8  # as glibc names the parameter, M_ARENA_MAX

_CGROUP_LIMITS = (
    "/sys/fs/cgroup/memory.max",
    "/sys/fs/cgroup/memory/memory.limit_in_bytes",
)


def memory_limit() -> int:
    """Bytes that this machine has: its memory, or what its container may use of it."""
    limits: list[int] = [8 * 2**30]  # where nothing can be asked
    if sys.platform != "win32" and "SC_PHYS_PAGES" in os.sysconf_names:
        limits = [os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")]
    for file in _CGROUP_LIMITS:
        try:
            limits.append(int(Path(file).read_text(encoding="utf-8")))
        except (OSError, ValueError):  # no such file, or "max"
            continue
    return min(limits)


def readable_bytes(size: int) -> str:
    """Write a number of bytes as people say it: about 3.2 MB."""
    if size >= 10**18:
        return "more than 1,000 PB"
    power = min((len(str(size)) - 1) // 3, len(_UNITS) - 1)
    return f"about {size / 1000**power:.{min(power, 1)}f} {_UNITS[power]}"


def share_arenas() -> None:
    """Let all threads take their memory from two arenas, where this C library has several.

    Else each of a server's forty threads keeps one of its own, with holes in it that only that
    thread fills again: the process grows for an hour without holding anything more.
    """
    with contextlib.suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).mallopt(_ARENA_MAX, 2)
