"""A link to the Replay page stands for all that it shows."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqflip.ui.replay.view import PLAIN, View, from_link, to_link

views = st.builds(
    View,
    run=st.text(max_size=64),
    source=st.text(max_size=40),
    step=st.none() | st.integers(0, 10**9),
    truth=st.booleans(),
)


@given(views)
def test_a_link_brings_back_what_it_was_made_of(view: View) -> None:
    assert from_link(to_link(view)) == (view, [])


def test_a_page_without_a_link_shows_an_example() -> None:
    assert from_link({}) == (PLAIN, [])
    assert PLAIN.run == "reverse"


@pytest.mark.parametrize(
    ("params", "complaint"),
    [
        (
            {"step": text},
            f"“step” in the link is “{text}”, which is not a whole number from 0 to 1,000,000,000.",
        )
        for text in ("-1", "x", "", "1.5", "²", "9999999999", "1" * 20)
    ]
    + [({"truth": "1"}, "“truth” in the link is “1”, which is not yes or no.")],
)
def test_what_a_link_says_wrong_is_told_and_left_out(params: Any, complaint: str) -> None:
    assert from_link(params) == (PLAIN, [complaint])
    kept, _ = from_link({"run": "sort", **params})
    assert kept.run == "sort"
