"""What the server's own address answers to a keystroke on the Attend page."""

import json
import math
import re
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import numpy as np
import pytest
import streamlit as st
from hypothesis import given, settings
from hypothesis import strategies as some
from streamlit.testing.v1 import AppTest

from seqflip.decoding import Forbid
from seqflip.runs.run import Run
from seqflip.runs.trained import EXAMPLES
from seqflip.ui.attend.parts import HEADING, NOTES, TABLE, typed_parts
from seqflip.ui.attend.through import Through
from seqflip.ui.attend.view import PLAIN, Panel, View, to_link
from seqflip.ui.feed import attend_feed
from tests.thorough import tries
from tests.ui.asked import Answer, answer_to
from tests.ui.attend.test_page import SAID

APP = Path(__file__).parents[3] / "app.py"
KINDS = ("reverse", "bottleneck", "additive", "steps", "transformer")


@pytest.fixture(autouse=True)
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEQFLIP_RUNS", str(tmp_path))
    st.cache_resource.clear()


def ask(view: View, told: str = "0") -> Answer:
    run = Run(EXAMPLES / view.run)
    return answer_to(f"{attend_feed(run)}?{urlencode(to_link(view) | {'told': told})}")


def on_page(view: View) -> dict[str, Any]:
    """Return what the page itself draws, by key."""
    page = AppTest.from_file(APP, default_timeout=60)
    for name, text in to_link(view).items():
        page.query_params[name] = text
    page.switch_page("pages/attend.py")
    page.run()
    assert not page.exception
    drawn = [json.loads(one.proto.json) for one in page.get("bidi_component")]
    return {one["key"]: one for one in drawn if "key" in one}


@pytest.mark.parametrize("panel", ["steps", "why", "surgery"])
@pytest.mark.parametrize("run", KINDS)
def test_it_says_what_the_page_says(run: str, panel: Panel) -> None:
    view = replace(PLAIN, run=run, source="3 1 4 1 5", panel=panel, numbers=True)
    told, drawn = ask(view).told["parts"], on_page(view)
    assert {NOTES, TABLE} <= told.keys() <= drawn.keys()
    for key, part in told.items():
        for name, value in part.items():
            if name != "head":  # the browser knows better which one was chosen
                assert drawn[key][name] == value, (key, name)


def test_what_is_no_sequence_changes_the_note_alone() -> None:
    told = ask(replace(PLAIN, source="3 pear")).told["parts"]
    assert list(told) == [NOTES]
    assert "pear" in told[NOTES]["html"]
    assert "the picture is still that of the last sequence" in told[NOTES]["html"]


def test_what_is_typed_does_not_become_html() -> None:
    told = ask(replace(PLAIN, source="<b>3</b> <img src=x>")).told["parts"][NOTES]["html"]
    assert "<img" not in told
    assert "<b>3" not in told


@pytest.mark.parametrize("told", ["-1", "many", "1" * 40, "²"])
def test_a_count_that_is_none_is_refused(told: str) -> None:
    answer = ask(PLAIN, told=told)
    assert answer.status == 400
    assert "“told” must be" in answer.told["error"]


def test_a_run_that_is_gone_is_told_of() -> None:
    assert answer_to("live/attend/nothing-1?told=0").told["state"] == "gone"


def worked(view: View) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    chart = typed_parts(Run(EXAMPLES / view.run), view, 0)["attend_heat_plain"]
    return dict(chart), list(chart["worked"])


def test_the_arithmetic_of_a_cell_leads_to_its_weight() -> None:
    _, steps = worked(PLAIN)
    assert [one["name"] for one in steps] == ["q · k", "÷ √16", "softmax"]
    product, score, weight = (np.array(one["values"]) for one in steps)
    assert np.allclose(product / math.sqrt(16), score, rtol=1e-3)
    powers = np.exp(score - score.max(axis=1, keepdims=True))
    assert np.allclose(powers / powers.sum(axis=1, keepdims=True), weight, atol=0.01)


def test_attention_that_steps_says_what_came_after_the_softmax() -> None:
    _, steps = worked(replace(PLAIN, run="steps"))
    assert [one["name"] for one in steps][-2:] == ["softmax", "gate, shift, sharpening"]


def test_a_head_has_its_own_arithmetic_and_the_mean_of_heads_none() -> None:
    _, steps = worked(replace(PLAIN, run="transformer", through=Through("cross", 1, 2)))
    product, score, weight = (np.array(one["values"]) for one in steps)
    assert re.fullmatch(r"÷ √\d+", steps[1]["name"])
    powers = np.exp(score - score.max(axis=1, keepdims=True))
    assert np.allclose(powers / powers.sum(axis=1, keepdims=True), weight, atol=0.01)
    assert np.allclose(product / score, product[0, 0] / score[0, 0], rtol=0.01)
    assert worked(replace(PLAIN, run="transformer"))[1] == []


def test_what_was_changed_by_hand_is_not_worked_out() -> None:
    view = replace(PLAIN, edits=(Forbid(0),))
    parts = typed_parts(Run(EXAMPLES / "reverse"), view, 0)
    assert not parts["attend_heat_changed"]["worked"]


def test_the_opened_row_is_named() -> None:
    parts = typed_parts(Run(EXAMPLES / "reverse"), replace(PLAIN, row=2), 0)
    assert "Output 3 of 7: <bdi>1</bdi>" in str(parts[HEADING]["html"])


@pytest.mark.parametrize("run", ["reverse", "transformer"])
def test_query_and_key_over_one_another_are_those_of_the_product(run: str) -> None:
    through = Through("cross", 1, 0) if run == "transformer" else None
    chart, steps = worked(replace(PLAIN, run=run, through=through))
    query, key = (np.array(chart["vectors"][name]) for name in ("query", "key"))
    assert np.allclose(query @ key.T, steps[0]["values"], rtol=1e-2, atol=0.05)


@pytest.mark.parametrize("run", ["additive", "bottleneck"])
def test_where_a_score_is_no_product_nothing_is_laid_over_one_another(run: str) -> None:
    parts = typed_parts(Run(EXAMPLES / run), replace(PLAIN, run=run), 0)
    assert parts.get("attend_heat_plain", {}).get("vectors") is None


@settings(max_examples=tries(60, 600), deadline=None)
@given(
    some.sampled_from(KINDS),
    some.fixed_dictionaries(
        {}, optional={name: value | some.text(max_size=20) for name, value in SAID.items()}
    ),
)
def test_whatever_is_asked_is_answered(run: str, link: dict[str, str]) -> None:
    answer = answer_to(f"{attend_feed(Run(EXAMPLES / run))}?{urlencode(link)}")
    assert answer.status == 200
    assert NOTES in answer.told["parts"]
