"""The built-in tasks with letters for symbols."""

import contextlib
import string

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from seqflip.config import Config, ConfigError
from seqflip.config.files import override
from seqflip.data.tasks import make_dataset
from seqflip.data.vocabulary import decode, encode, is_latin, symbol_vocabulary
from seqflip.tasks import SYMBOLS

LETTERS = symbol_vocabulary("letters", 27)


def of_letters(*changes: str) -> Config:
    return override(Config(), ["data.symbols=letters", *changes])


def test_the_letters_are_a_to_z_and_the_end_is_none_of_them() -> None:
    assert ["<end>", *string.ascii_lowercase] == LETTERS
    assert symbol_vocabulary("letters", 4) == ["<end>", "a", "b", "c"]
    assert symbol_vocabulary("numbers", 3) == ["0", "1", "2"]


def test_a_name_is_typed_as_it_is_written() -> None:
    assert decode(encode("Hannah", LETTERS), LETTERS) == "hannah"
    assert encode("han nah", LETTERS) == encode("h,a,n n a h", LETTERS) == encode("hannah", LETTERS)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        *(("ZOË", "zoe"), ("Łódź", "lodz"), ("Großmann", "grossmann"), ("Søren", "soren")),
        *(("Ægir", "aegir"), ("O'Connor", "oconnor"), ("D’Arcy", "darcy"), ("ﬁn", "fin")),
        *(("İpek", "ipek"), ("Þóra", "thora"), ("Dvořák", "dvorak"), ("Nguyễn", "nguyen")),
    ],
)
def test_capitals_and_accents_are_read_as_the_nearest_letters(written: str, read: str) -> None:
    assert decode(encode(written, LETTERS), LETTERS) == read


@pytest.mark.parametrize(
    ("text", "token"), [("r2d2", "2"), ("Анна", "а"), ("anna!", "!"), ("王", "王")]
)
def test_what_is_no_latin_letter_is_told(text: str, token: str) -> None:
    with pytest.raises(ValueError, match="is not in the vocabulary; valid are a to z") as told:
        encode(text, LETTERS)
    assert repr(token) in str(told.value)


@given(some.text(max_size=30))
def test_whatever_is_typed_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(ValueError):
        ids = encode(text, LETTERS)
        assert set(ids) <= set(range(1, 27))
        assert encode(decode(ids, LETTERS), LETTERS) == ids


@pytest.mark.parametrize("task", ["reverse", "copy", "sort", "rotate"])
def test_every_task_can_be_of_letters(task: str) -> None:
    config = of_letters(f"data.task={task}")
    plain, spelled = (
        make_dataset(override(Config(), [f"data.task={task}"]).data),
        make_dataset(config.data),
    )
    assert np.array_equal(plain.x_tgt_train, spelled.x_tgt_train)
    assert is_latin(spelled.vocabulary)
    assert not is_latin(plain.vocabulary)


def test_there_are_no_more_letters_than_there_are() -> None:
    assert of_letters("data.vocab_size=27").data.vocab_size == 27
    with pytest.raises(ConfigError, match=r"at most 27 with data.symbols letters \(a to z, and"):
        of_letters("data.vocab_size=28")


def test_pairs_have_symbols_of_their_own() -> None:
    with pytest.raises(ConfigError, match=r"data\.symbols is 'letters', but with task pairs"):
        of_letters("data.task=pairs", "data.path=mine.csv")


def test_every_kind_of_symbol_has_a_label() -> None:
    assert all(kind.label for kind in SYMBOLS.values())
