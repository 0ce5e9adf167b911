"""Trains one lane of a race, in a process of its own: ``python -m seqflip.server.cluster.lane``.

It reads the lane's settings as JSON, and writes a line of JSON now and then: how far it is, as
steps and exact match, or at last what is known of it. Who does not listen any more ends it.
"""

import json
import sys
from typing import Final

from seqflip.config.config import Config
from seqflip.config.section import ConfigError
from seqflip.data.tasks import make_dataset
from seqflip.learning.stepwise import StepwiseTraining
from seqflip.learning.training import TrainingState
from seqflip.race.record import Record
from seqflip.system.blas import keep_freed_memory, one_blas_thread
from seqflip.system.pace import Pace

_TELL: Final = (0.2, 0.05)  # seconds, and the share of the time that it may take


def train_lane(config: Config) -> Record:
    """Train a lane to its end, and return what is known of it."""
    dataset, record, pace = make_dataset(config.data), Record(), Pace(*_TELL)
    lane = StepwiseTraining(TrainingState.begin(config, dataset), dataset, record.take)
    while not lane.over:
        lane.advance()
        if pace.is_due():
            with pace:
                _say(record.standing())
    return record


def main() -> int:
    """Train the lane that is described on standard input."""
    try:
        keep_freed_memory()
        with one_blas_thread():
            _say(train_lane(Config(**json.load(sys.stdin))).as_json())
    except ConfigError as error:
        _say(str(error))
    except MemoryError:
        _say("there is not enough memory for this configuration")
    except BrokenPipeError:
        return 1
    return 0


def _say(what: object) -> None:
    print(json.dumps(what), flush=True)


if __name__ == "__main__":
    sys.exit(main())
