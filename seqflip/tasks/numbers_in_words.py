"""Numbers in words, and back: 342 is three hundred forty two."""

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import chain
from string import digits
from typing import Final

from seqflip.tasks.language import Language, Part, Shape
from seqflip.tasks.task import TASKS

MOST_DIGITS: Final = 6
ONES: Final = (
    *("", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven"),
    *("twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
TENS: Final = (
    *("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"),
)
HUNDRED, THOUSAND = "hundred", "thousand"
LONGEST: Final = 9  # words: seven hundred seventy seven thousand seven hundred seventy seven


def in_words(number: Sequence[str]) -> list[Part]:
    """Say a number of up to six digits; each word with the places of the digits that it says."""
    parts: list[Part] = []
    for start, end in _threes(len(number)):
        group = list(_three(number, start, end))
        parts += group
        if group and end < len(number):
            parts.append(Part(THOUSAND, tuple(range(start, end))))
    return parts


def _threes(length: int) -> Iterator[tuple[int, int]]:
    """Go through the places in groups of three, the first of which may be shorter."""
    start = 0
    for end in range((length - 1) % 3 + 1, length + 1, 3):
        yield start, end
        start = end


def _three(number: Sequence[str], start: int, end: int) -> Iterator[Part]:
    """Say the digits from a place to another, at most three."""
    hundreds, tens, ones = (int(number[i]) if i >= start else 0 for i in range(end - 3, end))
    if hundreds:
        yield Part(ONES[hundreds], (end - 3,))
        yield Part(HUNDRED, (end - 3,))
    if tens == 1:
        yield Part(ONES[10 + ones], (end - 2, end - 1))
        return
    if tens:
        yield Part(TENS[tens], (end - 2,))
    if ones:
        yield Part(ONES[ones], (end - 1,))


def _by_digits(first: Iterable[int] = range(1, MOST_DIGITS + 1)) -> list[tuple[int, int]]:
    """Give for each number of digits the smallest number that has them, and how many there are."""
    return [(10 ** (n - 1), 9 * 10 ** (n - 1)) for n in first]


def _words() -> set[str]:
    return {*ONES[1:], *TENS[2:], HUNDRED, THOUSAND}


@TASKS.register
class NumbersToWords(Language):
    """342 becomes three hundred forty two."""

    name, label = "numbers_to_words", "Numbers in words"
    look_for = (
        "Words follow the digits from left to right; thirteen looks at two of them, and a zero is "
        "passed over."
    )
    spelled = True
    example = "342"
    shortest, src_length, tgt_length = 1, MOST_DIGITS, LONGEST

    @classmethod
    def tokens(cls) -> Iterable[str]:
        return chain(digits, _words())

    @classmethod
    def shapes(cls) -> Sequence[Shape]:
        return [Shape(count, partial(_written, least)) for least, count in _by_digits()]

    @classmethod
    def translate(cls, source: Sequence[str]) -> list[Part]:
        is_number = 0 < len(source) <= MOST_DIGITS and all(token in digits for token in source)
        return in_words(source) if is_number and source[0] != "0" else []


@TASKS.register
class WordsToNumbers(Language):
    """Three hundred forty two becomes 342."""

    name, label = "words_to_numbers", "Words to a number"
    look_for = (
        "Each digit looks at the word that says it; a zero is said by no word, so it cannot be "
        "copied from anywhere."
    )
    example = "three hundred forty two"
    shortest, src_length, tgt_length = 1, LONGEST, MOST_DIGITS

    @classmethod
    def tokens(cls) -> Iterable[str]:
        return chain(digits, _words())

    @classmethod
    def shapes(cls) -> Sequence[Shape]:
        return [Shape(count, partial(_said, least)) for least, count in _by_digits()]

    @classmethod
    def translate(cls, source: Sequence[str]) -> list[Part]:
        number = str(_value(source))
        said = in_words(number)
        if [part.token for part in said] != list(source):
            return []
        of: list[tuple[int, ...]] = [()] * len(number)
        for place, part in enumerate(said):
            if part.token not in (HUNDRED, THOUSAND):
                for digit in part.of:
                    of[digit] = (place,)
        return [Part(digit, () if digit == "0" else of[i]) for i, digit in enumerate(number)]


def _written(least: int, number: int) -> list[str]:
    return list(str(least + number))


def _said(least: int, number: int) -> list[str]:
    return [part.token for part in in_words(str(least + number))]


def _value(words: Sequence[str]) -> int:
    """Add up what the words are worth, in whatever order they stand."""
    total = group = 0
    for word in words:
        if word == THOUSAND:
            total, group = total + 1000 * group, 0
        elif word == HUNDRED:
            group *= 100
        elif word in TENS[2:]:
            group += 10 * TENS.index(word)
        elif word in ONES[1:]:
            group += ONES.index(word)
    return total + group
