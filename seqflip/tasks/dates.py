"""Dates: july 4 1999 is 1999 07 04, read and written letter by letter."""

import calendar
from collections.abc import Iterable, Sequence
from functools import partial
from string import digits
from typing import Final

from seqflip.tasks.language import SPACE, Language, Part, Shape
from seqflip.tasks.task import TASKS

MONTHS: Final = (
    *("january", "february", "march", "april", "may", "june", "july", "august", "september"),
    *("october", "november", "december"),
)
_YEARS: Final = range(1900, 2100)


def days_in(month: int) -> int:
    """Count the days that a month, from 1, has in every year."""
    return calendar.monthrange(1901, month)[1]


@TASKS.register
class Dates(Language):
    """july 4 1999 becomes 1999 07 04."""

    name, label = "dates", "Dates"
    look_for = (
        "The year crosses from the end to the front; the month's two digits look at the letters "
        "that tell it from other months."
    )
    spelled = True
    example = "july 4 1999"
    shortest, src_length, tgt_length = len("may 4 1999"), len("september 30 1999"), 10

    @classmethod
    def tokens(cls) -> Iterable[str]:
        letters = sorted(set("".join(MONTHS)))
        return [*letters, *digits, SPACE]

    @classmethod
    def shapes(cls) -> Sequence[Shape]:
        return [Shape(days_in(m) * len(_YEARS), partial(_date, m)) for m in range(1, 13)]

    @classmethod
    def translate(cls, source: Sequence[str]) -> list[Part]:
        month, day, year = _words(source)
        if month not in MONTHS or not day.isdecimal() or not year.isdecimal():
            return []
        number = MONTHS.index(month) + 1
        known = int(year) in _YEARS and 1 <= int(day) <= days_in(number) and day[0] != "0"
        if not known:
            return []
        first, second = len(month) + 1, len(month) + len(day) + 2  # where day and year begin
        parts = [Part(digit, (second + i,)) for i, digit in enumerate(year)]
        parts.append(Part(SPACE))
        parts += [Part(digit, tuple(range(len(month)))) for digit in f"{number:02}"]
        parts.append(Part(SPACE))
        of_day = [(), (first,)] if len(day) == 1 else [(first,), (first + 1,)]
        return parts + [Part(digit, of) for digit, of in zip(f"{int(day):02}", of_day, strict=True)]


def _date(month: int, number: int) -> list[str]:
    year, day = divmod(number, days_in(month))
    return list(SPACE.join((MONTHS[month - 1], str(day + 1), str(_YEARS[year]))))


def _words(source: Sequence[str]) -> tuple[str, str, str]:
    words = "".join(source).split(SPACE)
    return (words[0], words[1], words[2]) if len(words) == 3 else ("", "", "")
