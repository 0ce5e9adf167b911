"""A race of the command line on a cluster: each lane of each seed is trained by whoever is free.

All lanes are seeded, and know nothing of each other; so they come to the same numbers wherever and
in whatever order they are trained.
"""

import contextlib
import queue
import time
import uuid
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from seqflip.config.config import Config
from seqflip.race.config import RaceConfig
from seqflip.race.record import Standing
from seqflip.race.results import Round
from seqflip.server.cluster.connection import ClusterError, connect
from seqflip.server.cluster.lane_process import train_lane

if TYPE_CHECKING:
    from distributed import Client, Future

Tell = Callable[[float, int, Mapping[str, Standing]], None]
"""Hears how many steps are done of a lane in the mean, and of a seed how far its lanes are."""

_LOOK_SECONDS: Final = 0.1
_CLOSE_SECONDS: Final = 5.0
_TRIES: Final = 3
_Lane = tuple[int, str]  # the number of the seed, from 0, and the variant


def race_on(address: str, config: RaceConfig, tell: Tell) -> list[Round]:
    """Run a race on the cluster at this address, and return what is known of each seed.

    Raises
    ------
    ClusterError
        If the cluster does not answer, or no more, or cannot train a lane.
    """
    client = connect(address)
    try:
        return _Spread(address, client, config, tell).rounds()
    finally:  # whatever is not done is wanted no longer
        with contextlib.suppress(Exception):
            client.close(timeout=_CLOSE_SECONDS)


class _Spread:
    """The lanes of a race, spread over a cluster."""

    def __init__(self, address: str, client: "Client", config: RaceConfig, tell: Tell) -> None:
        self._address, self._client, self._config, self._tell = address, client, config, tell
        lanes = {
            (number, name): lane
            for number in range(config.seeds)
            for name, lane in config.lanes(number).items()
        }
        self._steps = {lane: config.total_steps for lane, config in lanes.items()}
        self._standings = dict.fromkeys(lanes, Standing(0, None))
        self._found: dict[_Lane, dict[str, Any]] = {}
        self._heard: queue.SimpleQueue[tuple[int, str, int, float | None]] = queue.SimpleQueue()
        topic = f"race-{uuid.uuid4().hex}"
        client.subscribe_topic(topic, lambda event: self._heard.put(event[1]))
        self._futures: dict[_Lane, Future] = {
            lane: client.submit(
                train_lane,
                _settings(config),
                (topic, *lane),
                key=f"lane-{uuid.uuid4().hex}",
                pure=False,
                retries=_TRIES - 1,
            )
            for lane, config in lanes.items()
        }

    def rounds(self) -> list[Round]:
        """Wait for all of them."""
        while self._futures:
            time.sleep(_LOOK_SECONDS)
            self._hear()
            for lane in [lane for lane, future in self._futures.items() if future.done()]:
                self._take(lane, self._futures.pop(lane))
            self._say()
        return [
            {
                "seed": self._config.seed(number),
                "over": True,
                "lanes": {name: self._found[number, name] for name in self._config.variants},
            }
            for number in range(self._config.seeds)
        ]

    def _hear(self) -> None:
        with contextlib.suppress(queue.Empty):
            while True:
                number, name, steps, exact_match = self._heard.get_nowait()
                self._standings[number, name] = Standing(steps, exact_match)

    def _take(self, lane: _Lane, future: "Future") -> None:
        """Take what is known of a lane that has ended."""
        if future.status not in ("finished", "error"):
            raise ClusterError(f"the cluster at {self._address} does not answer any more")
        number, name = lane
        try:
            found = future.result()
        except Exception as error:
            told = f"{name}, seed {self._config.seed(number)}"
            raise ClusterError(f"the cluster could not train {told}: {_said(error)}") from error
        self._found[lane] = found
        self._standings[lane] = Standing(found["steps"], found["sequence_accuracy"])

    def _say(self) -> None:
        done = sum(
            self._steps[lane] if lane in self._found else standing.steps
            for lane, standing in self._standings.items()
        )
        number = min((number for number, _ in self._futures), default=self._config.seeds - 1)
        names = self._config.variants
        shown = {name: self._standings[number, name] for name in names}
        self._tell(done / len(names), number, shown)


def _settings(config: Config) -> dict[str, Any]:
    """Return a lane's configuration as plain values that mean the same on another machine."""
    settings = config.model_dump(mode="json")
    if settings["data"]["path"] is not None:
        settings["data"]["path"] = str(Path(settings["data"]["path"]).absolute())
    return settings


def _said(error: Exception) -> str:
    from distributed.scheduler import KilledWorker

    if isinstance(error, KilledWorker):
        return "whichever worker began it has ended"
    return str(error)
