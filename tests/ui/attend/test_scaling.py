"""What √d_k is for: the fold on the page, and sentences that say what the numbers say."""

import re
from pathlib import Path

import numpy as np
import pytest
import streamlit as st

from seqflip.nn import RecurrentArchitecture, TransformerArchitecture
from seqflip.study.scaling import (
    SEEDS,
    Compared,
    Effect,
    by_width,
    compare,
    unit_variance,
    untrained,
)
from seqflip.ui.attend.scaling_html import assumed, own, verdict
from tests.ui.attend.test_page import opened
from tests.ui.parts.test_numbers import rows
from tests.ui.written import written_html

FOLD = "What √d_k is for"


@pytest.fixture(autouse=True)
def no_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEQFLIP_RUNS", str(tmp_path))
    st.cache_resource.clear()


def plain(text: str) -> str:
    return re.sub("<.*?>", "", text)


@pytest.mark.parametrize(
    ("run", "through", "there"),
    [
        ("reverse", "", True),
        ("transformer", "cross-2-1", True),
        ("transformer", "decoder-1-2", True),
        ("transformer", "", False),
        ("additive", "", False),
        ("steps", "", False),
        ("bottleneck", "", False),
    ],
)
def test_it_stands_where_products_are_divided(run: str, through: str, there: bool) -> None:
    link = {"through": through} if through else {}
    page = opened(run=run, **link)
    assert (FOLD in [one.label for one in page.expander]) == there
    assert "unit variance" not in written_html(page), "nothing is computed before it is opened"
    if there:
        page.session_state["attend_scaling"] = True
        page.run()
        assert not page.exception
        said = plain(written_html(page))
        assert "Queries and keys of unit variance" in said
        assert "This model before any training" in said
        assert "In a race at dk 256" in said


def test_the_tables_have_the_numbers_of_the_experiment() -> None:
    found = by_width(unit_variance)
    shown = np.array(rows(assumed(found)))
    wanted = [[x for both in zip(one[1], one[2], strict=True) for x in both] for one in found]
    np.testing.assert_allclose(shown, wanted, atol=6e-4)


@pytest.mark.parametrize("seeds", [SEEDS, range(6, 12), range(12, 18)])
def test_the_sentence_says_what_came_out(seeds: range) -> None:
    shut = "a softmax that is sure before anything was learned lets little back"
    assert shut in verdict(by_width(unit_variance, seeds))
    transformer = untrained(TransformerArchitecture(31, 32))
    assert shut in verdict(by_width(transformer, seeds))
    for cell in ("gru", "lstm", "rnn"):
        recurrent = untrained(RecurrentArchitecture(31, 32, 16, 32, cell=cell))
        assert "changes next to nothing" in verdict(by_width(recurrent, seeds))


def test_between_the_two_it_says_the_numbers_alone() -> None:
    some = Effect(1.5, 0.3, 0.08)
    said = plain(verdict([Compared(4, some, some), Compared(512, some, some)]))
    assert said == (
        "Undivided, from dk 4 to 512, the spread goes from 1.5 to 1.5, the largest weight from "
        "0.30 to 0.30, and the gradient from 0.080 to 0.080. Divided, it is 0.080 there."
    )


@pytest.mark.parametrize("divided", [True, False])
def test_of_the_model_as_it_is_it_says_how_it_looks_and_how_it_would(divided: bool) -> None:
    rng = np.random.default_rng(0)
    now = compare(rng.standard_normal((1, 16)), rng.standard_normal((6, 16)))
    said = plain(own(by_width(unit_variance), now, divided=divided))
    used, other = now.divided.largest, now.undivided.largest
    how = "divided, and the largest weight is {:.4f}; undivided it would be {:.4f}."
    if not divided:
        used, other = other, used
        how = "not divided, and the largest weight is {:.4f}; divided it would be {:.4f}."
    assert how.format(used, other) in said
