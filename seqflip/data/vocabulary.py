"""Between what people write and what the model reads: words or numbers here, token ids there.

A vocabulary is a list of texts; the id of a symbol is its place in the list. Place 0 belongs to
the mark that pads and ends a sequence, which nobody types.
"""

from collections.abc import Iterable, Sequence

from seqflip.config.sections import DataConfig
from seqflip.data.characters import folded, letters, normalised
from seqflip.tasks import END_TOKEN, LETTERS, SPACE, SYMBOLS, TASKS, Language, in_order

LATIN = frozenset(LETTERS.written)
NUMBER_END = "0"
MARKS = ("⟨begin⟩", "⟨end⟩")
"""How the ids behind a vocabulary's are written: not as words, of which any may be a token."""


def number_vocabulary(vocab_size: int) -> list[str]:
    """Give the usual vocabulary of the built-in tasks: each id is written as its own number."""
    return [NUMBER_END, *(str(i) for i in range(1, vocab_size))]


def symbol_vocabulary(symbols: str, vocab_size: int) -> list[str]:
    """Give the vocabulary of the built-in tasks, for symbols of this kind."""
    written = SYMBOLS[symbols].written
    return [END_TOKEN, *written[: vocab_size - 1]] if written else number_vocabulary(vocab_size)


def vocabulary_of(data: DataConfig) -> list[str]:
    """Give the vocabulary of a task whose sequences are made, not read from a file."""
    kind = TASKS[data.task]
    if issubclass(kind, Language):
        return kind.vocabulary()
    return symbol_vocabulary(data.symbols, data.vocab_size)


def word_vocabulary(tokens: Iterable[str]) -> list[str]:
    """Build a vocabulary from the tokens that occur.

    Whole numbers come first, by value; words follow, by their characters. The order does not
    depend on the order of the tokens. The end mark is `<end>`, so that 0 can be a symbol.
    """
    return [END_TOKEN, *in_order(tokens)]


def encode(
    text: str, vocabulary: Sequence[str], *, lower_case: bool = False, spelled: bool = False
) -> list[int]:
    """Turn text into token ids; spaces and commas separate the tokens.

    Where all symbols are single characters, or sources are ``spelled``, nothing needs to separate
    them. ``lower_case`` says that what was learned is in lower case, so that what is typed is read
    so as well. Where all are letters from a to z, other Latin letters are read as the nearest of
    them: É as e, ß as ss.

    Examples
    --------
    >>> encode("3 1, 2", number_vocabulary(5))
    [3, 1, 2]
    >>> encode("312", number_vocabulary(5))
    [3, 1, 2]

    Raises
    ------
    ValueError
        If there is no token, or one that the vocabulary does not have.
    """
    ids = {symbol: i for i, symbol in enumerate(vocabulary) if i > 0}
    of_letters = spelled or all(len(symbol) == 1 or letters(symbol) == [symbol] for symbol in ids)
    tokens: list[str] = []
    text = normalised(text)
    if is_latin(vocabulary):
        text = folded(text)
    for word in (text.lower() if lower_case else text).split():
        if tokens and of_letters and SPACE in ids:
            tokens.append(SPACE)
        # A vocabulary of words may have commas in them, one of letters may have the comma itself.
        whole = word in ids or (of_letters and "," in ids)
        for part in [word] if whole else filter(None, word.split(",")):
            known = ids.keys() >= set(part)
            apart = of_letters and (known or vocabulary[0] not in (NUMBER_END, part))
            tokens += letters(part) if apart else [part]
    if not tokens:
        raise ValueError(f"the sequence is empty; give tokens such as {_examples(vocabulary)}")
    for place, token in enumerate(tokens, start=1):
        if token not in ids:
            reason = "marks the end" if token == vocabulary[0] else "is not in the vocabulary"
            raise ValueError(
                f"token {place}, {_shortened(token)}, {reason}; valid are {_examples(vocabulary)}"
            )
    return [ids[token] for token in tokens]


def decode(ids: Iterable[int], vocabulary: Sequence[str]) -> str:
    """Turn token ids into text, up to the first end mark.

    Examples
    --------
    >>> decode([3, 1, 0, 0], number_vocabulary(5))
    '3 1'

    Raises
    ------
    ValueError
        If an id lies outside the vocabulary.
    """
    symbols = []
    for token_id in ids:
        if not 0 <= token_id < len(vocabulary):
            raise ValueError(
                f"there is no token {token_id}; ids go from 0 to {len(vocabulary) - 1}"
            )
        if token_id == 0:
            break
        symbols.append(vocabulary[token_id])
    if not _spelled(vocabulary):
        return " ".join(symbols)
    return "".join(" " if symbol == SPACE else symbol for symbol in symbols)


def is_latin(vocabulary: Sequence[str]) -> bool:
    """Whether all symbols are letters from a to z."""
    return len(vocabulary) > 1 and LATIN.issuperset(vocabulary[1:])


def _spelled(vocabulary: Sequence[str]) -> bool:
    """Whether symbols are written one behind the other: each is a plain sign, not an id."""
    if vocabulary[0] == NUMBER_END or len(vocabulary) < 2:
        return False
    return all(one == SPACE or (one.isascii() and len(one) == 1) for one in vocabulary[1:])


def _examples(vocabulary: Sequence[str]) -> str:
    symbols = list(vocabulary[1:])
    if vocabulary[0] == NUMBER_END or symbols == list(LETTERS.written):
        return f"{symbols[0]} to {symbols[-1]}"
    return ", ".join(symbols[:8]) + (", ..." if len(symbols) > 8 else "")


def _shortened(token: str) -> str:
    return repr(token if len(token) <= 40 else token[:39] + "…")
