"""A link to the Lengths page stands for all that it shows."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from seqflip.study.lengths_report import MEASURES
from seqflip.ui.lengths.view import COUNTS, MOST_RUNS, PLAIN, View, from_link, to_link

ids = some.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,20}", fullmatch=True)
points = some.one_of(some.just((None, None)), some.tuples(ids, some.integers(1, 100)))
views = some.builds(
    lambda point, **others: View(of=point[0], length=point[1], **others),
    points,
    runs=some.lists(ids, min_size=1, max_size=MOST_RUNS, unique=True).map(tuple),
    longest=some.none() | some.integers(2, 100),
    count=some.sampled_from(COUNTS),
    measure=some.sampled_from(list(MEASURES)),
)


@given(views)
def test_a_link_brings_back_what_it_was_made_of(view: View) -> None:
    assert from_link(to_link(view), 100) == (view, [])


def test_a_page_without_a_link_shows_models_with_attention_without_and_with_a_memory_of_it() -> (
    None
):
    view, complaints = from_link({}, 100)
    assert (view, complaints) == (PLAIN, [])
    assert view.runs == ("reverse", "bottleneck", "steps")


@pytest.mark.parametrize(
    ("params", "complaint"),
    [
        ({"max": "101"}, "“max” in the link is “101”, which is not a whole number from 2 to 100."),
        ({"max": "-3"}, "“max” in the link is “-3”, which is not a whole number from 2 to 100."),
        (
            {"length": "x"},
            "“length” in the link is “x”, which is not a whole number from 1 to 100.",
        ),
        (
            {"count": "7"},
            "“count” in the link is “7”, which is not one of 50, 100, 200, 500, 1000.",
        ),
        (
            {"measure": "loss"},
            "“measure” in the link is “loss”, which is not one of exact_match, token_accuracy, "
            "alignment.",
        ),
        (
            {"runs": "a b c d e f g"},
            "“runs” in the link is “a b c d e f g”, which is not at most 6 runs.",
        ),
    ],
)
def test_what_a_link_says_wrong_is_left_out_and_told(
    params: dict[str, str], complaint: str
) -> None:
    view, complaints = from_link({"measure": "alignment"} | params, 100)
    assert complaints == [complaint]
    assert view.count == PLAIN.count
    assert view.longest is None


@given(some.dictionaries(some.sampled_from(["runs", "max", "count", "of", "length"]), some.text()))
def test_no_link_breaks_the_page(params: dict[str, str]) -> None:
    from_link(params, 100)
