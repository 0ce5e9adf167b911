"""Pig Latin: the consonants that a word begins with go to its end, and ay follows.

The words are made up: a beginning that English knows, then vowels and consonants in turn. What is
learned of them holds for words of every day.
"""

import math
from collections.abc import Iterable, Sequence
from functools import cache, partial
from itertools import pairwise, product
from string import ascii_lowercase
from typing import Final

from seqflip.tasks.language import Language, Part, Shape, digits_of
from seqflip.tasks.task import TASKS

LONGEST: Final = 12  # letters of a word
_BEGINNINGS: Final = (
    *("", "b", "c", "d", "f", "g", "h", "j", "k", "l", "m", "n", "p", "qu", "r", "s", "t", "v"),
    *("w", "y", "z", "bl", "br", "ch", "cl", "cr", "dr", "fl", "fr", "gl", "gr", "kn", "ph", "pl"),
    *("pr", "sc", "scr", "sh", "sk", "sl", "sm", "sn", "sp", "spl", "squ", "st", "str", "sw", "th"),
    *("tr", "tw", "wh", "wr", "thr"),
)
_ALWAYS, _MOSTLY = "aeiou", "aeiouy"  # a y is a vowel unless a word begins with it
_CONSONANTS: Final = "bcdfghjklmnpqrstvwxz"
_RESTS: Final = (  # V a vowel, C a consonant; P two, T three, D the same twice
    *("V", "VC", "VV", "VP", "VCV", "VVC", "VD", "VPV", "VCVC", "VVCV", "VVP", "VDV", "VT", "VPVC"),
    *("VCVP", "VDCV", "VCVCV", "VVCVC", "VDVC", "VPVP", "VCVVC", "VCVDV", "VDVVC", "VCVCVC"),
    *("VPVCV", "VCVVP", "VPVVC", "VTVC", "VDVPV", "VPVDV", "VCVTV", "VDVCVC", "VTVDV", "VCVCVCV"),
    *("VCVPVC", "VCVCVVC", "VDVPVVC", "VCVPVCVC"),
)


@TASKS.register
class PigLatin(Language):
    """string becomes ingstray, and apple becomes appleway."""

    name, label = "pig_latin", "Pig Latin"
    look_for = (
        "Two diagonals: the first begins at the first vowel, the second takes up the consonants "
        "that stand before it. No letter says ay."
    )
    spelled = True
    example = "string"
    shortest, src_length, tgt_length = 1, LONGEST, LONGEST + len("ay")

    @classmethod
    def tokens(cls) -> Iterable[str]:
        return ascii_lowercase

    @classmethod
    def shapes(cls) -> Sequence[Shape]:
        return [Shape(_count(rest), partial(_word, rest)) for rest in _RESTS]

    @classmethod
    def translate(cls, source: Sequence[str]) -> list[Part]:
        begin = _first_vowel("".join(source))
        moved = [*range(begin, len(source)), *range(begin)]
        ending = "ay" if begin else "way"
        if len(moved) + len(ending) > cls.tgt_length:
            return []
        return [Part(source[place], (place,)) for place in moved] + [Part(one) for one in ending]


def _first_vowel(word: str) -> int:
    """Return where the first vowel stands, or the end; a u behind a q is none."""
    for place, letter in enumerate(word):
        of_q = place > 0 and word[place - 1 : place + 1] == "qu"
        if letter in (_MOSTLY if place else _ALWAYS) and not of_q:
            return place
    return len(word)


@cache
def _runs(length: int) -> list[str]:
    """Return all runs of consonants of a length of which no two neighbours are the same."""
    runs = map("".join, product(_CONSONANTS, repeat=length))
    return [run for run in runs if all(one != other for one, other in pairwise(run))]


@cache
def _parts(rest: str) -> list[Sequence[str]]:
    """Return what may stand at each place of such a word, its beginning first."""
    kinds = {"C": _CONSONANTS, "P": _runs(2), "T": _runs(3), "D": [one * 2 for one in _CONSONANTS]}
    later = [kinds.get(kind, _MOSTLY) for kind in rest[1:]]
    return [_BEGINNINGS, _ALWAYS, *later]


def _count(rest: str) -> int:
    return math.prod(map(len, _parts(rest)))


def _word(rest: str, number: int) -> list[str]:
    parts = _parts(rest)
    digits = digits_of(number, [len(part) for part in parts])
    return list("".join(part[digit] for part, digit in zip(parts, digits, strict=True)))
