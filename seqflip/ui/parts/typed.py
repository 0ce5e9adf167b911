"""What was typed as a sequence: read as tokens, and measured against what the model knows."""

from typing import Final

from seqflip.runs.trained import Trained

FIRST_SOURCE: Final = "3 1 4 1 5 9"
"""What a page opens with, where the model knows it."""

LONGEST_TEXT: Final = 1000
MOST_TOKENS: Final = 100


def read_source(text: str, trained: Trained) -> list[int]:
    """Return the tokens of what was typed.

    Raises
    ------
    ValueError
        In one sentence, if it is empty, too long, or holds what is not in the vocabulary.
    """
    tokens = trained.encode(text)
    if len(tokens) > MOST_TOKENS:
        raise ValueError(f"{len(tokens)} tokens are too many; at most {MOST_TOKENS} can be shown")
    return tokens


def unusual_length(trained: Trained, length: int) -> str | None:
    """Say so if the model was never trained on sources of this length."""
    data = trained.config.data
    longest = trained.model.src_length
    tokens = f"{length} token{'s' * (length != 1)}"
    if length > longest:
        return f"{tokens}: longer than the {longest} that it was trained on at most."
    if not data.own_pairs and length < data.shortest:
        return f"{tokens}: shorter than the {data.shortest} that it was trained on at least."
    return None
