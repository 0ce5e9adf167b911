"""The metrics, by cases that can be counted by hand."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from seqflip.metrics import (
    alignment,
    alignment_by_length,
    counted,
    sequence_accuracy,
    sequence_accuracy_by_length,
    token_accuracy,
    token_accuracy_by_length,
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


def test_each_of_them_by_length() -> None:
    lengths = [3, 1, 2]

    assert token_accuracy_by_length(ANSWERS, TARGETS, lengths) == {1: 0.5, 2: 1.0, 3: 1.0}
    assert sequence_accuracy_by_length(ANSWERS, TARGETS, lengths) == {1: 0.0, 2: 1.0, 3: 1.0}
    assert alignment_by_length(WEIGHTS, TRUTH, [2, 1]) == {1: 1.0, 2: 0.625}


def test_by_length_takes_sequences_of_a_length_together() -> None:
    assert sequence_accuracy_by_length(ANSWERS, TARGETS, [2, 2, 1]) == {1: 1.0, 2: 0.5}


def test_nothing_by_length_is_nothing() -> None:
    assert token_accuracy_by_length(np.zeros((0, 3)), np.zeros((0, 3)), []) == {}


def test_results_are_plain_numbers() -> None:
    by_length = token_accuracy_by_length(ANSWERS, TARGETS, np.array([3, 1, 2]))

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
        token_accuracy_by_length(ANSWERS, TARGETS, [1, 2])
