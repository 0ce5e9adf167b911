"""From the bytes of a file to its text, whatever program wrote it."""

import gzip
import io
import re
import zlib
from itertools import islice
from pathlib import Path
from typing import Final

MAX_BYTES = 10_000_000
MAX_LINES = 250_000

_LINE_ENDS: Final = re.compile(r"\r\n|\r|\n")
_MARKS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"\xef\xbb\xbf": "utf-8"}
_FOREIGN = {
    b"PK\x03\x04": "a ZIP archive or a workbook; save it as CSV or TSV",
    b"%PDF": "a PDF; save its pairs as CSV or TSV",
    b"\xd0\xcf\x11\xe0": "an old workbook; save it as CSV or TSV",
    b"SQLite": "a database; export its pairs as CSV or TSV",
}


def read_text(path: Path) -> tuple[str, list[str]]:
    """Return a file's text, and what was decided in reading it, in sentences.

    Raises
    ------
    OSError
        If there is no such file, or it cannot be read.
    ValueError
        In one sentence, if it is no text.
    """
    with path.open("rb") as stream:
        content = stream.read(MAX_BYTES + 1)  # never more, whatever the file is
    return decoded(content)


def decoded(content: bytes) -> tuple[str, list[str]]:
    """Return the text of what a file begins with, as :func:`read_text` does."""
    decisions: list[str] = []
    if content.startswith(b"\x1f\x8b"):
        content = _unpacked(content)
    for beginning, what in _FOREIGN.items():
        if content.startswith(beginning):
            raise ValueError(f"this is {what}")
    if len(content) > MAX_BYTES:
        content = content[: content.rfind(b"\n", 0, MAX_BYTES) + 1]
        decisions.append(f"only the first {MAX_BYTES:,} bytes were read")
    encoding = next((name for mark, name in _MARKS.items() if content.startswith(mark)), "utf-8")
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        if b"\x00" in content or encoding != "utf-8":
            raise ValueError(f"line {line} is not text") from None
        text = content.decode("cp1252", errors="replace")
        if "\ufffd" in text:
            raise ValueError(f"line {line} is not UTF-8 text; save the file as UTF-8") from None
        decisions.append(f"line {line} is not UTF-8; the file was read as Windows-1252")
    text, more = first_lines(text.lstrip("\ufeff"))
    return text, decisions + more


def first_lines(text: str) -> tuple[str, list[str]]:
    """Return as many lines as may be read, and that this was decided, in a sentence."""
    if text.count("\n") + text.count("\r") < MAX_LINES:
        return text, []
    end = next(islice(_LINE_ENDS.finditer(text), MAX_LINES - 1, None), None)
    if end is None or end.end() == len(text):
        return text, []
    return text[: end.end()], [f"only the first {MAX_LINES:,} lines were read"]


def _unpacked(content: bytes) -> bytes:
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as stream:
            return stream.read(MAX_BYTES + 1)
    except (OSError, EOFError, zlib.error):
        raise ValueError("the gzip file is damaged, or too large") from None
