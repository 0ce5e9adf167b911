"""What a training process asks of its libraries: one thread for matrix products, memory kept."""

import contextlib
import ctypes
from typing import Any, Final

from threadpoolctl import threadpool_limits


def one_blas_thread() -> Any:
    """Return a context in which matrix products use one thread.

    The products of a training step are so small that a second thread costs more than it gives,
    and on a busy machine several times as much.
    """
    return threadpool_limits(limits=1, user_api="blas")


_M_TRIM_THRESHOLD: Final = -1


_M_MMAP_THRESHOLD: Final = -3


_LARGE: Final = 1 << 30


def keep_freed_memory() -> None:
    """Let this process keep what it frees, as far as the C library can be told so.

    By default glibc returns large arrays to the operating system at once, and each new one costs
    page faults: 13,000 in a step of ``configs/notebook.yaml``, a tenth of its time; 100 with this.
    """
    # Not glibc: nothing to be told; on Windows, None is the name of no library.
    with contextlib.suppress(OSError, AttributeError, TypeError):
        library = ctypes.CDLL(None)
        library.mallopt(_M_MMAP_THRESHOLD, _LARGE)
        library.mallopt(_M_TRIM_THRESHOLD, _LARGE)
