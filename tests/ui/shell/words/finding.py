"""Finding words in a text as words.js does."""

import re
from collections.abc import Iterator

from seqflip.ui.shell.words.glossary import Glossary, by_form, pattern


def found_in(text: str, words: Glossary) -> Iterator[tuple[str, int, int]]:
    """Find all words in a text: each with its name, and where it begins and ends."""
    names = by_form(words)
    for match in re.finditer(pattern(words), text, re.ASCII):
        if name := names.get(match[0].lower()):
            yield name, match.start(), match.end()
