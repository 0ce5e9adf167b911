"""What people type, read as the model's data were read."""

from collections.abc import Sequence

from seqflip.config.sections import DataConfig
from seqflip.data.vocabulary import encode
from seqflip.data.words import UNKNOWN, words_apart
from seqflip.tasks import TASKS, Language

_NO_PART = str.maketrans(dict.fromkeys(".,;:!?", " "))  # typed, but no part of any language


def read_typed(text: str, data: DataConfig, vocabulary: Sequence[str]) -> list[int]:
    """Return the token ids of a source as somebody types it.

    Where rare words were read as unknown, so are words that nobody taught.

    Raises
    ------
    ValueError
        In one sentence, as :func:`seqflip.data.vocabulary.encode` does.
    """
    kind = TASKS[data.task]
    if issubclass(kind, Language):
        text = text.translate(_NO_PART)
        return encode(text, vocabulary, lower_case=True, spelled=kind.spelled)
    text = _parted(text, data)
    if UNKNOWN in vocabulary:
        known = frozenset(vocabulary[1:])
        text = " ".join(word if word in known else UNKNOWN for word in text.split())
    return encode(text, vocabulary, lower_case=data.lower_case)


def unknown_words(text: str, data: DataConfig, vocabulary: Sequence[str]) -> list[str]:
    """Return the words of a text that are read as unknown, each once."""
    if UNKNOWN not in vocabulary:
        return []
    known = frozenset(vocabulary)
    return list(dict.fromkeys(word for word in _parted(text, data).split() if word not in known))


def _parted(text: str, data: DataConfig) -> str:
    text = text.lower() if data.lower_case else text
    return " ".join(words_apart(text)) if data.punctuation else text
