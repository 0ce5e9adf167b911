"""The metrics, by cases that can be counted by hand."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from seqflip.learning.metrics import (
    alignment,
    counted,
    effective_size,
    sequence_accuracy,
    sequence_accuracy_by_length,
    token_accuracy,
    wilson_interval,
)

TARGETS = [[3, 1, 2], [4, 0, 0], [5, 6, 0]]
#          all right   end missed, then junk; junk after the end does not matter
ANSWERS = [[3, 1, 2], [4, 7, 0], [5, 6, 0]]


def test_what_counts_goes_up_to_the_first_zero() -> None:
    assert counted([[3, 1, 2], [4, 0, 0], [0, 0, 0], [5, 6, 0]]).astype(int).tolist() == [
        [1, 1, 1],
        [1, 1, 0],
        [1, 0, 0],
        [1, 1, 1],
    ]


def test_what_counts_in_sequences_of_one_place_or_none() -> None:
    assert counted([[3], [0]]).tolist() == [[True], [True]]
    assert counted(np.zeros((0, 3))).shape == (0, 3)
    assert counted(np.zeros((2, 0))).shape == (2, 0)


def test_token_accuracy_is_the_share_of_counted_tokens() -> None:
    assert token_accuracy(ANSWERS, TARGETS) == 7 / 8


def test_sequence_accuracy_wants_every_counted_token() -> None:
    assert sequence_accuracy(ANSWERS, TARGETS) == pytest.approx(2 / 3)


def test_what_comes_behind_the_end_does_not_matter() -> None:
    assert token_accuracy([[4, 0, 9]], [[4, 0, 0]]) == 1.0
    assert sequence_accuracy([[4, 0, 9]], [[4, 0, 0]]) == 1.0


def test_an_end_that_comes_too_early_is_a_mistake() -> None:
    assert token_accuracy([[3, 0, 0]], [[3, 1, 0]]) == pytest.approx(2 / 3)
    assert sequence_accuracy([[3, 0, 0]], [[3, 1, 0]]) == 0.0


TRUTH = np.array([[[0, 1], [1, 0]], [[1, 1], [0, 0]]], dtype=np.bool_)
WEIGHTS = np.array([[[0.25, 0.75], [0.5, 0.5]], [[0.5, 0.5], [0.9, 0.1]]], dtype=np.float32)


def test_alignment_is_the_mean_attention_on_true_places() -> None:
    # 0.75 and 0.5 in the first sequence, 0.5 + 0.5 in the second; its second token has no place
    assert alignment(WEIGHTS, TRUTH) == pytest.approx((0.75 + 0.5 + 1.0) / 3)


def test_sequences_by_length() -> None:
    assert sequence_accuracy_by_length(ANSWERS, TARGETS, [3, 1, 2]) == {1: 0.0, 2: 1.0, 3: 1.0}


def test_by_length_takes_sequences_of_a_length_together() -> None:
    assert sequence_accuracy_by_length(ANSWERS, TARGETS, [2, 2, 1]) == {1: 1.0, 2: 0.5}


def test_nothing_by_length_is_nothing() -> None:
    assert sequence_accuracy_by_length(np.zeros((0, 3)), np.zeros((0, 3)), []) == {}


def test_results_are_plain_numbers() -> None:
    by_length = sequence_accuracy_by_length(ANSWERS, TARGETS, np.array([3, 1, 2]))

    assert type(token_accuracy(ANSWERS, TARGETS)) is float
    assert type(sequence_accuracy(ANSWERS, TARGETS)) is float
    assert type(alignment(WEIGHTS, TRUTH)) is float
    assert {(type(length), type(value)) for length, value in by_length.items()} == {(int, float)}


def test_many_float32_weights_are_added_up_exactly() -> None:
    weights = np.full((1000, 100, 2), 0.1, dtype=np.float32)
    truth = np.ones(weights.shape, dtype=np.bool_)

    assert alignment(weights, truth) == pytest.approx(2 * float(np.float32(0.1)), rel=1e-12)


@pytest.mark.parametrize("metric", [token_accuracy, sequence_accuracy])
@pytest.mark.parametrize("shape", [(0, 3), (3, 0)])
def test_nothing_cannot_be_measured(
    metric: Callable[[Any, Any], float], shape: tuple[int, int]
) -> None:
    with pytest.raises(ValueError, match="there is nothing to measure in arrays of the shape"):
        metric(np.zeros(shape), np.zeros(shape))


def test_an_alignment_without_true_places_cannot_be_measured() -> None:
    with pytest.raises(ValueError, match="no target token that has a true source place"):
        alignment(WEIGHTS, np.zeros_like(TRUTH))


@pytest.mark.parametrize("metric", [token_accuracy, sequence_accuracy])
@pytest.mark.parametrize(("answers", "targets"), [((2, 3), (2, 4)), ((3,), (3,)), ((1, 3), (2, 3))])
def test_shapes_must_agree(
    metric: Callable[[Any, Any], float], answers: tuple[int, ...], targets: tuple[int, ...]
) -> None:
    with pytest.raises(ValueError, match="both arrays must have the same 2 axes"):
        metric(np.ones(answers), np.ones(targets))


def test_lengths_must_be_those_of_the_sequences() -> None:
    with pytest.raises(ValueError, match="one number for each of the 3 sequences"):
        sequence_accuracy_by_length(ANSWERS, TARGETS, [1, 2])


# Made with statsmodels 0.15.0:
# statsmodels.stats.proportion.proportion_confint(right, n, alpha=1 - confidence, method="wilson")
WILSON = [
    (0, 10, 0.95, 0.000000000000, 0.277532799863),
    (1, 10, 0.95, 0.017876213095, 0.404150026795),
    (5, 10, 0.95, 0.236593090513, 0.763406909487),
    (10, 10, 0.95, 0.722467200137, 1.000000000000),
    (0, 200, 0.95, 0.000000000000, 0.018845326377),
    (133, 200, 0.95, 0.597021912080, 0.726759130216),
    (199, 200, 0.95, 0.972226295602, 0.999116831284),
    (1, 1, 0.95, 0.206549314377, 1.000000000000),
    (81, 263, 0.95, 0.255288519878, 0.366209576983),
    (133, 200, 0.99, 0.574959933308, 0.744444006131),
]


@pytest.mark.parametrize(("right", "n", "confidence", "low", "high"), WILSON)
def test_the_interval_is_that_of_a_reference_implementation(
    right: int, n: int, confidence: float, low: float, high: float
) -> None:
    assert wilson_interval(right / n, n, confidence) == pytest.approx((low, high), abs=1e-11)


@given(some.integers(1, 10_000), some.data())
def test_its_ends_are_the_shares_from_which_the_sample_is_just_so_far_away(
    n: int, data: some.DataObject
) -> None:
    share = data.draw(some.integers(0, n)) / n
    low, high = wilson_interval(share, n)
    assert 0 <= low <= share <= high <= 1
    for end in {low, high} - {0.0, 1.0}:
        standard_error = (end * (1 - end) / n) ** 0.5
        assert abs(share - end) == pytest.approx(1.959963984540054 * standard_error, abs=1e-9)


@pytest.mark.parametrize(("a", "b"), [(0.7, 0.4), (9.0, 1.0), (2.0, 2.0)])
def test_for_a_mean_the_interval_holds_the_truth_as_often_as_it_says(a: float, b: float) -> None:
    rng = np.random.default_rng(0)
    held = 0
    for _ in range(2000):
        values = rng.beta(a, b, size=200)
        low, high = wilson_interval(float(values.mean()), effective_size(values))
        held += low <= a / (a + b) <= high
    assert held / 2000 == pytest.approx(0.95, abs=0.015)


def test_what_is_right_or_wrong_counts_once() -> None:
    assert effective_size([0, 1, 1, 1]) == 4
    assert effective_size(np.tile([0.0, 1.0], 500)) == pytest.approx(1000)


def test_what_varies_less_counts_more_and_what_does_not_vary_counts_once() -> None:
    assert effective_size([0.4, 0.6, 0.5, 0.5]) > 100
    assert effective_size([1.0] * 50) == effective_size([0.5] * 50) == 50
    assert effective_size([0.3]) == 1


def test_tokens_that_are_wrong_one_by_one_count_one_by_one() -> None:
    """One wrong token in 50 sequences of 20 is one of 1,000."""
    shares = np.ones(50)
    shares[7] = 19 / 20
    assert effective_size(shares) == pytest.approx(1000, rel=0.01)


@pytest.mark.parametrize(("share", "n"), [(0.5, 0), (1.1, 10), (-0.1, 10), (float("nan"), 10)])
def test_there_is_no_interval_without_a_sample(share: float, n: int) -> None:
    with pytest.raises(ValueError, match="there is no share"):
        wilson_interval(share, n)
