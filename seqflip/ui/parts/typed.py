"""What was typed as a sequence: read as tokens, and measured against what the model knows."""

from collections.abc import Sequence
from typing import Final

from seqflip.config.sections import DataConfig
from seqflip.data.words import UNKNOWN
from seqflip.runs.trained import Trained
from seqflip.tasks import SYMBOLS, TASKS, Language

FIRST_SOURCE: Final = "3 1 4 1 5 9"
"""What a page opens with, where the model knows it."""

FIRST_NAME: Final = "turing"
"""The same, where it knows letters."""

LONGEST_TEXT: Final = 2000
MOST_TOKENS: Final = 200
_NAMED: Final = 5  # words that a sentence names


def first_sources(data: DataConfig) -> Sequence[str]:
    """Return what a page may open with, the best first."""
    kind = TASKS[data.task]
    return [kind.example] if issubclass(kind, Language) else [FIRST_SOURCE, FIRST_NAME]


def short_example(data: DataConfig) -> str:
    """Return a short sequence of a task that has a rule, as one would type it."""
    kind = TASKS[data.task]
    if issubclass(kind, Language):
        return kind.example
    return FIRST_NAME if SYMBOLS[data.symbols].written else "3 1 4 1 5"


def read_source(text: str, trained: Trained) -> list[int]:
    """Return the tokens of what was typed.

    Raises
    ------
    ValueError
        In one sentence, if it is empty, too long, or holds what is not in the vocabulary.
    """
    try:
        tokens = trained.encode(text)
    except ValueError as error:
        spelled = _spelled(text, trained)
        raise ValueError(f"{error}; did you mean {spelled}?") if spelled else error from None
    if len(tokens) > MOST_TOKENS:
        raise ValueError(f"{len(tokens)} tokens are too many; at most {MOST_TOKENS} can be shown")
    return tokens


def unknown_note(words: Sequence[str]) -> str:
    """Say which words were read as unknown; nothing if there are none."""
    if not words:
        return ""
    named = ", ".join(words[:_NAMED]) + (", …" if len(words) > _NAMED else "")
    return f"It never learned {named}: read as {UNKNOWN}."


def _spelled(text: str, trained: Trained) -> str | None:
    """Return the text with its unknown words taken apart, if each sign is a token then."""
    known = {*trained.vocabulary[1:]}
    words = text.replace(",", " ").split()
    parts = [part for word in words for part in ([word] if word in known else word)]
    meant = len(parts) > len(words) and len(parts) <= MOST_TOKENS and known.issuperset(parts)
    return " ".join(parts) if meant else None


def unusual_length(trained: Trained, length: int) -> str | None:
    """Say so if the model was never trained on sources of this length."""
    data = trained.config.data
    longest = trained.model.src_length
    tokens = f"{length} token{'s' * (length != 1)}"
    if length > longest:
        return f"{tokens}: longer than the {longest} that it was trained on at most."
    if not data.own_pairs and length < data.sizes.shortest:
        return f"{tokens}: shorter than the shortest that it was trained on, {data.sizes.shortest}."
    return None
