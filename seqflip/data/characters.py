"""Characters as a model is to see them: one spelling of each, and none that nobody sees."""

import re
import unicodedata
from functools import cache
from typing import Final

import regex

from seqflip.tasks import SPACE

# A joiner changes what is seen between emoji, and in Arabic and Indic scripts; nowhere else. Tags
# behind a flag say whose it is.
_SEEN: Final = re.compile(
    r"(?<=[\u2190-\u2bff\U0001f000-\U0001faff\ufe0f\u0600-\u06ff\u0900-\u0dff])[\u200c\u200d]"
    r"(?=[\u2190-\u2bff\U0001f000-\U0001faff\u0600-\u06ff\u0900-\u0dff])"
    r"|(?<=[\U0001f3f4\U000e0020-\U000e007e])[\U000e0020-\U000e007f]"
)
_WHITE: Final = re.compile(r"\s")
_MOST_MARKS: Final = 30  # upon each other; no script has more (Unicode's stream-safe text)
_ALONE: Final = regex.compile(r"\p{Grapheme_Cluster_Break=Other}*")  # none joins another one


def normalised(text: str) -> str:
    """Return the text composed (Unicode's NFC) and without control and format characters.

    White space stays, of whatever kind, and so do the joiners and tags of emoji, and the joiners
    of the scripts that need them.

    Raises
    ------
    ValueError
        If more accents stand upon each other than any script has: to order them takes for ever.
    """
    if text.isascii() and text.isprintable():
        return text
    characters = set(text)
    marks = "".join(char for char in characters if unicodedata.combining(char))
    some = f"[{re.escape(marks)}]"
    if marks and re.search(f"(?<!{some}){some}{{{_MOST_MARKS + 1}}}", text):
        raise ValueError(f"more than {_MOST_MARKS} accents stand upon each other")
    unseen = "".join(char for char in characters if _unseen(char))
    if unseen:
        kept = {match.start() for match in _SEEN.finditer(text)}
        text = re.sub(
            f"[{re.escape(unseen)}]",
            lambda match: match[0] if match.start() in kept else "",
            text,
        )
    return unicodedata.normalize("NFC", text)


# Latin letters that Unicode does not take apart into one from a to z and an accent.
_NEAREST: Final = str.maketrans(
    {
        **{"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l"},
        **{"ħ": "h", "ı": "i", "ĸ": "k", "ŋ": "n", "ŧ": "t", "ə": "e", "’": "", "'": ""},
    }
)


def folded(text: str) -> str:
    """Return Latin letters as the nearest ones from a to z, and all else as it is.

    Examples
    --------
    >>> folded("Zoë Große, Łódź, O'Neill")
    'zoe grosse, lodz, oneill'
    """
    apart = unicodedata.normalize("NFKD", text.lower().translate(_NEAREST))
    return "".join(char for char in apart if not unicodedata.combining(char))


def letters(text: str) -> list[str]:
    """Return what a reader calls the letters of a text, accents and joined emoji included.

    White space between them is one :data:`SPACE`.
    """
    spaced = SPACE.join(text.split())
    if text.isascii() or _ALONE.fullmatch(spaced):  # many times as fast
        return list(spaced)
    clusters: list[str] = regex.findall(r"\X", spaced)
    return clusters


@cache
def _unseen(char: str) -> bool:
    return unicodedata.category(char) in ("Cc", "Cf") and not _WHITE.match(char)
