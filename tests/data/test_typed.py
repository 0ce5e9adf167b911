"""What people type, read as the data were read."""

import pytest

from seqflip.config.sections import DataConfig
from seqflip.data.typed import read_typed, unknown_words
from seqflip.data.vocabulary import decode

WORDS = ["<end>", "!", "<unknown>", "cats", "i", "like"]


def of_pairs(*, lower_case: bool = False, punctuation: bool = False) -> DataConfig:
    return DataConfig(
        task="pairs", path="pairs.tsv", lower_case=lower_case, punctuation=punctuation
    )


def test_an_unknown_word_is_read_as_unknown_and_named() -> None:
    data = of_pairs(lower_case=True, punctuation=True)
    text = "I like Dogs, dogs!"
    assert decode(read_typed(text, data, WORDS), WORDS) == "i like <unknown> <unknown> <unknown> !"
    assert unknown_words(text, data, WORDS) == ["dogs", ","]
    assert unknown_words("i like cats", data, WORDS) == []


def test_where_nothing_stands_for_unknown_words_they_are_refused_by_name() -> None:
    known = [word for word in WORDS if word != "<unknown>"]
    with pytest.raises(ValueError, match="token 3, 'dogs', is not in the vocabulary"):
        read_typed("i like dogs", of_pairs(), known)
    assert unknown_words("i like dogs", of_pairs(), known) == []


def test_words_are_cut_as_those_of_the_pairs_were() -> None:
    assert read_typed("cats!", of_pairs(punctuation=True), WORDS) == [3, 1]
    assert unknown_words("cats!", of_pairs(), WORDS) == ["cats!"]
