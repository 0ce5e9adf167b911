"""The forms that files of pairs have, and which of them a text is in."""

import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from itertools import count, islice
from typing import Any, Final, NamedTuple

from seqflip.data.pairs.text import MAX_LINES

_ASKED: Final = 10_000  # lines that show which form a file is in
_LONGEST: Final = 100_000  # characters of a line
_MOST_NAMES: Final = 50  # of columns in JSON


class Row(NamedTuple):
    """The columns of a line that is not empty."""

    line: int  # as an editor counts them, from 1
    columns: list[str]


Rows = tuple[Iterator[Row], list[str]]
"""The rows, which are cut when they are asked for, and what was decided in reading them."""


class Form(NamedTuple):
    """One form: how a line is cut, roughly, and how the whole is read.

    Attributes
    ----------
    mark : str
        What each line of it has: the separator, where that is all.
    cut : callable
        A line to its columns, without regard to quotes: enough to see whether it is this form.
    rows : callable
        A whole text to its rows, with what was decided in reading them.
    loose : bool
        Whether a line may have more columns without a doubt: its separator is in no text.
    """

    mark: str
    cut: Callable[[str], list[str]]
    rows: Callable[[str], Rows]
    loose: bool = False


def form_of(text: str) -> Form:
    """Return the form that most lines are in; of equals, the one listed first.

    A first line such as ``sep=;``, which Excel writes, says it instead.

    Raises
    ------
    ValueError
        If a line is longer than any pair.
    """
    if said := SEPARATOR.match(text):
        separator = said[1]
        return next((form for form in FORMS if form.mark == separator), _separated(separator))
    lines = lines_of(text)
    if (longest := max(lines, key=len, default="")) and len(longest) > _LONGEST:
        line = lines.index(longest) + 1
        raise ValueError(f"line {line} cannot be read: it has more than {_LONGEST:,} characters")
    some = lines[:: 1 + len(lines) // _ASKED]  # from all parts of the file
    possible = [form for form in FORMS if form.mark in text] or [TABS]
    return max(possible, key=lambda form: _fits(form, some))


def lines_of(text: str) -> list[str]:
    """Return the lines as an editor counts them: no other character than a line end ends one."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return lines if lines[-1] else lines[:-1]


def _fits(form: Form, lines: list[str]) -> tuple[int, int]:
    """Return how many lines are pairs in this form, and how many have nothing beyond."""
    pairs = exact = 0
    for line in lines:
        if form.mark in line:
            first, second, *more = form.cut(line)
            if first.strip() and second.strip():
                pairs += 1
                exact += not more
    return pairs, exact


def _by_line(cut: Callable[[str], list[str]]) -> Callable[[str], Rows]:
    def rows(text: str) -> Rows:
        cut_lines = enumerate(map(cut, lines_of(text)), start=1)
        return (Row(number, columns) for number, columns in cut_lines if not _is_blank(columns)), []

    return rows


def _is_blank(columns: list[str]) -> bool:
    return not "".join(columns).strip()


def _separated(separator: str) -> Form:
    """Comma-separated values, or with another separator, after RFC 4180."""

    def cut(line: str) -> list[str]:
        return line.split(separator)

    def rows(text: str) -> Rows:
        if '"' not in text:
            return _by_line(cut)(text)
        found = _quoted(text, delimiter=separator, skipinitialspace=True)
        if '\\"' not in text:
            return found, []
        try:
            return iter(list(found)), []
        except ValueError:  # what databases write has a backslash before a quote
            found = _quoted(text, delimiter=separator, escapechar="\\", doublequote=False)
            return found, ["a backslash before a quote was read as belonging to it"]

    return Form(separator, cut, rows)


def _tab_rows(text: str) -> Rows:
    """Read tabs: only a cell that is quoted as a whole loses its quotes, and may have lines."""
    if '"' not in text:
        return _by_line(TABS.cut)(text)
    try:
        rows = list(_quoted(text, delimiter="\t"))
    except ValueError:
        rows = []
    # A quote that was only a quote has swallowed what follows it.
    if not rows or any("\t" in column for row in rows for column in row.columns):
        return _by_line(_unquoted_cells)(text)
    return iter(rows), []


def _unquoted_cells(line: str) -> list[str]:
    return [
        cell[1:-1].replace('""', '"') if _WHOLLY_QUOTED.fullmatch(cell) else cell
        for cell in line.split("\t")
    ]


_WHOLLY_QUOTED: Final = re.compile(r'"(?:[^"]|"")*"')


def _quoted(text: str, **how: Any) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True, **how)
    first = 1
    try:
        for columns in reader:
            if not _is_blank(columns):
                yield Row(first, columns)
            first = reader.line_num + 1
    except csv.Error as error:
        raise ValueError(f"line {first} cannot be read: {error}") from None


def _matching(pattern: str) -> Callable[[str], list[str]]:
    compiled = re.compile(pattern)

    def cut(line: str) -> list[str]:
        match = compiled.fullmatch(line)
        return [line, ""] if match is None else list(match.groups())

    return cut


SEPARATOR: Final = re.compile(r"sep=([^\w\s\"]|\t)[\r\n]+")
_SCAN: Final = _matching(r"\s*+IN: *+(.*\S) ++OUT: *(.*)")
_WORD: Final = _matching(r"(\S+) {2,}(\S.*)")
TABS: Final = Form("\t", lambda line: line.split("\t"), _tab_rows, loose=True)
DICTIONARY: Final = Form("  ", _WORD, _by_line(_WORD))
FORMS: Final = (
    Form("OUT:", _SCAN, _by_line(_SCAN)),
    Form("|||", lambda line: line.split("|||"), _by_line(lambda line: line.split("|||"))),
    TABS,
    _separated(";"),
    _separated("|"),
    _separated(","),
    DICTIONARY,
)


def json_rows(text: str) -> tuple[list[str], list[Row]] | None:
    """Return the names and the rows of JSON lines, or of one JSON list; None if it is neither."""
    numbered = {"{": _json_lines, "[": _json_list}.get(text.lstrip()[:1])
    if numbered is None:
        return None
    objects = []
    try:
        for line, one in islice(numbered(text), MAX_LINES):
            if not isinstance(one, dict):
                return None
            objects.append((line, _flat(one)))
            if len(objects[0][1]) < 2:
                break  # there is no second column: none of it will be taken
    except (ValueError, RecursionError):
        return None
    if not objects:
        return None
    names = list(objects[0][1])[:_MOST_NAMES]
    return names, [Row(line, [one.get(name, "") for name in names]) for line, one in objects]


def _json_lines(text: str) -> Iterator[tuple[int, Any]]:
    return (
        (number, json.loads(line))
        for number, line in enumerate(lines_of(text), start=1)
        if line.strip()
    )


def _json_list(text: str) -> Iterator[tuple[int, Any]]:
    """Read a list one after the other: whoever sees that it is no list of objects reads no more."""
    decoder = json.JSONDecoder()
    place = _JSON_SPACE.match(text, text.index("[") + 1).end()  # type: ignore[union-attr]
    if text[place : place + 1] == "]":
        return
    for number in count(1):
        one, place = decoder.raw_decode(text, place)
        yield number, one
        after = _JSON_NEXT.match(text, place)
        if after is None:
            raise ValueError("after a value in a list stands a comma, or the list ends")
        if after[1] == "]":
            return
        place = after.end()


_JSON_SPACE: Final = re.compile(r"\s*")
_JSON_NEXT: Final = re.compile(r"\s*([,\]])\s*")


def _flat(one: dict[str, Any]) -> dict[str, str]:
    """Return its texts by name; those of a dict in it stand for it, and a list is its tokens."""
    flat: dict[str, str] = {}
    for name, value in one.items():
        if isinstance(value, dict):
            flat |= {key: text for key, text in value.items() if isinstance(text, str)}
        elif isinstance(value, list):
            flat[name] = " ".join(map(str, value))
        else:
            flat[name] = str(value)
    return flat
