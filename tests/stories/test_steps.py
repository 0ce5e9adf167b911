"""What the story of attention that keeps its place says: trained on twelve, right on a hundred."""

import numpy as np
import pytest

from seqflip.config import Config
from seqflip.data.tasks import solve
from seqflip.decoding import greedy
from seqflip.nn import Buffers
from tests.stories.trainings import SEEDS, Training, lanes, middle, preset, trainings

pytestmark = [pytest.mark.xdist_group("steps"), pytest.mark.slow_story]
FAR = (2, 3, 8, 12, 13, 20, 50, 100)


def on(task: str) -> Config:
    config = preset("steps")
    return config.model_copy(update={"data": config.data.model_copy(update={"task": task})})


def exact_match(training: Training, task: str, length: int) -> float:
    """Return the share of new sequences of a length that are right, end mark included."""
    network = training.network
    x_src = np.random.default_rng(length).integers(1, network.vocab_size, size=(200, length))
    x_tgt = solve(task, x_src, length + 1, 1)
    source = network.read(x_src, None, Buffers(network.dtype))
    return float((greedy(network, source, length + 1) == x_tgt).all(axis=1).mean())


def test_it_is_trained_on_four_to_twelve_tokens() -> None:
    data = preset("steps").data
    assert (data.sizes.shortest, data.src_length) == (4, 12)


@pytest.mark.parametrize("task", ["reverse", "copy"])
def test_every_seed_is_right_on_a_hundred(task: str) -> None:
    trained = trainings(on(task))
    assert len(trained) == len(SEEDS) == 5
    for training in trained:
        for length in FAR:
            assert exact_match(training, task, length) >= 0.99, length


def test_sorting_does_not_get_there() -> None:
    for training in trainings(on("sort"))[:1]:
        assert exact_match(training, "sort", 12) < 0.3
        assert exact_match(training, "sort", 16) < 0.02


def test_two_of_the_race_learn_to_look_and_one_goes_on_to_a_hundred() -> None:
    remembers, anew, blind = (trainings(config) for config in lanes("race-steps").values())
    assert middle(one.end.exact_match for one in remembers) > 0.99
    assert middle(one.end.exact_match for one in anew) > 0.95
    assert middle(one.end.exact_match for one in blind) < 0.5
    assert middle(exact_match(one, "reverse", 100) for one in remembers) >= 0.99
    for others in (anew, blind):
        assert middle(exact_match(one, "reverse", 20) for one in others) < 0.02
