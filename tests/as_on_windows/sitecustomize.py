"""Takes from Python what it lacks on Windows, and lets files be what they are there.

In a process with this folder in its ``PYTHONPATH``:

- modules, functions and constants that Windows does not have are gone;
- a file that a process of the same test has open, or mapped, can be neither replaced, renamed nor
  deleted, and its folder cannot be renamed;
- nothing is renamed onto what exists, no folder is opened as a file, no library is called None;
- lines of text end with CR LF where they are written, and the clocks tick 64 times a second.
"""

import builtins
import contextlib
import ctypes
import errno
import io
import os
import shutil
import signal
import socket
import subprocess  # noqa: F401 - what needs the modules that go is loaded before
import sys
import tempfile  # noqa: F401
import time
from collections.abc import Callable, Iterator, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn

import portalocker  # noqa: F401 - its own way on Windows cannot be had here

MODULES = (
    "fcntl",
    "resource",
    "pwd",
    "grp",
    "termios",
    "tty",
    "pty",
    "syslog",
    "crypt",
    "readline",
)
GONE: dict[ModuleType, str] = {
    os: (
        "fork forkpty killpg getpgid setpgid setsid getuid geteuid getgid getegid getpgrp setuid "
        "sysconf sysconf_names confstr sched_getaffinity sched_setaffinity nice chown mkfifo mknod "
        "statvfs fstatvfs wait wait3 wait4 pread pwrite posix_fadvise "
        "posix_fallocate fdatasync fchmod fchdir O_DIRECTORY O_NOFOLLOW O_NONBLOCK O_SYNC O_DSYNC "
        "RTLD_NOW openpty ttyname tcgetpgrp getloadavg getpriority setpriority register_at_fork"
    ),
    signal: (
        "SIGHUP SIGSTOP SIGCONT SIGQUIT SIGUSR1 SIGUSR2 SIGALRM SIGCHLD alarm pause "
        "setitimer sigwait pthread_kill pthread_sigmask siginterrupt"
    ),
    socket: "send_fds recv_fds",
    time: "tzset clock_gettime clock_gettime_ns",
}
TICKS = 64
DENIED, IN_USE, EXISTS = 5, 32, 183
FOLDER = Path(os.environ["AS_ON_WINDOWS"])
"""Where the processes of a test say that they are there."""


class _NotThere(MetaPathFinder):
    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name in MODULES:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return None


def _take_away() -> None:
    for name in MODULES:
        sys.modules.pop(name, None)
    sys.meta_path.insert(0, _NotThere())
    for module, names in GONE.items():
        for name in names.split():
            if hasattr(module, name):
                delattr(module, name)
    shutil._use_fd_functions = False  # type: ignore[attr-defined]


def _refuse(kind: type[OSError], number: int, winerror: int, path: object) -> NoReturn:
    error = kind(number, f"as on Windows, error {winerror}", str(path))
    error.winerror = winerror  # type: ignore[attr-defined]
    raise error


def _is_open(path: str) -> bool:
    """Whether a process of the test has a file, or one in this folder, open or mapped."""
    names = (name for process in FOLDER.iterdir() for name in _opened(process.name))
    return any(name == path or name.startswith(path + os.sep) for name in names)


def _opened(process: str) -> Iterator[str]:
    there = Path("/proc", process)
    with contextlib.suppress(OSError):  # it has ended
        for descriptor in os.listdir(there / "fd"):
            with contextlib.suppress(OSError):  # closed meanwhile
                yield os.readlink(there / "fd" / descriptor)
        for line in (there / "maps").read_text(encoding="utf-8").splitlines():
            yield line.split(maxsplit=5)[-1]


def _guarded(action: Callable[..., None], winerror: int, *, replaces: bool) -> Callable[..., None]:
    def guarded(path: Any, *more: Any, **options: Any) -> None:
        for one in (path, *more):
            if os.path.lexists(one) and _is_open(os.path.realpath(one)):
                _refuse(PermissionError, errno.EACCES, winerror, one)
        if more and not replaces and os.path.lexists(more[0]):
            _refuse(FileExistsError, errno.EEXIST, EXISTS, more[0])
        action(path, *more, **options)

    return guarded


def _files_as_there() -> None:
    os.replace = _guarded(os.replace, DENIED, replaces=True)
    os.rename = _guarded(os.rename, IN_USE, replaces=False)
    os.unlink = os.remove = _guarded(os.unlink, IN_USE, replaces=False)
    real_open, real_text = os.open, io.open

    def opened(path: Any, *arguments: Any, **options: Any) -> int:
        if os.path.isdir(path):
            _refuse(PermissionError, errno.EACCES, DENIED, path)
        return real_open(path, *arguments, **options)

    def opened_text(file: Any, mode: str = "r", *arguments: Any, **options: Any) -> Any:
        if "b" not in mode and len(arguments) < 4 and options.get("newline") is None:
            options["newline"] = "\r\n" if set(mode) & set("wax+") else None
        return real_text(file, mode, *arguments, **options)

    os.open = opened
    io.open = builtins.open = opened_text


def _coarse(clock: Callable[[], float]) -> Callable[[], float]:
    return lambda: int(clock() * TICKS) / TICKS


class _Library(ctypes.CDLL):
    def __init__(self, name: Any, *arguments: Any, **options: Any) -> None:
        if name is None and sys._getframe(1).f_globals["__name__"].startswith("seqflip"):
            raise TypeError("argument of type 'NoneType' is not iterable")
        super().__init__(name, *arguments, **options)


(FOLDER / str(os.getpid())).touch()
_take_away()
_files_as_there()
time.monotonic, time.time = _coarse(time.monotonic), _coarse(time.time)
ctypes.CDLL = _Library  # type: ignore[misc]
