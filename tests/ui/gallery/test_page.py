"""The Gallery page without a browser: every case opens, says what is so, and leads somewhere."""

import math
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import streamlit as st
from markupsafe import Markup
from streamlit.testing.v1 import AppTest

from seqflip.nn import Looks
from seqflip.runs.run import Run
from seqflip.runs.trained import EXAMPLES, open_trained
from seqflip.study.cases import SMALL
from seqflip.ui.attend import through
from seqflip.ui.attend import view as attend
from seqflip.ui.gallery.cards import CASES
from seqflip.ui.gallery.cases import PARTS, Findings, Way
from seqflip.ui.gallery.pieces import weights_chart
from seqflip.ui.gallery.show import look
from seqflip.ui.gallery.small import healthy, train
from seqflip.ui.labels import percent
from seqflip.ui.lengths import view as lengths
from seqflip.ui.parts.fields import values_of
from seqflip.ui.parts.presets import presets, races
from seqflip.ui.parts.subject import open_subject
from seqflip.ui.parts.typed import read_source
from seqflip.ui.parts.url_state import from_link
from seqflip.ui.shell.pages import PAGES
from tests.ui.opening import open_page
from tests.ui.written import written_html

opened = partial(open_page, "gallery")

APP = Path(__file__).parents[3] / "app.py"
MOST = 200


@pytest.fixture(scope="module", autouse=True)
def no_runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SEQFLIP_RUNS", str(tmp_path_factory.mktemp("runs")))
        st.cache_resource.clear()
        yield


def shown(name: str) -> Findings:
    """Return what a case has to show, as the page does."""
    subjects = [open_subject(Run(EXAMPLES / run)) for run in CASES[name].runs]
    found: Findings | None = look(name, tuple(one.version for one in subjects), subjects)
    assert found is not None
    return found


def said(name: str) -> str:
    return " ".join(shown(name).says)


def told(name: str) -> str:
    """Return all that a case says and shows in words and tables."""
    found = shown(name)
    evidence = [one.striptags() for one in found.evidence if isinstance(one, Markup)]
    return " ".join([*found.says, *evidence, found.repaired])


def ways(name: str) -> list[Way]:
    found = shown(name)
    between = [one for one in found.evidence if isinstance(one, Way)]
    return [*between, *found.live, *([found.repair] if found.repair else [])]


@pytest.mark.parametrize("name", CASES)
def test_every_case_opens(name: str) -> None:
    page = opened(case=name)
    assert not page.error
    assert page.title[0].value == "Gallery"
    assert page.header[0].value == CASES[name].label
    html = written_html(page)
    for sentence in shown(name).says:
        assert Markup("<p>{}</p>").format(sentence) in html


def test_it_opens_with_the_measures_and_lists_all_cases() -> None:
    page = opened()
    assert page.header[0].value == "Four measures that differ"
    html = written_html(page)
    for name, case in CASES.items():
        assert f'<a href="gallery?case={name}"' in html
        assert case.label in html
        assert case.part in PARTS
    assert html.count('aria-current="page"') == 1


def test_a_wrong_name_gets_one_sentence_and_a_case() -> None:
    page = opened(case="nobody")
    assert page.error[0].value.startswith("There is no case “nobody”, but there are measures, ")
    assert page.header[0].value == "Four measures that differ"


def test_the_page_keeps_the_case_that_was_opened() -> None:
    page = opened(case="deaf")
    page.switch_page("pages/runs.py").run()
    page.query_params.clear()
    page.switch_page("pages/gallery.py").run()
    assert page.header[0].value == CASES["deaf"].label


def test_all_that_fails_has_a_diagnosis_a_live_view_and_a_repair() -> None:
    failures = [one for one in CASES.values() if one.part in ("answers", "code", "training")]
    assert len(failures) == 12
    for case in failures:
        found = shown(case.name)
        assert 1 <= len(found.says) <= 3
        assert found.evidence
        assert found.live
        assert found.repair is not None
        assert found.repaired


def complaints(way: Way) -> list[str]:
    """Return what the page that a way leads to would have to say of its link."""
    params = dict(way.params)
    if way.page == "gallery":
        return [] if params["case"] in CASES else ["no such case"]
    if way.page == "attend":
        view, wrong = attend.from_link(params)
        trained = open_trained(EXAMPLES / view.run)
        source = read_source(view.source, trained)
        looks: Looks | None = trained.model.network.looks
        _, problem = through.fitting(view.through, looks)
        rows = len(trained.right_answer(source) or [])
        too_far = ["no such output"] if view.row >= rows + 1 else []
        return [*wrong, *too_far, *([problem] if problem else [])]
    if way.page == "lengths":
        view_of_lengths, wrong = lengths.from_link(params, MOST)
        return wrong + [run for run in view_of_lengths.runs if not (EXAMPLES / run).exists()]
    if way.page == "race":
        return [] if params["story"] in races() else ["no such story"]
    if way.page == "train":
        preset = presets()[params.pop("preset", "reverse")]
        return from_link(params, values_of(preset.config))[1]
    return [] if not params and way.page in PAGES else ["unknown"]


@pytest.mark.parametrize("name", CASES)
def test_every_way_leads_to_a_page_that_has_nothing_to_complain_of(name: str) -> None:
    assert ways(name)
    for way in ways(name):
        assert complaints(way) == [], way


def test_a_way_to_attend_shows_the_wrong_answer_there() -> None:
    (way, _) = shown("drags-on").live
    page = AppTest.from_file(APP, default_timeout=60)
    page.query_params.update(way.params)
    page.switch_page("pages/attend.py").run()
    assert not page.exception
    assert not page.error
    assert "Output 5 of " in written_html(page)


def test_a_way_to_train_has_the_settings_of_the_training() -> None:
    values, wrong = from_link(train("").params, values_of(presets()["reverse"].config))
    assert wrong == []
    for name, value in SMALL.items():
        assert values[name.split(".")[1]] == value


def test_what_is_said_of_tokens_and_answers_follows_from_each_other() -> None:
    text = said("exact-match")
    measures = told("measures")
    assert "At 14 tokens" in text
    for share in ("85.2 %", "8.5 %"):
        assert share in text
        assert share in measures
    assert percent(0.8517857**14) in text


def test_what_is_said_of_the_sum_is_so() -> None:
    words = said("aligned-wrong").split(" it says ")
    sum_of = words[0].removeprefix("For ").replace(" ", "")
    first, _, second = sum_of.partition("+")
    right = str(int(first) + int(second))
    assert f"and {' '.join(right)} is right" in words[1]
    assert not words[1].startswith(" ".join(right))
    assert f"{' '.join(second)} + {' '.join(first)}, it says {' '.join(right)}, which is right" in (
        shown("aligned-wrong").repaired
    )


def test_what_is_said_of_the_beams_is_so() -> None:
    assert "a beam of 3 keeps both" in said("beam-rescues").replace("A beam", "a beam")
    assert "likelier. It is the model that is mistaken" in said("beam-loses")
    assert "right." in shown("beam-rescues").repaired


def test_what_is_said_of_guesses_is_so() -> None:
    assert f"ln 10 = {math.log(10):.2f}" in said("deaf")
    assert "the same answer to all of them" in said("deaf")
    assert f"the {math.log(10):.2f} that a blind guess costs" in said("by-heart")
    assert percent(healthy().held_out.accuracy) in shown("not-shifted").repaired


def test_what_is_said_of_longer_sequences_is_so() -> None:
    text = said("longer")
    assert "learned from sequences of 12 tokens at most. Here it is asked 15" in text
    assert "Up to output 12 it looks most at the right place." in text
    assert "at 15 of 15 outputs, and 15 are right" in text
    assert "this answer comes right" in text


def test_what_is_said_of_the_transformer_is_so() -> None:
    text = told("chatbots")
    heads, inputs, outputs = 2 * 4, 6, 7
    scores = heads * (inputs * inputs + outputs * outputs + outputs * inputs)
    assert f"made {scores:,} for 6 inputs and 7 outputs" in text
    assert "for all 24 heads" in text
    assert "The largest weight on a later word is 0 here" in text
    assert "no weight differs by more than 0.000000" in text
    assert "until 9 5 1 4 1 3 is complete" in text
    assert "10,000,000,000" in text
    assert "5,000,050,000" in text


def test_where_there_is_no_such_case_any_more_the_page_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("seqflip.ui.gallery.show.look", lambda *_: None)
    page = opened(case="drags-on")
    assert "Among the held-out sequences of copy there is none now." in written_html(page)


def test_a_folder_that_is_not_whole_is_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("seqflip.ui.gallery.show.EXAMPLES", Path("/nowhere"))
    page = opened(case="drags-on")
    assert "has no weights yet" in page.error[0].value


@pytest.mark.parametrize("outputs", [3, 15, 30])
def test_a_heatmap_is_high_enough_to_name_every_output(outputs: int) -> None:
    names = [str(i) for i in range(outputs)]
    chart = weights_chart("", np.eye(outputs, dtype=np.float32), names, names, "")
    labels, letters = 86, 11  # pixels: of the input's labels, slanted; the smallest letters
    assert (chart["height"] - labels) / outputs >= letters + 2
