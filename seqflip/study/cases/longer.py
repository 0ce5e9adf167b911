"""Where a look loses its place on a sequence that is longer than any of training."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from seqflip.decoding import Force, trace
from seqflip.runs.trained import Trained
from seqflip.study.cases.answers import Answers


class Glance(NamedTuple):
    """One output: where it should look, where it looked most, and what it said."""

    should: int  # source places, from 0
    looked: int
    on_place: float  # the weight where it should look
    weight: float  # the weight where it looked
    right: int  # tokens
    said: int

    @property
    def lost(self) -> bool:
        """Whether it looked elsewhere most."""
        return self.looked != self.should


def first_lost(one: Answers, other: Answers) -> int | None:
    """Return the first row that one model gets wrong, and another that was asked the same right."""
    fits = one.wrong.any(axis=1) & ~other.wrong.any(axis=1)
    rows = np.flatnonzero(fits)
    return int(rows[0]) if len(rows) else None


def forced_right(trained: Trained, source: list[int], edits: Sequence[Force]) -> bool:
    """Return whether the answer is right when the look is forced on places by hand."""
    found = trace(trained.model.network, source, trained.model.tgt_length, interventions=edits)
    return bool(found.outputs.tolist() == trained.right_answer(source))


def forced_from_lost(trained: Trained, source: list[int]) -> list[Force]:
    """Return what forces each look on its right place, from the first that is lost on."""
    looked, truth = places(trained, source), trained.true_alignment(source)
    assert truth is not None
    lost = next((i for i, place in enumerate(looked) if place.lost), len(looked))
    rows = [row for row in range(lost, len(truth)) if truth[row].any()]
    return [Force(int(truth[row].argmax()), row) for row in rows]


def places(trained: Trained, source: list[int]) -> list[Glance]:
    """Return, for each output that comes from one place, where the model looked free-running.

    Places are those of the tokens, without marks that the encoder reads around them.
    """
    truth, right = trained.true_alignment(source), trained.right_answer(source)
    assert truth is not None
    assert right is not None
    found = trace(trained.model.network, source, trained.model.tgt_length)
    weights = trained.model.network.on_tokens(found.weights)
    return [
        Glance(
            should=int(truth[i].argmax()),
            looked=int(weights[i].argmax()),
            on_place=float(weights[i, truth[i]].sum()),
            weight=float(weights[i].max()),
            right=right[i],
            said=int(found.outputs[i]),
        )
        for i in range(min(len(found.outputs), len(right)))
        if truth[i].sum() == 1
    ]
