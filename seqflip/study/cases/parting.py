"""Cases in which two measures part: one of them looks well, and the other does not."""

from collections.abc import Iterable
from typing import Final

import numpy as np

from seqflip.nn.arrays import BoolArray
from seqflip.study.cases.answers import Answers

MOST_TOKENS, FEW_ANSWERS = 0.8, 0.2
ALIGNED: Final = 0.95
SOME_INPUTS: Final = 4
"""With fewer to choose from, attention on the true places says little."""
DRAGGED: Final = 3


def most_tokens_few_answers(tried: Iterable[Answers]) -> Answers | None:
    """Return the first whose tokens are mostly right, and its whole answers hardly ever."""
    for answers in tried:
        if answers.token_accuracy >= MOST_TOKENS and answers.exact_match <= FEW_ANSWERS:
            return answers
    return None


def aligned_and_wrong(answers: Answers) -> int | None:
    """Return the first row that looks at its true places, teacher-forced, and is wrong even so."""
    for row in np.flatnonzero(answers.wrong.any(axis=1)).tolist():
        aligned = answers.alignment(row)
        if len(answers.source(row)) >= SOME_INPUTS and aligned is not None and aligned >= ALIGNED:
            return int(row)
    return None


def drags_on(answers: Answers) -> int | None:
    """Return the first row with one mistake when it is told the right words, and several if not."""
    one = answers.wrong_when_told.sum(axis=1) == 1
    return _first(one & (answers.wrong.sum(axis=1) >= DRAGGED))


def runs_on(answers: Answers) -> int | None:
    """Return the first row that has every word right, and then another where the end should be."""
    ends = answers.counts.sum(axis=1) - 1
    marked = answers.x_tgt[np.arange(len(ends)), ends] == 0
    wrong = answers.wrong
    only_end = wrong[np.arange(len(ends)), ends] & (wrong.sum(axis=1) == 1)
    return _first(marked & only_end)


def _first(fits: BoolArray) -> int | None:
    rows = np.flatnonzero(fits)
    return int(rows[0]) if len(rows) else None
