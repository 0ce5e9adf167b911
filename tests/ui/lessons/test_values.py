"""Each value that lessons may have computed, once; and how values are written."""

import math

import pytest

from seqflip.ui.lessons.models import Shown
from seqflip.ui.lessons.values import VALUES, ValueProblem, filled, written

REVERSE, TRANSFORMER = ("reverse", "3 1 4 1 5 9"), ("transformer", "3 1 4 1 5 9")
OF_MODEL = {
    "weight 1 6": (REVERSE, "0.94"),
    "looks_at 1": (REVERSE, "9"),
    "row_sum 1": (REVERSE, "1"),
    "answer": (REVERSE, "9 5 1 4 1 3"),
    "right_answer": (REVERSE, "9 5 1 4 1 3"),
    "answer_without 6": (REVERSE, "5 5 1 4 1 3"),
    "changed_without 6": (REVERSE, "1"),
    "changed_if_equal": (REVERSE, "6"),
    "read_in_training 2": (REVERSE, "9"),
    "read_in_use 2": (REVERSE, "9"),
    "changed_without_head 2 1": (TRANSFORMER, "0"),
    "places_seen self 4": (TRANSFORMER, "4"),
    "places_seen cross 4": (TRANSFORMER, "6"),
}
OTHERS = {
    "exact_match reverse 12": "100.0 %",
    "longest_above bottleneck 50 12": "4",
    "still_right 24 95 reverse steps": "steps",
    "still_right 12 95 reverse steps": "both",
    "still_right 12 50 bottleneck bottleneck": "neither",
    "trained_to reverse": "12",
    "width reverse": "32",
    "parameters bottleneck": "13183",
    "more_parameters additive reverse": "16",
    'reached race-steps "does not look" 99': "never",
    'reached race-attention "with attention" 99': "376",
    "first_to 99 race-attention": "with attention",
    'ended race-attention "without attention"': "11.1 %",
    "softmax 2 0 0 0 0": "0.25",
    "attend 1 2 2 | 1 0 | 0 1": "0.50",
    "context 0 0 | 1 0 | 0 1 | 4 8": "6",
    "weighted_sum 0.5 0.5 | 4 -8": "−2",
    "weights_shape 2 3 5": "(2, 3, 5)",
    "weights_for 3 5": "15",
    "times_the_weights 6 2": "9",
    "spread 64": "8.08",
    "sums_to_one 2 3 5": "keys",
    "counted_tokens 3 7": "12",
    "all_right 50 2": "25",
    "order_matters none": "no",
    "order_matters rotary": "yes",
    "first_state_knows_last 1": "no",
    "first_state_knows_last 2": "yes",
    "trains_position 12 12": "yes",
    "trains_position 13 12": "no",
}


@pytest.mark.parametrize(("value", "expected"), OF_MODEL.items())
def test_a_value_of_the_model_that_is_shown(
    value: str, expected: tuple[tuple[str, str], str]
) -> None:
    shown, text = expected
    assert filled(f"{{{value}}}", Shown.of(*shown)) == text


@pytest.mark.parametrize(("value", "expected"), OTHERS.items())
def test_a_value_that_needs_no_model(value: str, expected: str) -> None:
    assert filled(f"{{{value}}}", None) == expected


def test_each_value_is_tried_here() -> None:
    assert {one.split()[0] for one in (*OF_MODEL, *OTHERS)} == set(VALUES)


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("weight 9 1", "there are 7 outputs"),
        ("weight 1 9", "there are 6 inputs"),
        ("changed_without 9", "there are 6 inputs"),
        ("read_in_use 1", "there is no such output with a word before it"),
        ("places_seen cross 1", "cannot be computed"),
        ("exact_match nobody 3", "there is no run 'nobody'"),
        ("exact_match race-steps 3", "race-steps is a race, not a run"),
        ("ended reverse me", "reverse is a run, not a race"),
        ("ended race-steps me", "race-steps has no variant “me”"),
        ("softmax 4 0 0 0", "cannot be computed"),
        ("order_matters somehow", "cannot be computed"),
    ],
)
def test_what_cannot_be_computed_is_told(value: str, reason: str) -> None:
    with pytest.raises(ValueProblem, match=reason):
        filled(f"{{{value}}}", Shown.of(*REVERSE))


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0.5, "0.50"),
        (2.0, "2"),
        (1.0, "1"),
        (0.996, "over 0.99"),
        (-1 / 3, "−0.33"),
        (3, "3"),
        (math.pi, "3.14"),
    ],
)
def test_numbers_have_two_decimals_and_only_a_whole_share_is_1(number: float, text: str) -> None:
    assert written(number) == text
