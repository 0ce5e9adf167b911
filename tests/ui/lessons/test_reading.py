"""Lessons as files: what is read, and what is told of one that is not valid."""

import re
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as some

from seqflip.ui.lessons.course import BUNDLED, course, minutes, path
from seqflip.ui.lessons.lesson import read_lesson
from seqflip.ui.lessons.pictures import PICTURES
from seqflip.ui.lessons.questions import QUESTIONS
from seqflip.ui.lessons.reading import LessonError
from seqflip.ui.lessons.values import VALUES
from tests.thorough import tries

DOCS = Path(__file__).parents[3] / "docs" / "lessons.md"
VALID = """\
---
title: One weight
minutes: 2
run: reverse
sequence: 3 1 4
question:
  kind: choose
  answers: [small, large]
  right: large
see:
  - page: attend
    label: Look at it
    params: {run: reverse, source: 3 1 4}
---
How large is the weight of output 1 on input 3?
---answer---
It is {weight 1 3}.
"""


def read(tmp_path: Path, text: str | bytes) -> LessonError | None:
    """Read a lesson; return what is wrong with it."""
    file = tmp_path / "05-mine.md"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    try:
        read_lesson(file, {"05-mine"})
    except LessonError as error:
        return error
    return None


def test_a_valid_lesson_is_read(tmp_path: Path) -> None:
    file = tmp_path / "05-mine.md"
    file.write_text(VALID, encoding="utf-8")
    lesson = read_lesson(file, set())
    assert lesson.name == "05-mine"
    assert lesson.front.title == "One weight"
    assert re.fullmatch(r"It is (0\.\d\d|over 0\.99|1)\.", lesson.in_markdown(lesson.answer))


@pytest.mark.parametrize(
    ("old", "new", "line", "reason"),
    [
        ("---\ntitle", "title", 1, "a lesson begins with a line ---"),
        ("---\nHow", "How", 1, "the front matter has no end: a second line ---"),
        ("---answer---", "", 18, "there is no line ---answer--- between"),
        ("How large is the weight of output 1 on input 3?\n", "", 14, "the question is empty"),
        ("It is {weight 1 3}.\n", "", 16, "the answer is empty"),
        ("How large", "How" + " very" * 200 + " large", 15, "at most 900 fit on a screen"),
        ("minutes: 2", "minutes: two", 3, "“minutes” must be a whole number from 1 to 60, not"),
        ("minutes: 2", "minutes: 0", 3, "“minutes” must be a whole number from 1 to 60, not 0"),
        ("minutes: 2\n", "", 2, "the front matter has no “minutes”: a whole number"),
        ("minutes: 2", "minuten: 2", 2, "has no “minutes”"),
        ("run: reverse\n", "", 4, "“run” and “sequence” belong together"),
        ("title: One weight", "title: One: weight", 2, "is not valid YAML"),
        ("title: One weight", "title: &a One", 2, "uses a YAML anchor"),
        ("minutes: 2", "minutes: 2\nminutes: 3", 4, "gives minutes a second time"),
        ("kind: choose", "kind: sing", 7, "must be one of paint, choose, number, quiz"),
        ("kind: choose", "kind: number", 8, "has no use for “answers”; it may have right, within"),
        ("right: large", "right: huge", 9, "“right” is “huge”, which is none of the answers"),
        ("answers: [small, large]", "answers: [large]", 8, "a list of two to six answers"),
        ("right: large", 'right: "{wait 1}"', 9, "there is no value {wait}; there are softmax"),
        ("page: attend", "page: attent", 11, "“page” must be one of train, lessons, attend"),
        ("label: Look at it", "say: Look at it", 11, "a link has no “label”"),
        ("{weight 1 3}", "{weight 1}", 17, "it is given 2 things, here 1"),
        ("{weight 1 3}", "{weight one 3}", 17, "OUTPUT is a whole number from 1"),
        ("see:", "picture: {kind: film}\nsee:", 10, "a picture has a “kind”: one of arithmetic"),
        ("see:", "evidence:\n  kind: race\nsee:", 10, "a picture of kind race has no “race”"),
        ("  - page", "  - 3\n  - page", 11, "a link must be a mapping of page, label, params"),
    ],
)
def test_an_invalid_one_is_told_with_its_line_and_what_would_be_valid(
    tmp_path: Path, old: str, new: str, line: int, reason: str
) -> None:
    assert VALID.count(old) == 1
    error = read(tmp_path, VALID.replace(old, new))
    assert error is not None
    assert reason in error.reason
    assert (error.file, error.line) == ("05-mine.md", line)
    assert "\n" not in str(error)


def test_what_is_no_text_is_told_with_the_line(tmp_path: Path) -> None:
    error = read(tmp_path, VALID.encode().replace(b"One weight", b"One \xff"))
    assert error is not None
    assert (error.line, error.reason) == (2, "this is not UTF-8; save the file as UTF-8 text")


def test_a_file_that_is_too_long_is_not_read(tmp_path: Path) -> None:
    error = read(tmp_path, VALID + "x" * 100_000)
    assert error is not None
    assert "may have 100,000 bytes" in error.reason


def test_a_model_is_needed_for_what_speaks_of_one(tmp_path: Path) -> None:
    text = VALID.replace("run: reverse\nsequence: 3 1 4\n", "")
    error = read(tmp_path, text)
    assert error is not None
    assert error.reason == "{weight OUTPUT INPUT} needs “run” and “sequence” in the front matter"


def test_formulas_keep_their_braces(tmp_path: Path) -> None:
    file = tmp_path / "05-mine.md"
    file.write_text(VALID.replace("It is ", r"$\frac{q}{k}$ is "), encoding="utf-8")
    lesson = read_lesson(file, set())
    assert lesson.in_markdown(lesson.answer).startswith(r"$\frac{q}{k}$ is ")


@given(some.binary(max_size=300))
@example(b"---\n---\n")
@example(b"---\nquestion: [\n---\na\n---answer---\nb")
@settings(max_examples=tries(20, 1000))
def test_any_bytes_are_a_lesson_or_an_error_with_a_line(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    error = read(tmp_path_factory.getbasetemp(), data)
    assert error is None or error.line >= 1


LINES = VALID.splitlines()


@given(some.integers(0, len(LINES) - 1), some.text(max_size=30))
@settings(max_examples=tries(20, 1000))
def test_any_line_may_be_another(
    tmp_path_factory: pytest.TempPathFactory, at: int, instead: str
) -> None:
    text = "\n".join([*LINES[:at], instead, *LINES[at + 1 :]])
    error = read(tmp_path_factory.getbasetemp(), text.encode("utf-8", "replace"))
    assert error is None or error.line >= 1


class TestCourse:
    def test_an_invalid_lesson_has_its_place_and_the_others_go_on(self, tmp_path: Path) -> None:
        (tmp_path / "01-good.md").write_text(VALID, encoding="utf-8")
        (tmp_path / "02-bad.md").write_text("nothing", encoding="utf-8")
        (tmp_path / "03-good.md").write_text(VALID, encoding="utf-8")
        stops = course(tmp_path)
        assert [stop.lesson is not None for stop in stops] == [True, False, True]
        assert stops[1].on_short_path
        assert not stops[0].on_short_path

    def test_a_file_that_changed_is_read_again(self, tmp_path: Path) -> None:
        file = tmp_path / "01-mine.md"
        file.write_text("nothing", encoding="utf-8")
        assert course(tmp_path)[0].lesson is None
        file.write_text(VALID, encoding="utf-8")
        assert course(tmp_path)[0].lesson is not None

    def test_a_quiz_sends_back_only_to_what_there_is(self, tmp_path: Path) -> None:
        quiz = (BUNDLED / "13-questions.md").read_text(encoding="utf-8")
        (tmp_path / "01-quiz.md").write_text(quiz, encoding="utf-8")
        error = course(tmp_path)[0].error
        assert error is not None
        assert "there is no lesson “06-what-the-decoder-reads” to look at again" in error.reason
        assert quiz.splitlines()[error.line - 1].strip() == "again: 06-what-the-decoder-reads"

    def test_the_bundled_ones_take_as_long_as_the_readme_says(self) -> None:
        stops = course(BUNDLED)
        assert [stop.error for stop in stops] == [None] * 13
        assert minutes(stops) == 45
        assert minutes(path(stops, short=True)) == 10


class TestDocumentation:
    def test_its_example_is_a_valid_lesson(self, tmp_path: Path) -> None:
        found = re.search(r"````markdown\n(.*?)````", DOCS.read_text(encoding="utf-8"), re.DOTALL)
        assert found is not None
        assert read(tmp_path, found[1]) is None

    def test_it_names_every_kind_and_every_value(self) -> None:
        text = DOCS.read_text(encoding="utf-8")
        for one in VALUES.values():
            assert f"| `{one.usage}` | {one.about} |" in text
            assert "|" not in one.about
        for kind in (*QUESTIONS, *PICTURES):
            assert f"`{kind}`" in text
