"""Tokens as they were typed, wherever something would read them as more: HTML, Markdown, a chart.

A user's own words may be ``<b>``, ``$a$``, ``:material/home:`` or ``שלום``. They are shown so.
"""

import re
from collections.abc import Iterable

from markupsafe import Markup

_PLAIN = re.compile(r"(?!.*www\.)(?:[^\W_](?:_(?=[^\W_]))?|[ ,.'’-](?![-.]))*", re.IGNORECASE)
_IN_SENTENCE = re.compile(
    r"(?!.*www\.)[“‘(']*[^\W_]*(?:[.,'’/-][^\W_]+)*%?[”’)']*[.,:;!?]*|[-–—…%]|"
)
_TICKS = re.compile("`+")
_FROM_RIGHT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_ALONE, _TOGETHER = "\u2068{}\u2069", str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def in_html(token: str) -> Markup:
    """Return a token for a page: its direction of writing does not turn round what is beside it."""
    return Markup("<bdi>{}</bdi>").format(token)


def all_in_html(tokens: Iterable[str]) -> Markup:
    """Return a sequence for a page, from left to right whatever its tokens are."""
    return Markup(" ").join(map(in_html, tokens))


def in_markdown(text: str) -> str:
    """Return a text for a place that reads Markdown: as code, where it would be more than itself.

    >>> in_markdown("3"), in_markdown("$a$")
    ('3', '`$a$`')
    """
    if not _PLAIN.fullmatch(text):
        fence = "`" * (max(map(len, _TICKS.findall(text)), default=0) + 1)
        room = " " if "`" in text else ""
        text = f"{fence}{room}{text}{room}{fence}"
    return _isolated(text)


def sentence_in_markdown(text: str) -> str:
    """Return a sentence with others' words in it for a place that reads Markdown.

    >>> sentence_in_markdown("“$a$” is unknown: give 1 to 4.")
    '`“$a$”` is unknown: give 1 to 4.'
    """
    return " ".join(
        word if _IN_SENTENCE.fullmatch(word) else in_markdown(word) for word in text.split(" ")
    )


def in_text(tokens: Iterable[str]) -> str:
    """Return a sequence where nothing but text is read: names of files, titles, pictures."""
    return " ".join(map(_isolated, tokens))


def in_chart(text: str) -> str:
    """Return a text for Plotly, which reads labels, titles and hovers as HTML of its own kind."""
    return _isolated(text.translate(_TOGETHER))


def _isolated(text: str) -> str:
    return _ALONE.format(text) if _FROM_RIGHT.search(text) else text
