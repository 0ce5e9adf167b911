"""How the symbols of the built-in rules are written: as numbers, or as letters."""

from string import ascii_lowercase
from typing import NamedTuple

from seqflip.nn.registry import Registry


class Symbols(NamedTuple):
    """How the symbols of the built-in tasks are written.

    Attributes
    ----------
    written : tuple of str
        In the order of their ids, from 1; empty for the ids themselves, of which there are as many
        as one likes.
    """

    name: str
    label: str
    written: tuple[str, ...] = ()


SYMBOLS: Registry[Symbols] = Registry()
NUMBERS = SYMBOLS.register(Symbols("numbers", "Numbers"))
LETTERS = SYMBOLS.register(Symbols("letters", "Letters, a to z", tuple(ascii_lowercase)))
