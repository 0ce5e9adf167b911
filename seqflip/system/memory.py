"""How much memory there is, and how people write amounts of it."""

import contextlib
import os
from pathlib import Path

_UNITS = ("bytes", "kB", "MB", "GB", "TB", "PB")


_CGROUP_LIMITS = (
    "/sys/fs/cgroup/memory.max",
    "/sys/fs/cgroup/memory/memory.limit_in_bytes",
)


def memory_limit() -> int:
    """Bytes that this machine has: its memory, or what its container may use of it."""
    limits: list[int] = [8 * 2**30]  # where nothing can be asked
    if hasattr(os, "sysconf"):
        with contextlib.suppress(ValueError):  # a system that does not tell
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
