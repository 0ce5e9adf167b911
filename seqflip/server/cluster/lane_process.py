"""What a worker of a cluster does with a lane of a race: it lets a process train it.

Such a process takes a while to begin, so for some seconds after a lane it waits for another one.
"""

import json
import threading
from collections.abc import Iterator, Mapping
from typing import Any, Final

from seqflip.server.cluster.wanted import Killed, still_wanted
from seqflip.server.processes import start_module

_IDLE_SECONDS: Final = 10.0


class LaneProcess:
    """A process that trains lanes, one after the other."""

    _idle: Final[list["LaneProcess"]] = []

    def __init__(self) -> None:
        self._process = start_module("seqflip.server.cluster.lane")

    @classmethod
    def take(cls) -> "LaneProcess":
        """Return one that waits for a lane, or a new one."""
        while cls._idle:
            taken = cls._idle.pop()
            if taken._process.poll() is None:
                return taken
            taken.end()
        return cls()

    def train(self, settings: Mapping[str, Any]) -> Iterator[Any]:
        """Train a lane, and yield what the process says of it."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(settings).encode() + b"\n")
        self._process.stdin.flush()
        for line in self._process.stdout:
            yield json.loads(line)
        raise Killed(f"its process ended with {self._process.wait()}")

    def give_back(self) -> None:
        """Let it wait for another lane for a while."""
        self._idle.append(self)
        timer = threading.Timer(_IDLE_SECONDS, self._retire)
        timer.daemon = True
        timer.start()

    def end(self) -> None:
        """End it, whatever it does."""
        self._process.kill()
        self._process.communicate()

    def _retire(self) -> None:
        try:
            self._idle.remove(self)
        except ValueError:  # it was taken
            return
        self.end()


def train_lane(settings: Mapping[str, Any], where: tuple[str, int, str]) -> dict[str, Any]:
    """Train a lane in a process of its own, on a worker of the cluster.

    Parameters
    ----------
    settings : mapping
        The lane's configuration.
    where : tuple
        To which topic it is told how far it is, and of which lane: seed and variant.

    Returns
    -------
    dict
        What is known of it: :meth:`seqflip.race.record.Record.as_json`.

    Raises
    ------
    ValueError
        If it cannot be trained; the message says why.
    Killed
        If its process was killed.
    """
    from distributed import Reschedule, get_worker

    topic, *lane = where
    worker, wanted = get_worker(), still_wanted()
    process = LaneProcess.take()
    try:
        said = process.train(settings)
        while isinstance(found := next(said), list):
            if not wanted():
                raise Reschedule
            worker.log_event(topic, [*lane, *found])
    except BaseException:
        process.end()
        raise
    process.give_back()
    if isinstance(found, str):
        raise ValueError(found)
    known: dict[str, Any] = found
    return known
