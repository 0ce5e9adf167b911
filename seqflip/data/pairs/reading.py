"""Read pairs from a file, or from a text that was pasted."""

import os
from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from pathlib import Path
from typing import Final

from seqflip.data.characters import letters, normalised
from seqflip.data.pairs.columns import FIRST_TWO, Columns, named
from seqflip.data.pairs.forms import DICTIONARY, SEPARATOR, Row, form_of, json_rows, lines_of
from seqflip.data.pairs.pairs import (
    CONTRADICTED,
    REPEATED,
    LeftOut,
    Pairs,
    with_rare_unknown,
    without_long,
)
from seqflip.data.pairs.text import MAX_BYTES, first_lines, read_text
from seqflip.data.words import words_apart
from seqflip.tasks import END_TOKEN

MAX_TOKEN = 100  # characters

_NO_PAIRS = "there are no pairs; a line is a source, a comma or tab, and a target"
_HOPELESS: Final = 10_000  # lines left out, after which a file of few pairs is not read on
_OTHER_SIDE: Final = {"src": "tgt", "source": "target", "input": "output"}


def read_pairs(
    path: str | os.PathLike[str],
    *,
    tokens: str = "words",
    lower_case: bool = False,
    punctuation: bool = False,
    min_count: int = 1,
    max_tokens: int | None = None,
    header: bool | None = None,
) -> Pairs:
    """Read a file of pairs: CSV, TSV, JSON lines, or another form that pairs are found in.

    A file of sources alone, whose name says so (``train.src``, ``src.txt``), is read with that of
    its targets (``train.tgt``, ``tgt.txt``) beside it, line by line.

    Parameters
    ----------
    path : path
    tokens : {"words", "letters"}
        What is a token: what stands between white space, or each letter.
    lower_case : bool
    punctuation : bool
        Whether signs of punctuation are words of their own.
    min_count : int
        Tokens that occur less often are read as one, ``<unknown>``.
    max_tokens : int, optional
        Pairs with more in the source or in the target are left out.
    header : bool, optional
        Whether the first line names the columns; None: if it has the names that are usual.

    Raises
    ------
    ValueError
        In one sentence with the file, if it cannot be read or is no file of pairs.
    """
    path = Path(path)
    try:
        text, decisions = _both_sides(path)
        return parse_pairs(
            text,
            tokens=tokens,
            lower_case=lower_case,
            punctuation=punctuation,
            min_count=min_count,
            max_tokens=max_tokens,
            header=header,
            decisions=decisions,
        )
    except FileNotFoundError:
        raise ValueError(f"{path}: there is no such file") from None
    except IsADirectoryError:
        raise ValueError(f"{path}: this is a directory, not a file of pairs") from None
    except OSError as error:
        raise ValueError(f"{path}: the file cannot be read: {error.strerror}") from None
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None


def whole_file(path: Path) -> tuple[str, bytes]:
    """Return what has to be kept to read the same pairs again: how its name ends, and its bytes.

    Raises
    ------
    OSError, ValueError
        As :func:`read_pairs` does, without the path.
    """
    if _other_side(path) is not None:
        return ".tsv", _both_sides(path)[0].encode()
    with path.open("rb") as stream:
        return path.suffix.lower(), stream.read(MAX_BYTES + 1)


def parse_pairs(
    text: str,
    *,
    tokens: str = "words",
    lower_case: bool = False,
    punctuation: bool = False,
    min_count: int = 1,
    max_tokens: int | None = None,
    header: bool | None = None,
    decisions: Sequence[str] = (),
) -> Pairs:
    """Read the text of such a file, as :func:`read_pairs` does; ``decisions`` were made before.

    Raises
    ------
    ValueError
        In one sentence, if it has no pairs, or fewer than lines that are none.
    """
    text, cut = first_lines(text.lstrip("\ufeff"))
    text = normalised(text)
    cutter = letters if tokens == "letters" else words_apart if punctuation else str.split
    reader = _Reader(cutter, lower_case, [*decisions, *cut])
    pairs = without_long(_read(text, reader, header), max_tokens)
    return with_rare_unknown(pairs, min_count)


def _read(text: str, reader: "_Reader", header: bool | None) -> Pairs:
    if (found := json_rows(text)) is not None:
        names, objects = found
        return reader.read(objects, named(names), names)
    form = form_of(text)
    said = SEPARATOR.match(text)
    text = text if said is None else text[said.end() :]
    if form is DICTIONARY:
        reader.spell_source()
    if form.mark not in text:
        raise ValueError(_NO_PAIRS)
    rows, more = form.rows(text)
    reader.decisions += more
    if said is not None:
        rows = (Row(row.line + 1, row.columns) for row in rows)
    first = next(rows, None)
    if first is None:
        raise ValueError(_NO_PAIRS)
    columns = None if header is False else named(first.columns)
    if columns is None and not header:
        return reader.read(chain([first], rows), loose=form.loose)
    reader.decisions.append(f"line {first.line} names the columns")
    return reader.read(rows, columns, first.columns)


class _Reader:
    def __init__(
        self, cutter: Callable[[str], list[str]], lower_case: bool, decisions: list[str]
    ) -> None:
        self.decisions = decisions
        self._lower_case = lower_case
        self._cut = [cutter] * 2
        self._sources: list[list[str]] = []
        self._targets: list[list[str]] = []
        self._lines: list[int] = []
        self._places: dict[str, int] = {}  # of each source, as a text
        self._taken: set[tuple[str, str]] = set()  # as they stand in the file
        self._left_out: list[LeftOut] = []

    def spell_source(self) -> None:
        """Take a word of a dictionary as its letters."""
        self._cut[0] = letters
        self.decisions.append("this is a dictionary: each word was read as its letters")

    def read(
        self,
        rows: Iterable[Row],
        known: Columns | None = None,
        names: Sequence[str] = (),
        *,
        loose: bool = True,
    ) -> Pairs:
        """Read the known columns of the rows, or the first two.

        ``names`` are those of the columns, and ``loose`` says whether there may be more of them.
        """
        columns = known or FIRST_TWO
        if len(names) > max(columns) and known != FIRST_TWO:
            source, target = (names[place].strip() for place in columns)
            self.decisions.append(f"the columns {source} and {target} were read")
        for row in rows:
            if (reason := self._take(row, columns, loose)) is not None:
                self._left_out.append(LeftOut(row.line, reason))
                if len(self._left_out) == _HOPELESS:
                    self._refuse_if_most_are_none()
        self._refuse_if_most_are_none()
        return Pairs(self._sources, self._targets, self._lines, self._left_out, self.decisions)

    def _take(self, row: Row, columns: Columns, loose: bool) -> str | None:
        """Take a row as a pair, or return why it is none."""
        cells = row.columns
        if len(cells) <= max(columns):
            return "there is no second column"
        if len(cells) > 2 and any(map(str.strip, cells[2:])):
            if not loose:
                return (
                    f"it has {len(cells)} columns; name them in the first line, or put text that "
                    "has the separator in it in quotes"
                )
            if columns == FIRST_TWO:
                self._decide("only the first two columns were read")
        written = cells[columns.source], cells[columns.target]
        if written in self._taken:
            return REPEATED
        source = self._tokens(cells[columns.source], 0)
        target = self._tokens(cells[columns.target], 1)
        if not source or not target:
            return f"the {'target' if source else 'source'} is empty"
        for tokens in (source, target):
            if wrong := _wrong(tokens):
                return wrong
        place = self._places.setdefault(" ".join(source), len(self._sources))
        if place == len(self._sources):
            self._sources.append(source)
            self._targets.append(target)
            self._lines.append(row.line)
            self._taken.add(written)
            return None
        return REPEATED if target == self._targets[place] else CONTRADICTED

    def _tokens(self, cell: str, side: int) -> list[str]:
        return self._cut[side](cell.lower() if self._lower_case else cell)

    def _decide(self, sentence: str) -> None:
        if sentence not in self.decisions:
            self.decisions.append(sentence)

    def _refuse_if_most_are_none(self) -> None:
        if not self._sources and not self._left_out:
            raise ValueError(_NO_PAIRS)
        wrong = [one for one in self._left_out if one.reason not in (REPEATED, CONTRADICTED)]
        if len(wrong) > len(self._sources):
            line, reason = wrong[0]
            raise ValueError(
                f"line {line} is no pair, as most are not: {reason}; "
                "a line is a source, a comma or tab, and a target"
            )


def _wrong(tokens: list[str]) -> str | None:
    if max(map(len, tokens)) > MAX_TOKEN:
        return f"it has a token of more than {MAX_TOKEN} characters"
    if END_TOKEN in tokens:
        return f"it has the token {END_TOKEN}, which marks the end itself"
    return None


def _other_side(path: Path) -> Path | None:
    """Return the file with the targets, if the name says that this one has only sources."""
    if path.name.endswith(tuple(f".{side}" for side in _OTHER_SIDE)):
        stem, side = path.name.rsplit(".", 1)
        other = path.with_name(f"{stem}.{_OTHER_SIDE[side]}")
    elif path.stem in _OTHER_SIDE:
        other = path.with_name(_OTHER_SIDE[path.stem] + path.suffix)
    else:
        return None
    return other if other.is_file() else None


def _both_sides(path: Path) -> tuple[str, list[str]]:
    """Return the file's text, or, of a file of sources alone, that of both files with tabs."""
    text, decisions = read_text(path)
    other = _other_side(path)
    if other is None:
        return text, decisions
    targets, more = read_text(other)
    sides = [[line.replace("\t", " ") for line in lines_of(side)] for side in (text, targets)]
    if len(sides[0]) != len(sides[1]):
        raise ValueError(
            f"it has {len(sides[0]):,} lines and {other.name} {len(sides[1]):,}; "
            "each source needs its target in the same line"
        )
    joined = "\n".join(map("\t".join, zip(*sides, strict=True)))
    told = f"the targets were read from {other.name}, line by line"
    return joined, [*decisions, *more, told]
