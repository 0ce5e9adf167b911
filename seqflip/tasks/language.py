"""A small language: sentences that a grammar makes, their translations, and what comes from what.

A grammar is written as shapes: in each, sentences are numbered, so that as many distinct ones can
be drawn as there are, and short ones as often as long ones.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import ClassVar, Final, NamedTuple

import numpy as np

from seqflip.tasks.task import Sizes, Task, Tokens, Truth, lengths

END_TOKEN: Final = "<end>"
SPACE: Final = "␣"
"""What stands for a space where each letter is a token."""


class Part(NamedTuple):
    """A token of a translation, and the places in the source that it says."""

    token: str
    of: tuple[int, ...] = ()


@dataclass(frozen=True)
class Shape:
    """Sentences that are made alike: so many, and the one of each number from 0."""

    count: int
    sentence: Callable[[int], Sequence[str]]


class _Known(NamedTuple):
    written: list[str]
    ids: dict[str, int]


class Language(Task):
    """A task whose sources are sentences; which token says which, its translation knows.

    Attributes
    ----------
    spelled : bool
        Whether each letter of a source is a token.
    example : str
        A source, as one would type it.
    shortest, src_length, tgt_length : int
        Tokens in the shortest and the longest source, and in the longest target without its end.
    """

    any_source = False
    spelled: ClassVar[bool] = False
    example: ClassVar[str]
    shortest: ClassVar[int]
    src_length: ClassVar[int]
    tgt_length: ClassVar[int]

    @classmethod
    def tokens(cls) -> Iterable[str]:
        """Give all tokens that occur, in sources and in targets."""
        raise NotImplementedError

    @classmethod
    def shapes(cls) -> Sequence[Shape]:
        """Give the sentences by their shapes; no sentence is in two of them."""
        raise NotImplementedError

    @classmethod
    def translate(cls, source: Sequence[str]) -> list[Part]:
        """Translate a sentence; what is none of this language has no parts."""
        raise NotImplementedError

    @classmethod
    @cache
    def known(cls) -> _Known:
        """Return all tokens by id, and all ids by token."""
        written = [END_TOKEN, *in_order(cls.tokens())]
        return _Known(written, {token: i for i, token in enumerate(written)})

    @classmethod
    def vocabulary(cls) -> list[str]:
        """Return how each token id is written: the end, numbers by value, words."""
        return list(cls.known().written)

    @classmethod
    def sizes(cls) -> Sizes:
        """Return how large its sequences are; there is room for an end behind every target."""
        return Sizes(len(cls.known().written), cls.shortest, cls.src_length, cls.tgt_length + 1)

    @classmethod
    def answers(cls, x_src: Tokens, tgt_length: int, rotate_by: int) -> Tokens:
        known = cls.known()
        targets = np.zeros((len(x_src), tgt_length), np.int64)
        for row, parts in zip(targets, _translations(cls, x_src), strict=True):
            found = [known.ids[part.token] for part in parts[:tgt_length]]
            row[: len(found)] = found
        return targets

    @classmethod
    def truth(cls, x_src: Tokens, x_tgt: Tokens, rotate_by: int) -> Truth:
        truth = np.zeros((*x_tgt.shape, x_src.shape[1]), bool)
        for row, parts in zip(truth, _translations(cls, x_src), strict=True):
            for places, part in zip(row, parts, strict=False):
                places[list(part.of)] = True
        return truth


def _translations(language: type[Language], x_src: Tokens) -> list[list[Part]]:
    written = language.known().written
    counts = lengths(x_src)
    return [
        language.translate([written[token] for token in row[:count]])
        for row, count in zip(x_src.tolist(), counts.tolist(), strict=True)
    ]


def in_order(tokens: Iterable[str]) -> list[str]:
    """Return distinct tokens in an order of their own: whole numbers by value, then words."""

    def by_value(token: str) -> tuple[bool, int, str]:
        is_number = token.isascii() and token.removeprefix("-").isdecimal()
        return (not is_number, int(token) if is_number else 0, token)

    return sorted(set(tokens), key=by_value)


def digits_of(number: int, bases: Sequence[int]) -> list[int]:
    """Write a number in mixed bases, the last one fastest: each digit is below its base."""
    found = []
    for base in reversed(bases):
        number, digit = divmod(number, base)
        found.append(digit)
    return found[::-1]
