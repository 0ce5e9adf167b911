"""Addition as it is written: 342+58=400, read digit by digit."""

from collections.abc import Iterable, Sequence
from functools import partial
from string import digits
from typing import Final

from seqflip.tasks.language import Language, Part, Shape
from seqflip.tasks.task import TASKS

MOST_DIGITS: Final = 3
PLUS: Final = "+"


@TASKS.register
class Addition(Language):
    """342+58 becomes 400."""

    name, label = "addition", "Addition"
    look_for = "Each digit of the sum looks at the two digits of its own place, one in each number."
    spelled = True
    example = "342+58"
    shortest, src_length, tgt_length = 3, 2 * MOST_DIGITS + 1, MOST_DIGITS + 1

    @classmethod
    def tokens(cls) -> Iterable[str]:
        return [*digits, PLUS]

    @classmethod
    def shapes(cls) -> Sequence[Shape]:
        sizes = range(1, MOST_DIGITS + 1)
        return [
            Shape(_count(m) * _count(n), partial(_sum, _least(m), _least(n), _count(n)))
            for m in sizes
            for n in sizes
        ]

    @classmethod
    def translate(cls, source: Sequence[str]) -> list[Part]:
        first, plus, second = "".join(source).partition(PLUS)
        if not plus or not _is_number(first) or not _is_number(second):
            return []
        total = str(int(first) + int(second))
        ends = len(first), len(source)
        begins = 0, len(first) + 1
        parts = []
        for place, digit in enumerate(total):
            back = len(total) - place  # from the end, 1 is that of the ones
            of = (
                end - back for begin, end in zip(begins, ends, strict=True) if end - back >= begin
            )
            parts.append(Part(digit, tuple(of)))
        return parts


def _least(size: int) -> int:
    return int(10 ** (size - 1)) if size > 1 else 0


def _count(size: int) -> int:
    return int(10**size) - _least(size)


def _is_number(text: str) -> bool:
    plain = text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS
    return plain and (text == "0" or text[0] != "0")


def _sum(first: int, second: int, seconds: int, number: int) -> list[str]:
    more = divmod(number, seconds)
    return list(f"{first + more[0]}{PLUS}{second + more[1]}")
