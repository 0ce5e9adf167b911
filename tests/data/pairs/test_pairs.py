"""What is left of pairs: without the longest, and with rare words as one."""

import pytest

from seqflip.data.pairs import parse_pairs

TEXT = "a cat,un chat\na dog,un chien\na bird sings,un oiseau chante\na fox,un renard\n"


def test_punctuation_is_apart_on_wish() -> None:
    text = "hello!\tsalut !\n"
    assert parse_pairs(text).sources == [["hello!"]]
    assert parse_pairs(text, punctuation=True).sources == [["hello", "!"]]


def test_the_longest_are_left_out_on_wish() -> None:
    found = parse_pairs(TEXT, max_tokens=2)
    assert found.sources == [["a", "cat"], ["a", "dog"], ["a", "fox"]]
    assert found.lines == [1, 2, 4]
    assert found.left_out == [(3, "a side of it has more than 2 tokens")]


def test_if_all_are_longer_that_is_said() -> None:
    with pytest.raises(ValueError, match="no pair left: a side of it has more than 1 token"):
        parse_pairs(TEXT, max_tokens=1)


def test_rare_words_are_read_as_one() -> None:
    found = parse_pairs(TEXT + "the cat,le chat\n", min_count=2)
    assert found.sources == [
        ["a", "cat"],
        ["a", "<unknown>"],
        ["a", "<unknown>", "<unknown>"],
        ["<unknown>", "cat"],
    ]
    assert found.targets[1] == ["un", "<unknown>"]
    assert found.left_out == [(4, "it repeats an earlier line")]
    assert found.decisions == ["10 tokens that occur less than 2 times are read as <unknown>"]


def test_sources_that_are_alike_then_and_differ_in_what_they_become_are_left_out() -> None:
    found = parse_pairs("a x,b b\na y,a a\n", min_count=2)
    assert found.left_out == [(2, "an earlier line gives its source another target")]


def test_if_all_words_are_rare_that_is_said() -> None:
    with pytest.raises(ValueError, match="no token occurs 9 times"):
        parse_pairs(TEXT, min_count=9)
