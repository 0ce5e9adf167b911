"""Classes: codes nobody guesses, one lecturer, bounded, and nothing left at their end."""

import pytest

from seqflip.server import classroom
from seqflip.server.class_questions import Choice, ClassError
from seqflip.server.classroom import (
    ALPHABET,
    CODE_LENGTH,
    MOST_CLASSES,
    MOST_PRESENT,
    Classes,
    NoSuchClass,
)

ASKED = Choice(kind="choose", text="Where does it look?", answers=["first", "last"], right=1)


@pytest.fixture
def classes() -> Classes:
    return Classes()


def test_a_code_is_one_of_more_than_a_hundred_thousand_million(classes: Classes) -> None:
    codes = {classes.open().code for _ in range(MOST_CLASSES)}
    assert len(codes) == MOST_CLASSES
    assert all(len(code) == CODE_LENGTH and set(code) <= set(ALPHABET) for code in codes)
    assert len(set(ALPHABET)) ** CODE_LENGTH > 10**11


def test_who_joins_is_present_until_they_ask_no_more(
    classes: Classes, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [1000.0]
    monkeypatch.setattr(classroom, "monotonic", lambda: now[0])
    code = classes.open().code
    classes.join(code, "anna")
    assert set(classes.join(code, "bert").seen) == {"anna", "bert"}
    now[0] += 20
    assert set(classes.join(code, "bert").seen) == {"bert"}


def test_only_its_lecturer_leads_it(classes: Classes) -> None:
    room, other = classes.open(), classes.open()
    assert classes.lead(room.code, room.secret) is room
    for secret in ("", other.secret, "é", room.secret[:-1]):
        with pytest.raises(ClassError, match="only its lecturer can lead a class"):
            classes.lead(room.code, secret)


def test_answers_are_counted_each_participant_once(classes: Classes) -> None:
    room = classes.open()
    classes.ask(room, ASKED)
    classes.answer(room.code, "anna", 1, 0)
    classes.answer(room.code, "bert", 1, 1, "Bert")
    classes.answer(room.code, "anna", 1, 1, "Anna")
    classes.answer(room.code, "zoe", 1, 1)
    assert room.result() == {"tally": [0, 3]}
    assert room.close() == ["Anna", "Bert"]


def test_what_is_not_asked_any_more_takes_no_answer(classes: Classes) -> None:
    room = classes.open()
    with pytest.raises(ClassError, match="not asked any more"):
        classes.answer(room.code, "anna", 0, 0)
    classes.ask(room, ASKED)
    with pytest.raises(ClassError, match="no such choice"):
        classes.answer(room.code, "anna", 1, 2)
    classes.reveal(room)
    with pytest.raises(ClassError, match="not asked any more"):
        classes.answer(room.code, "anna", 1, 0)
    classes.ask(room, ASKED)
    with pytest.raises(ClassError, match="not asked any more"):
        classes.answer(room.code, "anna", 1, 0)  # of the question before
    assert room.result() == {"tally": [0, 0]}


def test_nothing_is_left_of_a_class_that_has_ended(classes: Classes) -> None:
    room = classes.open()
    classes.end(room)
    with pytest.raises(NoSuchClass):
        classes.join(room.code, "anna")


def test_there_are_never_more_than_there_is_room_for(
    classes: Classes, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [1000.0]
    monkeypatch.setattr(classroom, "monotonic", lambda: now[0])
    room = classes.open()
    classes.ask(room, ASKED)
    for i in range(MOST_PRESENT):
        classes.join(room.code, f"one{i}")
        classes.answer(room.code, f"one{i}", 1, 0)
    with pytest.raises(ClassError, match="are in this class already"):
        classes.join(room.code, "another")
    with pytest.raises(ClassError, match="have answered already"):
        classes.answer(room.code, "another", 1, 0)
    for _ in range(MOST_CLASSES - 1):
        classes.open()
    with pytest.raises(ClassError, match="classes already"):
        classes.open()
    now[0] += 1000  # nobody has led any of them since
    assert classes.open().code
