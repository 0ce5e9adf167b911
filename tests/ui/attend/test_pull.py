"""The panel that says why attention moves: true by the numbers, for any snapshot, as one types."""

import json
import re
from dataclasses import replace
from functools import partial
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import streamlit as st
from hypothesis import given, settings
from hypothesis import strategies as some
from streamlit.testing.v1 import AppTest

from seqflip.decoding import Forbid
from seqflip.nn import FloatArray
from seqflip.runs.run import Run
from seqflip.runs.trained import EXAMPLES, open_trained
from seqflip.study.pull import Head, Pull, pull
from seqflip.study.replay import Replay
from seqflip.ui.attend.exports import as_python
from seqflip.ui.attend.parts import NOTES, WHY, typed_parts
from seqflip.ui.attend.pull_html import why
from seqflip.ui.attend.through import Through
from seqflip.ui.attend.understand import answered
from seqflip.ui.attend.view import PLAIN, View
from seqflip.ui.parts.subject import open_subject
from tests.thorough import tries
from tests.ui.opening import open_page
from tests.ui.written import written_html

opened = partial(open_page, "attend")

APP = Path(__file__).parents[3] / "app.py"


def view(**said: Any) -> View:
    return View(**{"source": "3 1 4 1 5 9", "panel": "why", **said})


def told(shown: View) -> str:
    """Return what the panel says of a view."""
    return str(typed_parts(Run(EXAMPLES / shown.run), shown, 0)[WHY]["html"])


def text(html: str) -> str:
    return re.sub(r"<[^>]*>", "", html)


def pulled(shown: View) -> tuple[Pull, list[str]]:
    """Return the numbers that a view's panel is about, and how its inputs are called."""
    opened, _ = answered(open_subject(Run(EXAMPLES / shown.run), shown.step), shown)
    assert opened is not None
    answer, through = opened.plain, opened.through
    right = answer.target or answer.trace.outputs.tolist()
    head = None if through is None else Head(through.layer, through.head or 0)
    rate = answer.trained.config.training.learning_rate
    row = opened.place_in(answer).row
    found = pull(answer.trained.model.network, opened.source, right, row, rate, head)
    return found, answer.labels[0]


def near(written: str, x: float) -> bool:
    return abs(float(written.replace("−", "-")) - x) < 0.0000501


_N = "(−?[0-9.]+[0-9])"
_BEST = re.compile(
    rf"Weight moved onto (\S+) would lower the loss most: g = {_N}, the mean is {_N}\."
)
_PULLED = re.compile(rf"Up most goes (\S+), by {_N}, and down most (\S+), by {_N}\.")
_ONLY = re.compile(rf"As the weight on (\S+) is {_N}, its pull is {_N} only\.")
_MOVED = re.compile(rf"Most weight moves to (\S+?)(, the most useful)?: from {_N} to {_N};")
_LOSS = re.compile(rf"; the loss (rises|falls|stays)(?: from {_N} to| at) {_N}\.")


def held(said: str, found: Pull, labels: list[str]) -> None:
    """Hold every sentence about pulls to the numbers."""
    best = _BEST.search(said)
    if best is None:
        assert "Weight moved from any input to any other would change next to nothing." in said
        assert np.abs(found.useful - found.mean).max() < 0.00005
        return
    at = labels.index(best[1])
    assert at == found.useful.argmax()
    assert near(best[2], found.useful[at])
    assert near(best[3], found.mean)
    only = _ONLY.search(said)
    if "No score is pulled by as much as 0.0001" in said:
        assert np.abs(found.d_scores).max() < 0.0001
        assert ("nearly all weight lies on one input" in said) == (found.weights.max() > 0.99)
    else:
        pulled = _PULLED.search(said)
        assert pulled is not None
        assert labels.index(pulled[1]) == found.d_scores.argmin()
        assert near(pulled[2], -found.d_scores.min())
        assert labels.index(pulled[3]) == found.d_scores.argmax()
        assert near(pulled[4], found.d_scores.max())
        assert (only is None) == (found.d_scores.argmin() == at)
    if only:
        assert labels.index(only[1]) == at
        assert near(only[2], found.weights[at])
        assert near(only[3], -found.d_scores[at])
    gain = found.after - found.weights
    if "No weight moves by as much as 0.0001" in said:
        assert np.abs(gain).max() < 0.0001
    else:
        moved = _MOVED.search(said)
        assert moved is not None
        to = labels.index(moved[1])
        assert to == gain.argmax()
        assert bool(moved[2]) == (to == at)
        assert near(moved[3], found.weights[to])
        assert near(moved[4], found.after[to])
    loss = _LOSS.search(said)
    assert loss is not None
    assert near(loss[3], found.loss_after)
    if loss[1] == "stays":
        assert near(loss[3], found.loss)
    else:
        assert near(loss[2], found.loss)
        assert (loss[1] == "rises") == (found.loss_after > found.loss)


@pytest.fixture(autouse=True)
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEQFLIP_RUNS", str(tmp_path))
    st.cache_resource.clear()


@settings(max_examples=tries(60, 500), deadline=None)
@given(
    some.sampled_from(["reverse", "sort", "additive", "steps", "transformer"]),
    some.integers(0, 700),
    some.integers(0, 6),
    some.sampled_from(["3 1 4 1 5 9", "7 2 9 2 5", "1 1 1 1"]),
)
def test_its_sentences_are_true(run: str, step: int, row: int, source: str) -> None:
    shown = view(run=run, step=step, row=row, source=source)
    said = text(told(shown))
    found, labels = pulled(shown)
    assert "✓ checked" in said
    loss = re.search(rf"loss = −ln {_N}(?: · 10−?([0-9]+))? = {_N}\.", said)
    assert loss is not None
    share = float(loss[1]) * 10.0 ** -int(loss[2] or 0)
    assert share == pytest.approx(found.probability, abs=0.0000501, rel=0.01)
    assert share > 0
    assert near(loss[3], found.loss)
    held(said, found, labels)


def test_sentences_of_a_language_are_held_as_well() -> None:
    for step in (53, 260, 744):
        shown = view(run="french", source="these children do not find my boat", row=1, step=step)
        held(text(told(shown)), *pulled(shown))


def test_the_arithmetic_of_the_chosen_input_is_written_out() -> None:
    shown = view(run="reverse", step=37, row=2, column=4)
    found, _ = pulled(shown)
    said = text(told(shown))
    worked = re.search(rf"pull of 5 = {_N} × \({_N} − {_N}\) = {_N}", said)
    assert worked is not None
    weight, useful, mean, result = (float(one.replace("−", "-")) for one in worked.groups())
    assert weight * (useful - mean) == pytest.approx(result, abs=1e-3)
    assert result == pytest.approx(-found.d_scores[4], abs=6e-5)
    slope = re.search(rf"✓ checked: ∂loss/∂score = {_N} against {_N} by finite differences", said)
    assert slope is not None
    assert slope[1] == slope[2]
    assert near(slope[1], found.d_scores[4])


def test_a_badge_that_does_not_agree_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def halved(weights: FloatArray, d_weights: FloatArray) -> FloatArray:
        return weights * (d_weights - weights @ d_weights) / 2

    monkeypatch.setattr(import_module("seqflip.study.pull"), "by_scores", halved)
    said = told(view(step=37, row=2))
    assert 'data-agrees="no"' in said
    assert "✗ does not agree" in said
    assert "✓" not in said


def test_the_page_reads_the_right_words_as_in_training_and_its_picture_too() -> None:
    shown, _ = answered(open_subject(Run(EXAMPLES / "reverse"), 37), view(step=37))
    free, _ = answered(open_subject(Run(EXAMPLES / "reverse"), 37), view(step=37, panel="steps"))
    assert shown is not None
    assert free is not None
    assert shown.plain.target == shown.plain.right != free.plain.trace.outputs.tolist()
    assert free.plain.target is None
    assert shown.view.target is None  # so going on to another panel, it reads its own again
    found, _ = pulled(view(step=37, row=3))
    np.testing.assert_allclose(shown.plain.trace.weights[3], found.weights, atol=1e-5)


def test_where_nobody_knows_the_right_answer_it_is_what_was_written() -> None:
    known = open_subject(Run(EXAMPLES / "pairs")).example
    unknown = told(view(run="pairs", source="2june2001"))
    assert "Nobody knows the right answer, so take what it wrote" in text(unknown)
    assert "The right word is" in text(told(view(run="pairs", source=known)))


def test_a_target_of_ones_own_is_what_the_loss_wants() -> None:
    assert "The word of your target is 7." in text(told(view(target="7 7", step=37)))


def test_changes_by_hand_are_left_out() -> None:
    assert told(view(step=37, edits=(Forbid(0),))) == told(view(step=37))


def test_where_there_is_nothing_to_be_pulled_it_says_so() -> None:
    assert "no scores to be pulled" in told(view(run="bottleneck"))
    inside = told(view(run="transformer", through=Through("encoder", 0, 0)))
    assert "choose “Outputs at inputs”" in inside


def test_each_head_of_a_transformer_has_its_own_pull() -> None:
    first, second = (
        told(view(run="transformer", step=110, through=Through("cross", 1, head)))
        for head in (0, 1)
    )
    assert first != second
    assert told(view(run="transformer", step=110)) == first  # their mean has no scores


def test_attention_that_steps_says_which_scores_are_meant() -> None:
    assert "what its last softmax gets" in told(view(run="steps"))
    assert "what its last softmax gets" not in told(view(run="reverse"))


def test_it_says_how_the_update_differs_from_training() -> None:
    said = told(view(run="reverse"))
    training = open_trained(EXAMPLES / "reverse").config.training
    assert f"learning rate, {training.learning_rate:g};" in said
    assert f"takes {training.batch_size} sequences at once, with Adam" in said


def test_tokens_do_not_become_html() -> None:
    shown = view(step=37)
    opened, _ = answered(open_subject(Run(EXAMPLES / "reverse"), 37), shown)
    assert opened is not None
    vocabulary = [f"<b>{token}" for token in opened.plain.trained.vocabulary]
    trained = replace(opened.plain.trained, vocabulary=vocabulary)
    said = why(opened._replace(plain=replace(opened.plain, trained=trained)))
    assert "&lt;b&gt;9" in said
    assert "<b>9" not in said


# ---------------------------------------------------------------- any snapshot of a run


def captions(page: AppTest) -> list[str]:
    return [one.value for one in page.caption]


def test_a_link_opens_the_panel_at_a_step_and_the_whole_page_is_of_that_step() -> None:
    page = opened(run="reverse", source="3 1 4 1 5 9", panel="why", step="37", row="3")
    assert "These are the weights of Reverse after step 37 of its training." in captions(page)
    assert page.select_slider(key="attend_step").value == "37"
    assert "Output 3 of 7: why its attention moves" in written_html(page)
    page.segmented_control(key="attend_panel").set_value("steps").run()
    assert not page.exception
    assert "These are the weights of Reverse after step 37 of its training." in captions(page)
    then = typed_parts(Run(EXAMPLES / "reverse"), view(step=37, panel="steps"), 0)
    drawn = [json.loads(one.proto.json) for one in page.get("bidi_component")]
    chart = next(one for one in drawn if one.get("key") == "attend_heat_plain")
    assert chart["weights"] == then["attend_heat_plain"]["weights"]


def test_the_slider_goes_through_the_training_and_back() -> None:
    page = opened(run="reverse", source="3 1 4 1 5 9", panel="why")
    assert page.select_slider(key="attend_step").value == "best"
    assert "These are the best weights of Reverse; with the slider you go" in captions(page)[0]
    before = written_html(page)
    page.select_slider(key="attend_step").set_value("61").run()
    assert "after step 61" in " ".join(captions(page))
    assert written_html(page) != before
    page.select_slider(key="attend_step").set_value("best").run()
    assert written_html(page) == before


def test_a_press_leads_to_where_the_chosen_output_moved_most() -> None:
    page = opened(run="reverse", source="3 1 4 1 5 9", panel="why", row="3")
    page.button(key="attend_moved_most").click().run()
    assert not page.exception
    run = Run(EXAMPLES / "reverse")
    trained = open_trained(run)
    replay = Replay(trained, run.snapshots_path, [3, 1, 4, 1, 5, 9], None)
    replay.update()
    moved = [
        (float(np.abs(after.weights[2] - before.weights[2]).sum()), before.step)
        for before, after in pairwise(replay.frames)
        if min(len(before.outputs), len(after.outputs)) > 2
    ]
    assert page.select_slider(key="attend_step").value == str(max(moved)[1])


def test_another_run_is_shown_as_it_is_now() -> None:
    page = opened(run="reverse", source="3 1 4 1 5 9", panel="why", step="37")
    page.selectbox(key="attend_run").set_value("sort").run()
    assert not page.exception
    assert page.select_slider(key="attend_step").value == "best"


def test_a_step_that_was_not_kept_is_told_in_a_sentence() -> None:
    page = opened(run="reverse", source="3 1 4", panel="why", step="40")
    note = "There are no weights of step 40; these are of the last step before it that was kept, 37"
    assert note in written_html(page)
    assert page.select_slider(key="attend_step").value == "37"
    page.select_slider(key="attend_step").set_value("61").run()
    assert "There are no weights" not in written_html(page)


def test_a_run_without_snapshots_offers_no_choice(tmp_path: Path) -> None:
    folder = tmp_path / "short-1"
    folder.mkdir()
    for file in (EXAMPLES / "reverse").iterdir():
        if file.name != "snapshots.bin":
            (folder / file.name).write_bytes(file.read_bytes())
    page = opened(run="short-1", source="3 1 4", panel="why", step="40")
    assert not page.get("select_slider")
    assert "slider" not in captions(page)[0]
    assert "this run has kept none up to there, so these are its best" in written_html(page)
    assert "✓ checked" in written_html(page)


@pytest.mark.parametrize("step", ["-3", "x", "", "99999999999999999999"])
def test_a_step_that_is_none_is_told_and_nothing_is_lost(step: str) -> None:
    page = opened(run="reverse", source="7 8 2 9", panel="why", step=step)
    said = " ".join(str(one.value) for one in [*page.warning, *page.info, *page.error])
    assert "“step” in the link is" in said
    assert page.text_input(key="attend_source").value == "7 8 2 9"
    assert page.select_slider(key="attend_step").value == "best"


def test_what_is_typed_is_answered_with_the_weights_of_that_step() -> None:
    run = Run(EXAMPLES / "reverse")
    then = typed_parts(run, view(source="9 5 3", step=37), 0)
    assert then[WHY] != typed_parts(run, view(source="9 5 3", step=61), 0)[WHY]
    assert typed_parts(run, view(source="pear", step=37), 0).keys() == {NOTES}


def test_the_python_of_the_page_opens_the_same_weights() -> None:
    subject = open_subject(Run(EXAMPLES / "reverse"), 37)
    shown, _ = answered(subject, PLAIN)
    assert shown is not None
    code = as_python(str(EXAMPLES / "reverse"), shown.source, shown.plain, subject.snapshot)
    made: dict[str, Any] = {}
    exec(code.replace("heatmap(", "(lambda *all: type('', (), {'show': print}))("), made)
    np.testing.assert_array_equal(made["found"].weights, shown.plain.trace.weights)
