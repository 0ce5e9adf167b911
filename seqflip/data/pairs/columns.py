"""Which two columns are the source and its target: by their names, or the first two."""

from collections.abc import Sequence
from typing import Final, NamedTuple

SOURCES: Final = {"source", "src", "input", "question", "word", "text", "original", "commands"}
TARGETS: Final = {
    "target", "tgt", "trg", "output", "answer", "translation", "phonemes", "pronunciation",
    "actions",
}  # fmt: skip
LANGUAGES: Final = {
    "arabic", "chinese", "czech", "danish", "dutch", "english", "finnish", "french",
    "german", "greek", "hebrew", "hindi", "hungarian", "italian", "japanese", "korean", "norwegian",
    "polish",
    "portuguese", "romanian", "russian", "spanish", "swedish", "turkish", "ukrainian", "vietnamese",
    "deutsch", "français", "español", "italiano", "português",
    "ar", "cs", "da", "de", "el", "en", "es", "fi", "fr", "he", "hi", "hu", "it", "ja", "ko",
    "nl", "no", "pl", "pt", "ro", "ru", "sv", "tr", "uk", "vi", "zh",
}  # fmt: skip


class Columns(NamedTuple):
    """Where the source stands in a line, and where its target."""

    source: int
    target: int


FIRST_TWO: Final = Columns(0, 1)


def named(names: Sequence[str]) -> Columns | None:
    """Return the columns if this line names them, or None if it does not."""
    known = [name.strip().strip("\"'").lower() for name in names]
    sources = [place for place, name in enumerate(known) if name in SOURCES]
    targets = [place for place, name in enumerate(known) if name in TARGETS]
    languages = [place for place, name in enumerate(known) if name in LANGUAGES]
    if sources and targets:
        return Columns(sources[0], targets[0])
    if len(languages) >= 2:
        return Columns(languages[0], languages[1])
    return None
