"""Trains lanes of races, one after the other: ``python -m seqflip.server.cluster.lane``.

Each line on standard input describes one, as JSON. Lines of JSON come back: now and then how far it
is, as steps and exact match, and at last what is known of it, or in one sentence what went wrong.
It ends when there are no more, and when nobody listens.
"""

import functools
import json
import sys
from typing import Any, Final

from seqflip.config.config import Config
from seqflip.config.section import ConfigError
from seqflip.config.sections import DataConfig
from seqflip.data.tasks import Dataset, make_dataset
from seqflip.learning.stepwise import StepwiseTraining
from seqflip.learning.training import TrainingState
from seqflip.race.record import Record
from seqflip.system.blas import keep_freed_memory, one_blas_thread
from seqflip.system.pace import Pace

_TELL: Final = (0.2, 0.05)  # seconds, and the share of the time that it may take


def main() -> int:
    """Train the lanes that are described on standard input."""
    keep_freed_memory()
    try:
        with one_blas_thread():
            for line in sys.stdin:
                _say(_found(json.loads(line)))
    except BrokenPipeError:
        return 1
    return 0


def _found(settings: dict[str, Any]) -> dict[str, Any] | str:
    try:
        return _train(Config(**settings)).as_json()
    except ConfigError as error:
        return str(error)
    except MemoryError:
        return "there is not enough memory for this configuration"


def _train(config: Config) -> Record:
    """Train a lane to its end, and return what is known of it."""
    dataset, record, pace = _dataset(config.data), Record(), Pace(*_TELL)
    lane = StepwiseTraining(TrainingState.begin(config, dataset), dataset, record.take)
    while not lane.over:
        lane.advance()
        if pace.is_due():
            with pace:
                _say(record.standing())
    return record


@functools.lru_cache(maxsize=1)
def _dataset(data: DataConfig) -> Dataset:
    """Return what all lanes of a race learn."""
    return make_dataset(data)


def _say(what: object) -> None:
    print(json.dumps(what), flush=True)


if __name__ == "__main__":
    sys.exit(main())
