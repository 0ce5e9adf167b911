import pytest

from seqflip.ui.labels import distinct, duration, percent, sentence, significant


def test_repeated_tokens_are_told_apart_by_their_order() -> None:
    assert distinct(["3", "5", "3", "12"]) == ["3₁", "5", "3₂", "12"]
    assert distinct(["a"] * 10)[-1] == "a₁₀"


@pytest.mark.parametrize(
    ("share", "text"),
    [(0, "0.0 %"), (0.9945, "99.5 %"), (0.9999, "99.9 %"), (1, "100.0 %"), (None, "–")],
)
def test_only_all_right_is_written_as_100_percent(share: float | None, text: str) -> None:
    assert percent(share) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(4.16, "4.2 s"), (59, "59 s"), (59.7, "1 min 0 s"), (200, "3 min 20 s"), (7500, "2 h 5 min")],
)
def test_times_are_written_as_people_say_them(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_numbers_keep_their_digits() -> None:
    assert significant(0.5) == "0.5000"
    assert significant(None) == "–"


@pytest.mark.parametrize("text", ["no such run", "No such run."])
def test_an_error_is_shown_as_a_sentence(text: str) -> None:
    assert sentence(text) == "No such run."
