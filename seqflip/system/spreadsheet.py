"""CSV that spreadsheets open as it is meant: no cell is taken for a formula, no letter for two."""

import re

BYTE_ORDER_MARK = "\ufeff"
"""At the head of a file, it tells a spreadsheet that the text is UTF-8."""

_FORMULA = re.compile(r"[=+@\t\r-]")
_NUMBER = re.compile(r"[+-]?[0-9]+([.,][0-9]+)?")


def as_text(cell: str) -> str:
    """Return a cell with an apostrophe before what a spreadsheet would compute.

    >>> as_text("=1+1"), as_text("-5")
    ("'=1+1", '-5')
    """
    return f"'{cell}" if _FORMULA.match(cell) and not _NUMBER.fullmatch(cell) else cell
