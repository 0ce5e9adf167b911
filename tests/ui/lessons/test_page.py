"""The Lessons page without a browser: every stop opens, and what is wrong is told in its place."""

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from seqflip.ui.lessons.course import BUNDLED, course, path
from tests.ui.opening import open_page
from tests.ui.written import written_html

opened = partial(open_page, "lessons")

APP = Path(__file__).parents[3] / "app.py"
STOPS = course(BUNDLED)
SHORT = path(STOPS, short=True)


@pytest.fixture(autouse=True, scope="module")
def no_runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SEQFLIP_RUNS", str(tmp_path_factory.mktemp("runs")))
        st.cache_resource.clear()
        yield


def told(page: AppTest, key: str) -> dict[str, Any]:
    """Return what the browser is told to ask, or of the path."""
    found = [json.loads(one.proto.json) for one in page.get("bidi_component")]
    return next(one for one in found if key in one)


@pytest.mark.parametrize("at", range(1, len(STOPS) + 1))
def test_every_stop_of_the_full_path_opens(at: int) -> None:
    page = opened(stop=str(at))
    lesson = STOPS[at - 1].lesson
    assert lesson is not None
    assert not page.error
    assert page.title[0].value == lesson.front.title
    assert told(page, "kind")["kind"] == lesson.question.name
    assert told(page, "stops")["at"] == at - 1 or told(page, "minutes")["at"] == at - 1
    texts = [one.value for one in page.markdown]
    assert lesson.in_markdown(lesson.text) in texts
    assert lesson.in_markdown(lesson.answer) in texts
    assert "{" not in "".join(texts)


def test_the_short_path_has_its_own_stops() -> None:
    page = opened(stop="5", path="short")
    assert page.title[0].value == SHORT[4].title
    bar = told(page, "minutes")
    assert [stop["id"] for stop in bar["stops"]] == [stop.name for stop in SHORT]
    assert bar["stops"][1]["href"] == "?stop=2&path=short"


def test_the_first_stop_says_how_long_both_paths_take() -> None:
    page = opened()
    said = page.caption[0].value
    assert "13 stops and takes about 45 minutes, 16 of them for the last; " in said
    assert "the short one has 5 and takes about 10" in said
    assert "stop" not in page.query_params


@pytest.mark.parametrize("stop", ["0", "14", "two", "-1", "9" * 20])
def test_a_stop_that_there_is_not_gets_one_sentence_and_the_first_one(stop: str) -> None:
    page = opened(stop=stop)
    assert len(page.error) == 1
    assert page.error[0].value.endswith("this is the first stop.")
    assert page.title[0].value == STOPS[0].title


def test_another_path_than_the_short_one_is_told() -> None:
    page = opened(path="<b>")
    assert "which is neither short nor full" in page.error[0].value
    assert page.title[0].value == STOPS[0].title


def test_an_invalid_lesson_is_told_in_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = (BUNDLED / "01-what-it-learns.md").read_text(encoding="utf-8")
    (tmp_path / "01-good.md").write_text(first, encoding="utf-8")
    (tmp_path / "02-bad.md").write_text(first.replace("kind: paint", "kind: <b>"), encoding="utf-8")
    (tmp_path / "03-gone.md").write_text(first.replace("reverse", "nobody"), encoding="utf-8")
    monkeypatch.setenv("SEQFLIP_LESSONS", str(tmp_path))
    assert not opened().error
    bad = opened(stop="2")
    assert "02-bad.md, line 8: the “kind” of a question must be one of" in plain(bad.error[0].value)
    assert len(told(bad, "minutes")["stops"]) == 3
    gone = opened(stop="3")
    assert any("There is no run 'nobody'" in plain(one.value) for one in gone.error)


def test_html_in_a_lesson_is_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (BUNDLED / "01-what-it-learns.md").read_text(encoding="utf-8")
    evil = "<img src=x onerror=alert(1)>"
    (tmp_path / "01.md").write_text(text.replace("This model", evil), encoding="utf-8")
    monkeypatch.setenv("SEQFLIP_LESSONS", str(tmp_path))
    page = opened()
    assert evil in page.markdown[0].value
    assert not page.markdown[0].allow_html
    assert evil not in written_html(page)


def test_a_folder_without_lessons_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEQFLIP_LESSONS", str(tmp_path))
    assert "There are no lessons in" in opened().info[0].value


def plain(text: str) -> str:
    return text.replace("`", "")
