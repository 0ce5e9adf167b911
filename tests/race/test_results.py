"""What is made of all repetitions: median, range, and one sentence."""

from typing import Any

import pytest

from seqflip.learning.events import Evaluated, Started, StepDone
from seqflip.race.record import Record
from seqflip.race.results import results, round_of
from tests.race.small import small_race


def lane(reached: int | None, exact: float = 0.5) -> Record:
    """Return a training of 100 steps in 50 seconds that came to 99 % at a step, or never."""
    record = Record()
    record.take(Started(0, 1, 10, 100, 1000))
    for step in (10, 20, 30, 100):
        share = exact if reached is None or step < reached else 0.995
        record.take(Evaluated(step, 1, 0.1, 0.9, share, 0.8, 24))
        record.take(StepDone(step, 1, 100, 1.0, 0.5, 1.0, 0.01, step / 2))
    return record


def told(*rounds: tuple[int | None, int | None]) -> dict[str, Any]:
    race = small_race(seeds=len(rounds) or 1)
    return results(
        race,
        [
            round_of(i, {"with": lane(first), "without": lane(second)}, over=True)
            for i, (first, second) in enumerate(rounds)
        ],
    )


def test_one_seed() -> None:
    found = told((20, None))
    assert found["sentence"] == (
        "With: 99 % exact match after 20 steps (10.0 s); "
        "without: 99 % not reached in 100 steps (50 %)."
    )
    assert found["summary"]["with"]["parameters"] == 1000
    assert found["summary"]["with"]["steps_per_second"]["median"] == 2
    assert found["variants"] == {"with": {}, "without": {"model.attention": "none"}}
    assert found["measured_on"] == 24


def test_several_seeds_have_a_median_and_a_range() -> None:
    found = told((20, 30), (10, None), (30, None))
    reached = found["summary"]["with"]["reached"]["0.99"]
    assert reached["steps"] == {"median": 20, "lowest": 10, "highest": 30}
    assert reached["times"] == 3
    assert found["sentence"] == (
        "With: 99 % exact match after 20 steps (median of 3 seeds, 10 to 30); "
        "without: 99 % not reached in 100 steps (50 %) (1 of 3 seeds got there)."
    )


def test_who_does_not_get_there_counts_as_infinitely_late() -> None:
    steps = told((20, None), (10, None), (None, None))["summary"]["with"]["reached"]["0.99"][
        "steps"
    ]
    assert steps == {"median": 20, "lowest": 10, "highest": None}


@pytest.mark.parametrize(
    ("first", "sentence"),
    [
        (0.951, "A: 90 % exact match after 10 steps (5.0 s); b: 90 % not reached in 100 steps"),
        (0.4, "A: 40 % exact match after 100 steps; b: 50 % exact match after 100 steps."),
    ],
)
def test_the_sentence_tells_what_was_reached(first: float, sentence: str) -> None:
    race = small_race(a=None, b=None)
    found = results(race, [round_of(0, {"a": lane(None, first), "b": lane(None)}, over=True)])
    assert found["sentence"].startswith(sentence)


def test_a_name_that_is_a_symbol_keeps_its_letters() -> None:
    names: dict[str, Any] = {"d_k 1": None, "d_k 4": None}
    race = small_race(**names)
    found = results(race, [round_of(0, {"d_k 1": lane(10), "d_k 4": lane(10)}, over=True)])
    assert found["sentence"].startswith("d_k 1: 99 %")


def test_before_anything_happened_there_is_nothing_to_say() -> None:
    found = told()
    assert found["sentence"] == ""
    assert found["summary"]["with"]["reached"]["0.9"]["steps"]["median"] is None
