"""What the races say of themselves, with five seeds each."""

from collections.abc import Callable

import numpy as np
import pytest

from seqflip.config import Config
from seqflip.nn import ATTENTIONS
from tests.stories.trainings import Point, lanes, middle, trainings

pytestmark = pytest.mark.xdist_group("races")
slow = pytest.mark.slow_story


def medians(name: str, of: Callable[[Point], float], steps: int | None = None) -> dict[str, float]:
    """Return the median of each lane at its end."""
    return {
        lane: middle(of(one.end) for one in trainings(config, steps))
        for lane, config in lanes(name).items()
    }


def exact_match(point: Point) -> float:
    return point.exact_match


def alignment(point: Point) -> float:
    return point.alignment


@slow
def test_one_vector_leaves_a_gap() -> None:
    right = medians("race-attention", exact_match, 400)
    assert right["with attention"] > 0.95
    assert right["without attention"] < 0.5


def slower(config: Config) -> Config:
    """Return it at a sixth of its learning rate."""
    rate = config.training.learning_rate / 6
    training = config.training.model_copy(update={"learning_rate": rate})
    return config.model_copy(update={"training": training})


@slow
class TestScaling:
    """Undivided scores move sixteen times as far, and at this rate never learn where to look."""

    def test_the_unscaled_one_never_learns_where_to_look(self) -> None:
        aligned = medians("race-scaling", alignment, 400)
        assert aligned["scaled"] > 0.8
        assert aligned["unscaled"] < 0.5
        right = medians("race-scaling", exact_match, 400)
        assert right["scaled"] > 0.6
        assert right["unscaled"] < 0.1

    def test_scores_move_sixteen_times_as_far(self) -> None:
        for config in lanes("race-scaling").values():
            assert np.sqrt(config.model.d_k) == 16

    def test_at_a_sixth_of_the_rate_both_learn_and_the_undivided_scores_point_sooner(self) -> None:
        scaled, unscaled = (slower(config) for config in lanes("race-scaling").values())
        assert middle(one.end.alignment for one in trainings(unscaled, 60)) > 0.1 + middle(
            one.end.alignment for one in trainings(scaled, 60)
        )
        for config in (scaled, unscaled):
            assert middle(one.end.exact_match for one in trainings(config, 400)) > 0.9


@slow
def test_with_attention_the_plain_rnn_needs_no_gates() -> None:
    right = medians("race-cells", exact_match)
    assert right["RNN"] > max(right.values()) - 0.03


@slow
def test_reading_both_ways_gains_nothing_where_attention_sees_every_place() -> None:
    right = medians("race-directions", exact_match)
    assert abs(right["both directions"] - right["one direction"]) < 0.03


@slow
def test_the_harder_school_is_behind_at_first_and_ahead_soon() -> None:
    first, soon = (medians("race-forcing", exact_match, steps) for steps in (100, 200))
    assert first["half of the time"] < first["always the right token"] - 0.1
    assert soon["half of the time"] > soon["always the right token"] + 0.02


@slow
def test_a_query_of_a_single_number_leaves_the_choice_blurred() -> None:
    aligned = medians("race-width", alignment)
    assert aligned["d_k 1"] < aligned["d_k 4"] - 0.1
    assert aligned["d_k 1"] < aligned["d_k 32"] - 0.1


def test_additive_attention_squashes_each_pair_and_the_product_none() -> None:
    dot, additive = (ATTENTIONS[one.model.attention] for one in lanes("race-scores").values())
    assert dot.hidden_size(16) == 0
    assert additive.hidden_size(16) == 16  # numbers for each pair of output and input
