"""How many threads the matrix products may use."""

from typing import Any

from threadpoolctl import threadpool_limits


def one_blas_thread() -> Any:
    """Return a context in which matrix products use one thread.

    The products of a training step are so small that a second thread costs more than it gives,
    and on a busy machine several times as much.
    """
    return threadpool_limits(limits=1, user_api="blas")
