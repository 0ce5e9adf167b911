"""What a class may be asked: what is taken for an answer, what all answered, and who was close."""

from typing import Any

import pytest
from pydantic import ValidationError

from seqflip.server.class_questions import (
    MOST_TOKENS,
    Answer,
    Choice,
    ClassError,
    Number,
    Painting,
    Question,
)

CHOICE = Choice(kind="choose", text="Where?", answers=["first", "last"], right=1)
NUMBER = Number(kind="number", text="How much?", right=0.25, within=0.01, written="0.25")
PAINTING = Painting(
    kind="paint",
    text="Where?",
    inputs=["3", "1", "4"],
    outputs=["4", "1"],
    rows=[0, 1],
    weights=[[0.0, 0.1, 0.9], [0.2, 0.7, 0.1]],
)


@pytest.mark.parametrize("question", [CHOICE, NUMBER, PAINTING])
def test_nobody_sees_what_is_right_before_it_is_shown(question: Question) -> None:
    assert not question.secret & question.asked().keys()
    assert question.solution().keys() == question.secret
    assert question.asked() | question.solution() == question.model_dump()


def test_choices_are_counted_and_who_was_right_is_named() -> None:
    answers = [Answer(1, "Zoë"), Answer(0, "Ada"), Answer(1)]
    assert CHOICE.result(answers) == {"tally": [1, 2]}
    assert CHOICE.close(answers) == ["Zoë"]
    opinion = CHOICE.model_copy(update={"right": None})
    assert opinion.close(answers) == []


def test_paintings_become_a_mean_heatmap() -> None:
    # One painted a single cell of the first row, the other two of it and one of the second.
    answers = [Answer(PAINTING.read([2])), Answer(PAINTING.read([1, 2, 4]))]
    assert PAINTING.result(answers)["mean"] == [[0.0, 0.25, 0.75], [0.0, 0.5, 0.0]]
    assert PAINTING.result([])["mean"] == [[0.0] * 3] * 2


def test_a_painting_holds_the_attention_that_lies_in_it() -> None:
    assert PAINTING.held(PAINTING.read([2])) == pytest.approx(0.9 / 2)
    assert PAINTING.held(PAINTING.read([2, 4])) == pytest.approx((0.9 + 0.7) / 2)
    assert PAINTING.held(PAINTING.read(list(range(6)))) == pytest.approx(1)
    answers = [Answer((2,)), Answer((2, 4))]
    assert PAINTING.result(answers)["held"] == pytest.approx((0.45 + 0.8) / 2)


def test_close_is_who_holds_more_than_as_many_cells_at_random() -> None:
    answers = [
        Answer((2,), "one cell"),
        Answer((2, 4), "both"),
        Answer((0, 3), "elsewhere"),
        Answer(tuple(range(6)), "everything"),
        Answer((2, 4)),
    ]
    assert PAINTING.close(answers) == ["both", "one cell"]


def test_numbers_have_a_median_and_some_are_near_enough() -> None:
    answers = [Answer(0.24, "Ada"), Answer(0.25, "Zoë"), Answer(3.0, "Bob")]
    assert NUMBER.result(answers) == {"median": 0.25, "close": 2}
    assert NUMBER.close(answers) == ["Zoë", "Ada"]
    assert NUMBER.result([]) == {"median": None, "close": 0}


@pytest.mark.parametrize(
    ("question", "given"),
    [
        *((CHOICE, given) for given in (2, -1, 0.0, True, "0", None, [0])),
        *((NUMBER, given) for given in (float("nan"), float("inf"), 1e12, "1", True, None, [1])),
        *((PAINTING, given) for given in (1, [], [6], [-1], [0.0], ["0"], [True], [0] * 7, None)),
        (PAINTING.model_copy(update={"rows": [0]}), [3]),
    ],
)
def test_what_is_no_answer_is_refused(question: Question, given: Any) -> None:
    with pytest.raises(ClassError):
        question.read(given)


@pytest.mark.parametrize(
    "change",
    [
        {"rows": []},
        {"rows": [2]},
        {"weights": [[0.0, 0.1, 0.9]]},
        {"weights": [[0.0, 1.0], [0.0, 1.0]]},
        {"weights": [[0.0, 0.1, 1.1], [0.2, 0.7, 0.1]]},
        {"inputs": [str(i) for i in range(MOST_TOKENS + 1)]},
    ],
)
def test_a_painting_that_fits_nothing_cannot_be_asked(change: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Painting.model_validate(PAINTING.model_dump() | change)
