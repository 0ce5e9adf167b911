"""From a text to its words: what stands between white space, or with punctuation apart."""

from typing import Final

import regex

UNKNOWN: Final = "<unknown>"
"""What stands for words that are too rare to be learned, and for those that nobody taught."""

# What stands within a word or a number belongs to it: don't, well-known, 3.5. What is neither
# punctuation nor white space stays together, so that joined emoji and the signs of all scripts do.
_PART: Final = regex.compile(r"(?:[^\s\p{P}]|(?<=\w)['’\-](?=\w)|(?<=\d)[.,](?=\d))+|\p{P}")


def words_apart(text: str) -> list[str]:
    """Return the words of a text, and each sign of punctuation by itself.

    Examples
    --------
    >>> words_apart("Don't stop, Marie-Claire!")
    ["Don't", 'stop', ',', 'Marie-Claire', '!']
    """
    found: list[str] = _PART.findall(" ".join(text.split()))
    return found
