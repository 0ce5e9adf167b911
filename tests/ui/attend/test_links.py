"""A link to the Attend page stands for all that it shows."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqflip.decoding import (
    Flatten,
    Forbid,
    Force,
    Intervention,
    Shuffle,
    Swap,
    SwitchOff,
    Temperature,
)
from seqflip.ui.attend.edits import added, describe, read, write
from seqflip.ui.attend.through import WHO, Through
from seqflip.ui.attend.view import PLAIN, View, from_link, to_link

places = st.integers(0, 98)
rows = st.none() | places
edits = st.one_of(
    st.builds(Temperature, st.sampled_from([0.1, 0.25, 2.0, 10.0]), rows),
    st.builds(Forbid, places, rows),
    st.builds(Force, places, rows),
    st.builds(Flatten, rows),
    st.builds(Shuffle, st.integers(0, 999), rows),
    st.builds(Swap, places, places),
    st.builds(Flatten, rows, places, places),
    st.builds(SwitchOff, places, places, st.sampled_from(list(WHO))),
)
views = st.builds(
    View,
    run=st.text(max_size=64),
    source=st.text(max_size=40),
    target=st.none() | st.text(max_size=20).filter(lambda text: text != "right"),
    row=places,
    column=st.none() | places,
    panel=st.sampled_from(["steps", "why", "surgery", "beam", "home"]),
    truth=st.booleans(),
    numbers=st.booleans(),
    edits=st.lists(edits, max_size=8, unique=True).map(tuple),
    after=st.booleans(),
    beam=st.integers(1, 8),
    through=st.none() | st.builds(Through, st.sampled_from(list(WHO)), places, st.none() | places),
    step=st.none() | st.integers(0, 10**9),
)


@given(views)
def test_a_link_brings_back_what_it_was_made_of(view: View) -> None:
    assert from_link(to_link(view)) == (view, [])


def test_a_page_without_a_link_shows_an_example() -> None:
    view, complaints = from_link({})
    assert (view, complaints) == (PLAIN, [])
    assert view.run == "reverse"
    assert view.source


@pytest.mark.parametrize(
    ("params", "complaint"),
    [
        ({"row": "0"}, "“row” in the link is “0”, which is not a whole number from 1 to 9999."),
        ({"row": "x"}, "“row” in the link is “x”, which is not a whole number from 1 to 9999."),
        ({"beam": "9"}, "“beam” in the link is “9”, which is not a whole number from 1 to 8."),
        (
            {"panel": "code"},
            "“panel” in the link is “code”, which is not one of steps, why, surgery, beam, home.",
        ),
        (
            {"step": "-1"},
            "“step” in the link is “-1”, which is not a whole number from 0 to 1,000,000,000.",
        ),
        ({"truth": "1"}, "“truth” in the link is “1”, which is not yes or no."),
        ({"edits": "explode-3"}, "“explode-3” is no intervention in the link."),
    ],
)
def test_what_a_link_says_wrong_is_told_and_left_out(params: Any, complaint: str) -> None:
    assert from_link(params) == (PLAIN, [complaint])


@given(st.dictionaries(st.sampled_from(list(to_link(PLAIN))), st.text(max_size=50)))
def test_no_link_breaks_the_page(params: dict[str, str]) -> None:
    view, _ = from_link(params)
    assert isinstance(view, View)


@pytest.mark.parametrize("text", ["forbid-1 forbid-1", "temperature-2 temperature-2.0"])
def test_an_intervention_that_a_link_names_twice_is_made_once(text: str) -> None:
    view, complaints = from_link({"edits": text})
    assert (len(view.edits), complaints) == (1, [])


@given(edits)
def test_an_intervention_reads_back_the_same(edit: Intervention) -> None:
    assert read(write(edit)) == edit


@pytest.mark.parametrize(
    "text", ["", "forbid", "flatten-2", "force-x", "swap-1", "forbid-1.5", "temperature-."]
)
def test_text_that_is_no_intervention(text: str) -> None:
    with pytest.raises(ValueError, match="is no intervention"):
        read(text)


def test_interventions_in_words_count_from_one() -> None:
    inputs, outputs = ["3", "1", "4"], ["4", "1"]
    said: dict[Intervention, str] = {
        Forbid(2): "forbid input 3 (4) to every output",
        Force(0, row=1): "force output 2 (1) on input 1 (3)",
        Flatten(row=5): "flatten output 6",
        Shuffle(1, row=0): "shuffle output 1 (4)",
        Swap(0, 2): "swap input 1 (3) and input 3 (4)",
        Temperature(0.5): "temperature 0.5, every output",
    }
    for edit, words in said.items():
        assert describe(edit, inputs, outputs) == words


@pytest.mark.parametrize(
    ("before", "new", "after"),
    [
        ([Temperature(2.0)], Temperature(0.5), [Temperature(0.5)]),
        ([Force(0, row=1)], Flatten(row=1), [Flatten(row=1)]),
        ([Force(0, row=1)], Flatten(row=2), [Force(0, row=1), Flatten(row=2)]),
        ([Force(3, row=1)], Forbid(3), [Forbid(3)]),
        ([Forbid(3), Forbid(2)], Force(3, row=1), [Forbid(2), Force(3, row=1)]),
        ([Forbid(3)], Forbid(3), [Forbid(3)]),
        ([Shuffle(0, row=1)], Shuffle(1, row=1), [Shuffle(1, row=1)]),
    ],
)
def test_a_new_intervention_takes_the_place_of_what_it_contradicts(
    before: list[Intervention], new: Intervention, after: list[Intervention]
) -> None:
    assert added(before, new) == tuple(after)
