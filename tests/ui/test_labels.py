import pytest

from seqflip.ui.labels import (
    distinct,
    duration,
    percent,
    product,
    roughly,
    sentence,
    short_share,
    shortened,
    significant,
)


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
    assert significant(7331.4) == "7331"


@pytest.mark.parametrize(
    ("share", "text"), [(0.5, ".50"), (0.994, ".99"), (0.99996, ">.99"), (1.0, "1")]
)
def test_only_certainty_is_written_as_1(share: float, text: str) -> None:
    assert short_share(share) == text


def test_a_confidence_is_written_as_the_product_that_it_is() -> None:
    assert product([0.98, 0.5]) == ".980 × .500"
    assert product([0.9972, 1.0, 0.99996, 0.0004], 4) == ".997 × 1 × 1 × <.001"
    assert product([0.9, 0.5, 1.0, 0.7, 0.8]) == ".500 × .700 × .800 × …", "the least sure ones"


def test_a_long_label_is_shortened_and_keeps_its_number() -> None:
    assert shortened("turn", 7) == "turn"
    assert shortened("I_TURN_RIGHT₁₂", 8) == "I_TUR…₁₂"


@pytest.mark.parametrize("text", ["no such run", "No such run."])
def test_an_error_is_shown_as_a_sentence(text: str) -> None:
    assert sentence(text) == "No such run."


@pytest.mark.parametrize(
    ("seconds", "written"),
    [(0.2, "1 s"), (3.6, "4 s"), (59.2, "1 min"), (1190, "20 min"), (7100, "2 h")],
)
def test_an_estimate_of_a_time_has_one_unit(seconds: float, written: str) -> None:
    assert roughly(seconds) == written
