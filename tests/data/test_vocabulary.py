"""Between text and token ids."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqflip.data.vocabulary import decode, encode, number_vocabulary, word_vocabulary

WORDS = word_vocabulary(["red", "10", "2", "Blue", "2", "-1", "Hello,", "0", "²"])


def test_numbers_are_written_as_themselves() -> None:
    assert number_vocabulary(4) == ["0", "1", "2", "3"]


def test_words_come_after_numbers_and_each_only_once() -> None:
    assert WORDS == ["<end>", "-1", "0", "2", "10", "Blue", "Hello,", "red", "²"]


@given(st.lists(st.sampled_from(["a", "b", "1", "01", "10", "2"])))
def test_the_order_of_tokens_does_not_matter(tokens: list[str]) -> None:
    assert word_vocabulary(tokens) == word_vocabulary(reversed(tokens))


@pytest.mark.parametrize("text", ["3 1 2", "3,1,2", " 3, 1 ,2 ", "3\t1\n2,", ",3,,1 , 2"])
def test_tokens_are_separated_by_spaces_or_commas(text: str) -> None:
    assert encode(text, number_vocabulary(5)) == [3, 1, 2]


def test_a_word_with_a_comma_is_one_word() -> None:
    assert encode("Hello, red,Blue 0", WORDS) == [6, 7, 5, 2]


@pytest.mark.parametrize("text", ["cab", "c a b", "ca b", "c,ab"])
def test_letters_need_nothing_between_them(text: str) -> None:
    assert encode(text, ["<end>", "a", "b", "c"]) == [3, 1, 2]


def test_a_comma_can_be_a_letter() -> None:
    assert encode("a,a", ["<end>", ",", "a"]) == [2, 1, 2]


def test_numbers_of_two_digits_are_no_letters() -> None:
    with pytest.raises(ValueError, match="token 1, '12'"):
        encode("12", number_vocabulary(12))
    assert encode("12", number_vocabulary(13)) == [12]


@pytest.mark.parametrize(
    ("text", "vocabulary", "message"),
    [
        ("", number_vocabulary(5), "the sequence is empty; give tokens such as 1 to 4"),
        (" , ", number_vocabulary(5), "the sequence is empty; give tokens such as 1 to 4"),
        ("1 5", number_vocabulary(5), "token 2, '5', is not in the vocabulary; valid are 1 to 4"),
        ("1.0", number_vocabulary(5), "token 1, '1.0', is not in the vocabulary; valid are 1 to 4"),
        ("1 0 2", number_vocabulary(5), "token 2, '0', marks the end; valid are 1 to 4"),
        ("red <end>", ["<end>", "red"], "token 2, '<end>', marks the end; valid are red"),
        (
            "green",
            WORDS,
            "token 1, 'green', is not in the vocabulary; "
            "valid are -1, 0, 2, 10, Blue, Hello,, red, ²",
        ),
    ],
)
def test_text_that_cannot_be(text: str, vocabulary: list[str], message: str) -> None:
    with pytest.raises(ValueError, match=r"\w") as caught:
        encode(text, vocabulary)

    assert str(caught.value) == message


def test_what_is_no_letter_is_named_alone() -> None:
    letters = word_vocabulary("0123456789 maiju")
    with pytest.raises(ValueError, match="token 2, 'M', is not in the vocabulary"):
        encode("3Mai2024", letters)


def test_letters_may_be_joined_and_have_spaces_between() -> None:
    vocabulary = word_vocabulary(["a", "é", "␣", "👨\u200d👩"])
    symbols = [vocabulary[i] for i in encode("a e\u0301\u200b👨\u200d👩", vocabulary)]
    assert symbols == ["a", "␣", "é", "👨\u200d👩"]


def test_what_is_typed_is_composed_as_what_was_learned() -> None:
    assert encode("cafe\u0301 noir", ["<end>", "café", "noir"]) == [1, 2]


def test_what_is_typed_is_in_lower_case_where_what_was_learned_is() -> None:
    assert encode("Café NOIR", ["<end>", "café", "noir"], lower_case=True) == [1, 2]


def test_long_text_makes_no_long_message() -> None:
    with pytest.raises(ValueError, match="…") as caught:
        encode("x" * 5000, word_vocabulary(f"w{i}" for i in range(1000)))

    assert len(str(caught.value)) < 200


def test_ids_are_written_up_to_the_first_end_mark() -> None:
    assert decode([3, 1, 0, 2], number_vocabulary(5)) == "3 1"
    assert decode([0, 0], number_vocabulary(5)) == ""


@pytest.mark.parametrize("token_id", [5, -1])
def test_an_id_outside_the_vocabulary(token_id: int) -> None:
    with pytest.raises(ValueError, match=f"there is no token {token_id}; ids go from 0 to 4"):
        decode([1, token_id], number_vocabulary(5))


@given(st.lists(st.integers(1, len(WORDS) - 1), min_size=1))
def test_what_is_written_reads_back_the_same(ids: list[int]) -> None:
    assert encode(decode(ids, WORDS), WORDS) == ids
