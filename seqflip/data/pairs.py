"""A user's own pairs: a file of two columns, the source and what it is to become.

Tokens are words or numbers, separated by spaces. The columns are separated by tabs if the first
line has one, and by commas otherwise; a comma-separated column may be quoted. A first line that
only names the columns (source,target or src,tgt or input,output) is passed over, as are empty
lines and exact repetitions of a pair.
"""

import csv
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from seqflip.data.vocabulary import WORD_END

MAX_BYTES = 10_000_000
MAX_TOKEN = 100  # characters
HEADERS = {("source", "target"), ("src", "tgt"), ("input", "output")}


@dataclass(frozen=True)
class Pairs:
    """Sources and their targets, each a list of tokens; all sources are distinct."""

    sources: list[list[str]]
    targets: list[list[str]]


def read_pairs(path: str | os.PathLike[str]) -> Pairs:
    """Read a file of pairs.

    Raises
    ------
    ValueError
        In one sentence with the file and the line, if it cannot be read, or a line is no pair.
    """
    try:
        return parse_pairs(_read_text(Path(path)))
    except FileNotFoundError:
        raise ValueError(f"{path}: there is no such file") from None
    except IsADirectoryError:
        raise ValueError(f"{path}: this is a directory, not a CSV or TSV file") from None
    except OSError as error:
        raise ValueError(f"{path}: the file cannot be read: {error.strerror}") from None
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None


def parse_pairs(text: str) -> Pairs:
    """Read the text of such a file.

    Raises
    ------
    ValueError
        In one sentence with the line, if a line is no pair.
    """
    pairs: dict[tuple[str, ...], tuple[str, ...]] = {}
    first_line: dict[tuple[str, ...], int] = {}
    for line, columns in _rows(text):
        if len(columns) != 2:
            raise ValueError(
                f"line {line} must have two columns, a source and a target, not {len(columns)}"
            )
        source, target = (_tokens(line, column) for column in columns)
        if not pairs and (" ".join(source).lower(), " ".join(target).lower()) in HEADERS:
            continue
        if pairs.setdefault(source, target) != target:
            raise ValueError(
                f"line {line} gives another target for the source in line {first_line[source]}; "
                "a source can have only one"
            )
        first_line.setdefault(source, line)
    if not pairs:
        raise ValueError("there are no pairs; a line is a source, a comma or tab, and a target")
    return Pairs([list(source) for source in pairs], [list(target) for target in pairs.values()])


def _read_text(path: Path) -> str:
    with path.open("rb") as stream:
        content = stream.read(MAX_BYTES + 1)  # never more, whatever the file is
    if len(content) > MAX_BYTES:
        raise ValueError(f"the file is larger than the {MAX_BYTES:,} bytes that are allowed")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ValueError(f"line {line} is not UTF-8 text") from None


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the columns of each line that is not empty, with its number."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    if "\t" in first:
        reader = csv.reader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    else:
        reader = csv.reader(text.splitlines(), strict=True, skipinitialspace=True)
    try:
        for columns in reader:
            if any(column.strip() for column in columns):
                yield reader.line_num, columns
    except csv.Error as error:
        raise ValueError(f"line {reader.line_num} cannot be read: {error}") from None


def _tokens(line: int, column: str) -> tuple[str, ...]:
    tokens = tuple(column.split())
    if not tokens:
        raise ValueError(f"line {line} has an empty column; both need at least one token")
    for token in tokens:
        if len(token) > MAX_TOKEN:
            raise ValueError(
                f"line {line} has a token of {len(token):,} characters; {MAX_TOKEN} are allowed"
            )
        if token == WORD_END:
            raise ValueError(f"line {line} has the token {WORD_END}, which marks the end itself")
    return tokens
