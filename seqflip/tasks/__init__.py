"""What can be learned: rules of places, small languages, and a user's own pairs.

Each task says what the right answers are, and which places a perfect reader would look at.
"""

# Tasks are offered in the order of these imports.
# isort: off
from seqflip.tasks.task import TASKS, Places, Sizes, Task, Tokens, Truth, lengths
from seqflip.tasks.symbols import LETTERS, NUMBERS, SYMBOLS, Symbols
from seqflip.tasks.rules import NOWHERE, Rule
from seqflip.tasks.language import END_TOKEN, SPACE, Language, in_order
from seqflip.tasks.numbers_in_words import NumbersToWords, WordsToNumbers
from seqflip.tasks.dates import Dates
from seqflip.tasks.french import French
from seqflip.tasks.pig_latin import PigLatin
from seqflip.tasks.addition import Addition
from seqflip.tasks.pairs import Pairs
# isort: on

__all__ = [
    "END_TOKEN",
    "LETTERS",
    "NOWHERE",
    "NUMBERS",
    "SPACE",
    "SYMBOLS",
    "TASKS",
    "Addition",
    "Dates",
    "French",
    "Language",
    "NumbersToWords",
    "Pairs",
    "PigLatin",
    "Places",
    "Rule",
    "Sizes",
    "Symbols",
    "Task",
    "Tokens",
    "Truth",
    "WordsToNumbers",
    "in_order",
    "lengths",
]
