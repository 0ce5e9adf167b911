"""Where a beam of several beginnings ends elsewhere than greedy decoding: better, or worse."""

from collections.abc import Iterable
from typing import Final, NamedTuple

import numpy as np

from seqflip.decoding import BeamSearch, beam_search
from seqflip.study.cases.answers import Answers
from seqflip.study.hardest import hardest

WIDTH: Final = 3
TRIED: Final = 100
"""How many of the likeliest candidates are searched."""


class Beamed(NamedTuple):
    """A row, and what a beam search found for it."""

    row: int
    search: BeamSearch

    @property
    def best(self) -> list[int]:
        """The tokens of its best answer."""
        return list(self.search.hypotheses[0].tokens)


def beam_rescues(answers: Answers, width: int = WIDTH) -> Beamed | None:
    """Return the first row that greedy decoding gets wrong, and a beam right."""
    rows = np.flatnonzero(answers.wrong.any(axis=1))
    return _first(answers, rows[:TRIED].tolist(), width, right=True)


def beam_loses(answers: Answers, width: int = WIDTH) -> Beamed | None:
    """Return a row that greedy decoding gets right, and a beam wrong: of those, the least sure."""
    network = answers.trained.model.network
    ranking = hardest(network, answers.x_src, answers.x_tgt)
    right = ranking.order[~ranking.wrong[ranking.order]]
    return _first(answers, right[:TRIED].tolist(), width, right=False)


def _first(answers: Answers, rows: Iterable[int], width: int, right: bool) -> Beamed | None:
    network = answers.trained.model.network
    for row in rows:
        source = answers.source(row)
        limit = answers.trained.answer_length(len(source))
        found = Beamed(row, beam_search(network, source, limit, width))
        if (found.best == answers.right(row)) == right:
            return found
    return None
