"""What the presets and races of Transformers say of themselves, with five seeds each."""

import pytest

from tests.stories.test_races import alignment, exact_match, medians
from tests.stories.test_steps import exact_match as exact_match_at
from tests.stories.trainings import lanes, middle, preset, trainings

pytestmark = [pytest.mark.xdist_group("transformers"), pytest.mark.slow_story]


def test_both_architectures_find_the_anti_diagonal() -> None:
    right = medians("race-architectures", exact_match)
    assert min(right.values()) > 0.95
    assert min(medians("race-architectures", alignment).values()) > 0.5


def test_one_head_is_enough_for_one_place_at_a_time() -> None:
    right = medians("race-heads", exact_match)
    assert right["one head"] > right["four heads"] - 0.03


def test_without_positions_nothing_can_be_reversed() -> None:
    right = medians("race-positions", exact_match)
    assert right["with positions"] > 0.95
    assert right["without positions"] < 0.05


def test_only_randomised_positions_hold_beyond_the_trained_length() -> None:
    within, beyond = {}, {}
    for name, config in lanes("race-reach").items():
        assert config.data.src_length == 12
        ended = trainings(config)
        within[name] = middle(one.end.exact_match for one in ended)
        beyond[name] = middle(exact_match_at(one, "copy", 24) for one in ended)
    assert beyond.pop("randomised") > 0.85
    assert max(beyond.values()) < 0.02
    assert within.pop("rotary") < 0.9
    assert min(within.values()) > 0.95


def test_the_smallest_one_reverses_and_its_look_is_the_anti_diagonal() -> None:
    ended = trainings(preset("transformer-small"))
    assert middle(one.end.exact_match for one in ended) > 0.95
    assert middle(one.end.alignment for one in ended) > 0.8


def test_the_larger_one_learns_the_first_story() -> None:
    ended = trainings(preset("transformer"))
    assert preset("transformer").data == preset("reverse").data
    assert middle(one.end.exact_match for one in ended) > 0.99
