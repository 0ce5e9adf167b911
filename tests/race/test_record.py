"""What is kept of a variant's training."""

import pytest

from seqflip.learning.events import Evaluated, Finished, Started, StepDone
from seqflip.race.record import Record


def step(record: Record, number: int, exact: float | None = None, *, took: float = 0.0) -> None:
    """Let a step be done after `number` seconds, with an evaluation that took part of them."""
    if exact is not None:
        record.take(Evaluated(number, 1, 0.5, 0.9, exact, None, 24, took))
    record.take(StepDone(number, 1, 100, 1.0, 0.5, 1.0, 0.01, float(number)))


@pytest.fixture
def record() -> Record:
    record = Record()
    record.take(Started(0, 1, 10, 40, 1234))
    return record


def test_a_level_is_reached_once_at_the_first_look_that_shows_it(record: Record) -> None:
    for number, exact in ((10, 0.5), (20, 0.95), (30, 0.85), (40, 0.992)):
        step(record, number, exact)
    assert {level: found.step for level, found in record.reached.items()} == {0.9: 20, 0.99: 40}


def test_looking_does_not_count_as_training(record: Record) -> None:
    step(record, 10, 0.2, took=4.0)
    step(record, 20, 0.95, took=3.0)
    assert record.reached[0.9].seconds == 20 - 4 - 3
    step(record, 30)
    assert record.seconds == 30 - 7


def test_it_is_told_as_plain_values(record: Record) -> None:
    step(record, 10, 0.95)
    record.take(Finished("completed", 10, 1, 10.0, ""))
    assert record.as_json() == {
        "parameters": 1234,
        "steps": 10,
        "total_steps": 40,
        "seconds": 10.0,
        "steps_per_second": 1.0,
        "reason": "completed",
        "sequence_accuracy": 0.95,
        "accuracy": 0.9,
        "loss": 0.5,
        "alignment": None,
        "reached": {"0.9": {"step": 10, "seconds": 10.0}},
        "curve": {
            "step": [10],
            "sequence_accuracy": [0.95],
            "accuracy": [0.9],
            "loss": [0.5],
            "alignment": [None],
        },
    }


def test_a_long_curve_has_a_bounded_number_of_points_and_the_newest(record: Record) -> None:
    for number in range(1, 5001):
        step(record, number, 0.5)
    steps = record.as_json()["curve"]["step"]
    assert 200 <= len(steps) <= 400
    assert steps[-1] == 5000
    step(record, 5001, 0.5)
    assert record.as_json()["curve"]["step"][-1] == 5001
