"""What a task on a worker of a cluster knows of itself: whether anybody still wants it there."""

from collections.abc import Callable


class Killed(RuntimeError):
    """The process that trained was ended from outside; the message is the signal's name."""


def still_wanted() -> Callable[[], bool]:
    """Return what tells whether the task of this thread is still wanted from this worker."""
    from distributed import Status, get_worker

    worker = get_worker()
    key = worker.get_current_task()

    def wanted() -> bool:
        task = worker.state.tasks.get(key)
        stays = worker.status in (Status.running, Status.paused)
        return stays and task is not None and task.state != "cancelled"

    return wanted
