"""The Attend page without a browser: what is typed, chosen and linked to."""

import json
import os
import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
import streamlit as st
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as some
from streamlit.testing.v1 import AppTest

from seqflip.decoding import Forbid
from seqflip.ui.attend.view import PLAIN, to_link
from tests.thorough import tries
from tests.ui.opening import open_page
from tests.ui.written import written_html

opened = partial(open_page, "attend")

APP = Path(__file__).parents[3] / "app.py"


@pytest.fixture(autouse=True)
def no_runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SEQFLIP_RUNS", str(tmp_path_factory.mktemp("runs")))
        st.cache_resource.clear()
        yield


@pytest.fixture(scope="module")
def page() -> AppTest:
    """One page for many keystrokes."""
    return opened()


def bodies(page: AppTest) -> str:
    """Return all that is written in HTML, but for the style sheets."""
    return written_html(page)


def typed(page: AppTest, text: str) -> str:
    """Type a sequence; return what the page then says in HTML."""
    page.text_input(key="attend_source").set_value(text).run()
    assert not page.exception
    assert not page.error
    return bodies(page)


def test_it_opens_on_an_example_with_a_sequence_filled_in() -> None:
    page = opened()
    assert page.selectbox(key="attend_run").value == "reverse"
    assert page.text_input(key="attend_source").value == PLAIN.source
    assert "seqflip-positions" in bodies(page)
    assert "Output 1 of 7: <bdi>9</bdi>" in written_html(page)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "The sequence is empty"),
        (" , ", "The sequence is empty"),
        ("3 99", "Token 2, &#39;99&#39;, is not in the vocabulary; valid are 1 to 30"),
        ("3 0", "Token 2, &#39;0&#39;, marks the end"),
        ("1 " * 201, "201 tokens are too many; at most 200 can be shown"),
    ],
)
def test_what_does_not_fit_is_told_and_the_last_good_picture_stays(
    page: AppTest, text: str, complaint: str
) -> None:
    good = typed(page, "7 8 2")
    said = typed(page, text)
    assert complaint in said
    assert said.split("seqflip-scroll")[1:] == good.split("seqflip-scroll")[1:]


@pytest.mark.parametrize(
    ("text", "remark"),
    [
        ("1 2 3", "3 tokens: shorter than the shortest"),
        ("1 2 3 4", ""),
        ("1 " * 13, "13 tokens: longer than the 12"),
    ],
)
def test_an_unusual_length_is_allowed_and_marked(page: AppTest, text: str, remark: str) -> None:
    said = typed(page, text)
    assert remark in said
    assert ("that it was trained on" in said) == bool(remark)
    assert 'class="problem"' not in said


@settings(
    max_examples=tries(30, 300),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(some.text(max_size=60) | some.lists(some.integers(-3, 40), max_size=20).map(str))
@example("<script>alert(1)</script>")
@example("1" * 5000)
@example("\x00 1")
@example("1 " * 2000)
def test_nonsense_never_breaks_the_page(page: AppTest, text: str) -> None:
    said = typed(page, text)
    assert "seqflip-positions" in said
    assert "<script>" not in said


_edit = some.one_of(
    some.sampled_from(["forbid-1", "temperature-2", "temperature-2.0", "flatten", "flatten@1"]),
    some.sampled_from(["off-cross-1-1", "off-decoder-2-4", "flatten@2/1-3", "force-1@1/9-9"]),
    some.builds(
        "{}-{}{}".format,
        some.sampled_from(["temperature", "forbid", "force", "shuffle", "swap-1", "swap"]),
        some.sampled_from(["0", "1", "2", "3-3", "9999", "0.001", "1.5"]),
        some.sampled_from(["", "@0", "@1", "@2", "@9999"]),
    ),
    some.text(max_size=12),
)
SAID: dict[str, some.SearchStrategy[str]] = {
    "run": some.sampled_from(["reverse", "bottleneck", "pairs", "transformer"]),
    "source": some.sampled_from(["3 1 4", "1", "2 june 2001", "5 5 5 5", "1 " * 201]),
    "target": some.sampled_from(["right", "1 2 3", "1", ""]),
    "row": some.integers(-1, 10_000).map(str),
    "column": some.integers(-1, 10_000).map(str),
    "panel": some.sampled_from(["steps", "why", "surgery", "beam", "home", "None"]),
    "step": some.integers(-1, 2000).map(str),
    "truth": some.sampled_from(["yes", "no", "1"]),
    "numbers": some.sampled_from(["yes", "no", "1"]),
    "after": some.sampled_from(["yes", "no", "1"]),
    "edits": some.lists(_edit, max_size=4).map(" ".join),
    "beam": some.integers(-1, 20).map(str),
    "through": some.sampled_from(["cross-1-1", "encoder-2-4", "decoder-9-9", "cross-2", "none"]),
    "opened": some.text(max_size=5),
}


@settings(max_examples=tries(8, 200), deadline=None)
@given(
    some.fixed_dictionaries(
        {}, optional={name: value | some.text(max_size=20) for name, value in SAID.items()}
    )
)
@example({"panel": "surgery", "edits": "forbid-1 forbid-1"})
@example({"panel": "surgery", "edits": "temperature-2 temperature-2.0"})
@example({"panel": "None", "edits": "forbid-0@0 force-1@0"})
@example({"run": "bottleneck", "edits": "forbid-1 flatten", "panel": "steps", "after": "no"})
def test_no_link_breaks_the_page(link: dict[str, str]) -> None:
    page = opened(**link)
    assert "seqflip-positions" in bodies(page)


def test_a_link_brings_back_all_of_it() -> None:
    page = opened(
        run="sort",
        source="5 5 3",
        row="2",
        column="1",
        panel="surgery",
        edits="forbid-3",
        truth="yes",
    )
    assert page.selectbox(key="attend_run").value == "sort"
    assert page.text_input(key="attend_source").value == "5 5 3"
    assert page.segmented_control(key="attend_panel").value == "surgery"
    assert page.toggle(key="attend_truth").value is True
    assert any("forbid input 3" in button.label for button in page.button)
    view = page.session_state["attend_view"]
    assert to_link(view)["edits"] == "forbid-3"
    assert view.edits == (Forbid(2),)


def test_the_run_that_was_shown_on_the_train_page_is_looked_at() -> None:
    page = AppTest.from_file(APP, default_timeout=60)
    page.session_state["shown_run"] = "sort"
    page.switch_page("pages/attend.py").run()
    assert page.selectbox(key="attend_run").value == "sort"
    page.selectbox(key="attend_run").select("copy").run()
    assert page.selectbox(key="attend_run").value == "copy"


def test_letters_need_no_spaces() -> None:
    page = opened(run="pairs", source="14 july 1999")
    assert "Output 1 of 10: <bdi>1</bdi>" in written_html(page)


def test_another_model_that_does_not_know_the_sequence_gets_one_that_it_knows() -> None:
    page = opened()
    page.selectbox(key="attend_run").select("pairs").run()
    assert not page.exception
    assert 'class="problem"' not in bodies(page)
    page.selectbox(key="attend_run").select("copy").run()
    assert 'class="problem"' not in bodies(page)


@pytest.mark.parametrize(
    ("run", "source", "alignment"),
    [
        ("french", "The black cat sleeps.", True),
        ("numbers-in-words", "342", True),
        ("words-to-number", "three hundred forty two", True),
        ("dates", "July 4, 1999", True),
        ("pig-latin", "String", True),
        ("addition", "342 + 58", True),
        ("french", "cat the sleeps", False),
    ],
)
def test_sentences_of_the_small_languages(run: str, source: str, alignment: bool) -> None:
    page = opened(run=run, source=source)
    said = bodies(page)
    assert 'class="problem"' not in said
    assert ("no sentence of its language" in said) == (not alignment)
    assert ("attend_truth" in {one.key for one in page.toggle}) == alignment
    for panel in ("surgery", "beam", "home"):
        opened(run=run, source=source, panel=panel)


def test_words_that_nobody_taught_are_named() -> None:
    folder = Path(os.environ["SEQFLIP_RUNS"]) / "rare"
    shutil.copytree(APP.parent / "examples" / "french", folder)
    config = "data: {task: pairs, path: pairs.tsv, n_train: 2, n_test: 1}\n"
    model = "model: {d_model: 64, d_k: 32, d_v: 64}\ntraining: {batch_size: 2}\n"
    (folder / "config.yaml").write_text(config + model, encoding="utf-8")
    (folder / "pairs.tsv").write_text("the cat\tle chat\na\tun\nmy\tma\n", encoding="utf-8")
    known = json.loads((folder / "vocabulary.json").read_text(encoding="utf-8"))
    known["tokens"][-1] = "<unknown>"
    (folder / "vocabulary.json").write_text(json.dumps(known), encoding="utf-8")
    said = bodies(opened(run="rare", source="the <b>tiger</b> sleeps"))
    assert "It never learned &lt;b&gt;tiger&lt;/b&gt;: read as &lt;unknown&gt;." in said


def test_random_and_hardest_fill_in_sequences() -> None:
    page = opened(run="bottleneck")
    page.button(key="attend_random").click().run()
    assert not page.exception
    first = page.text_input(key="attend_source").value
    page.button(key="attend_hardest").click().run()
    assert page.text_input(key="attend_source").value != first
    assert "Number 1 of the 8" in bodies(page)
    page.button(key="attend_hardest").click().run()
    assert "Number 2 of the 8" in bodies(page)
    sure = opened(run="reverse")
    sure.button(key="attend_hardest").click().run()
    assert "It gets all 1,000 held-out sequences right" in bodies(sure)


def test_a_run_whose_data_are_gone_can_still_be_looked_at() -> None:
    folder = Path(os.environ["SEQFLIP_RUNS"]) / "orphan"
    shutil.copytree(APP.parent / "examples" / "pairs", folder)
    (folder / "pairs.tsv").unlink()
    page = opened(run="orphan", source="3 may 2024")
    assert "Output 1 of 10: <bdi>2</bdi>" in written_html(page)
    page.button(key="attend_random").click().run()
    assert not page.exception
    assert "the data of orphan cannot be made" in bodies(page)
    assert "problem" not in bodies(opened(run="orphan", source="3 may 2024", panel="beam"))


def test_a_forced_decoder_reads_the_right_answer_or_another_target() -> None:
    page = opened(target="right")
    assert "Reads" in bodies(page)
    page.text_input(key="attend_target").set_value("1 2 3").run()
    assert "<td><bdi>⟨begin⟩</bdi></td>" in bodies(page).replace(' class="chosen"', "")
    page.text_input(key="attend_target").set_value("1 nonsense").run()
    assert "is not in the vocabulary" in bodies(page)
    unknown = opened(run="pairs", source="1 may 1901", target="right")
    assert "Nobody knows the right answer" in bodies(unknown)


def test_surgery_is_made_undone_and_reset() -> None:
    page = opened(panel="surgery", row="2", column="1")
    page.button(key="attend_do_Force").click().run()
    assert "Changed answer" in bodies(page)
    page.button(key="attend_do_Forbid").click().run()
    page.select_slider(key="attend_temperature").set_value(0.5).run()
    assert page.session_state["attend_view"].edits[-1].value == 0.5
    page.button(key="attend_undo_forbid-1").click().run()
    page.selectbox(key="attend_swap").select(3).run()
    assert "Changed input" in bodies(page)
    page.button(key="attend_reset").click().run()
    assert not page.exception
    assert "Changed answer" not in bodies(page)


def test_surgery_keeps_to_the_chosen_cell_on_both_sides() -> None:
    page = opened(panel="surgery", row="2", edits="force-1@2")
    places = [one.value for one in page.markdown if "Output 2" in one.value]
    assert places[0] == ":small[Output 2 (5) and input 5 (5)]"
    page.button(key="attend_do_Force").click().run()
    assert to_link(page.session_state["attend_view"])["edits"] == "force-5@2"


def test_changes_that_a_shorter_sequence_has_no_place_for_wait_for_a_longer_one() -> None:
    page = opened(edits="forbid-6", panel="surgery")
    assert "Changed answer" in bodies(page)
    assert "has no place for: 1." in typed(page, "3 1 4")
    assert "Changed answer" in typed(page, "3 1 4 1 5 9")


@pytest.mark.parametrize("run", ["reverse", "additive", "bottleneck", "pairs"])
@pytest.mark.parametrize("panel", ["steps", "surgery", "beam", "home"])
def test_every_panel_opens_for_every_kind_of_model(run: str, panel: str) -> None:
    source = "2 june 2001" if run == "pairs" else "3 1 4 1"
    page = opened(run=run, panel=panel, source=source, edits="swap-1-2", numbers="yes")
    assert "Changed input" in bodies(page)


@pytest.mark.parametrize("run", ["additive", "bottleneck", "pairs", "steps", "transformer"])
def test_why_attention_moves_opens_for_every_kind_of_model(run: str) -> None:
    source = "2 june 2001" if run == "pairs" else "3 1 4 1"
    page = opened(run=run, panel="why", source=source, edits="swap-1-2", row="2")
    assert "Changed input" not in bodies(page)
    assert ("✓ checked" in bodies(page)) == (run != "bottleneck")


def test_code_is_shown_as_a_textbook_writes_it_and_on_wish_as_it_runs() -> None:
    page = opened(panel="steps")
    page.session_state.attend_code_state = True
    page.run()
    assert [one.value.splitlines()[0] for one in page.code] == ["def gru("]
    page.toggle(key="attend_fast_state").set_value(True).run()
    assert not page.exception
    assert [one.value.split("(")[0] for one in page.code] == ["def gru", "def step"]


@pytest.mark.parametrize("run", ["pairs", "reverse", "sort", "additive", "bottleneck"])
def test_a_page_opens_with_a_sequence_of_the_models_own(run: str) -> None:
    page = opened(run=run)
    source = page.text_input(key="attend_source").value
    said = bodies(page)
    assert 'class="problem"' not in said
    assert "that it was trained on" not in said, "its length is a usual one"
    assert (source == PLAIN.source) == (run not in ("pairs", "bottleneck"))
    assert ('class="wrong"' in said) == (run == "bottleneck"), "only there is a failure the point"


def test_a_sequence_that_was_typed_is_kept_for_another_model_that_knows_it() -> None:
    page = opened()
    page.text_input(key="attend_source").set_value("9 8 7 6").run()
    page.selectbox(key="attend_run").select("bottleneck").run()
    assert page.text_input(key="attend_source").value == "9 8 7 6"
    page.selectbox(key="attend_run").select("pairs").run()
    assert page.text_input(key="attend_source").value != "9 8 7 6"


def test_tokens_without_spaces_between_them_are_guessed_where_they_can_mean_one_thing(
    page: AppTest,
) -> None:
    assert "did you mean 3 1 4 1 5?" in typed(page, "31415")
    assert "did you mean" not in typed(page, "3x415")
    assert "did you mean" not in typed(page, "3 0")


def test_nothing_is_said_of_the_last_sequence_beside_what_is_wrong_with_this(page: AppTest) -> None:
    assert "shorter than the shortest" in typed(page, "1 2 3")
    said = typed(page, "1 2 x")
    assert "is not in the vocabulary" in said
    assert "shorter than" not in said


def test_a_choice_that_a_slow_browser_has_lost_is_restored() -> None:
    page = opened(panel="surgery")
    page.session_state["attend_panel"] = None
    page.run()
    assert not page.exception
    assert page.segmented_control(key="attend_panel").value == "surgery"
    assert to_link(page.session_state["attend_view"])["panel"] == "surgery"


def test_surgery_on_a_model_without_attention_speaks_of_what_there_is() -> None:
    said = " ".join(one.value for one in opened(run="bottleneck", panel="surgery").markdown)
    assert "swap" in said
    assert not any(word in said for word in ("Force", "Flatten", "Forbid"))
    assert "Force" in " ".join(one.value for one in opened(panel="surgery").markdown)


def test_the_captions_do_not_claim_what_they_then_deny() -> None:
    said = " ".join(one.value for one in opened(run="pairs").caption)
    assert "not by themselves an explanation" in said
    assert "made from" not in said
