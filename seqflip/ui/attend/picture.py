"""What there is to see of one sequence: the answer, what would be right, and how it came about."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from seqflip.decoding import Intervention, Trace, trace
from seqflip.decoding.interventions import check_interventions
from seqflip.learning.metrics import alignment
from seqflip.nn import Looks
from seqflip.nn.arrays import BoolArray
from seqflip.runs.trained import Trained
from seqflip.ui.labels import END, distinct
from seqflip.ui.parts.subject import Subject


@dataclass(frozen=True, eq=False)
class Answer:
    """An answer to a source, and what would be right.

    Attributes
    ----------
    trained : Trained
    trace : Trace
        All numbers.
    right : list of int or None
        The right answer; None where nobody knows it.
    target : list of int or None
        What the decoder was forced to read; None: its own words.
    """

    trained: Trained
    trace: Trace
    right: list[int] | None
    target: list[int] | None = None

    @property
    def forced(self) -> bool:
        """Whether the decoder had to read a given target."""
        return self.target is not None

    @cached_property
    def inputs(self) -> list[str]:
        """The source's tokens, and the marks around them if it is read with any."""
        return self.trained.words(self.trace.source)

    @cached_property
    def outputs(self) -> list[str]:
        """The answer's tokens; what ends it is written as a mark."""
        return [self.word(token) for token in self.trace.outputs]

    @cached_property
    def labels(self) -> tuple[list[str], list[str]]:
        """Inputs and outputs, with equal ones told apart."""
        return distinct(self.inputs), distinct(self.outputs)

    def word(self, token: int) -> str:
        """Return how a token is written, and how the marks for end and begin are."""
        return END if token == 0 else self.trained.words([token])[0]

    @property
    def tokens(self) -> list[int]:
        """The source without marks."""
        found: list[int] = self.trace.source[self.trace.is_token].tolist()
        return found

    @property
    def typed(self) -> list[str]:
        """How the source's tokens are written, without marks."""
        return self.trained.words(self.tokens)

    @property
    def confidence(self) -> float:
        """The probability of the whole answer."""
        return self.trace.confidence

    @property
    def correct(self) -> list[bool] | None:
        """Whether each output is what it should be."""
        if self.right is None:
            return None
        return [
            i < len(self.right) and token == self.right[i]
            for i, token in enumerate(self.trace.outputs.tolist())
        ]

    @cached_property
    def truth(self) -> BoolArray | None:
        """Where each output truly comes from, (steps, source_len)."""
        found = self.trained.true_alignment(self.tokens)
        if found is None:
            return None
        truth = np.zeros(self.trace.weights.shape, np.bool_)
        truth[: len(found), self.trace.is_token] = found[: len(truth)]
        return truth

    @property
    def alignment(self) -> float | None:
        """The attention on the true places, as a mean over the outputs that have one."""
        truth = self.truth
        if truth is None or not truth.any() or not self.has_attention:
            return None
        return alignment(self.trace.weights[None], truth[None])

    @property
    def has_attention(self) -> bool:
        """Whether there are weights to look at."""
        return self.trace.attends


def answer(
    subject: Subject,
    source: Sequence[int],
    target: Sequence[int] | None,
    edits: Sequence[Intervention] = (),
) -> Answer:
    """Let the model answer.

    Parameters
    ----------
    subject : Subject
    source : tokens
    target : tokens, optional
        What it is forced to read.
    edits : sequence of Intervention
    """
    trained = subject.trained
    found = trace(
        trained.model.network,
        source,
        trained.model.tgt_length,
        target=target,
        limit=trained.answer_length(len(source)),
        interventions=edits,
    )
    right = subject.right_answer(found.source[found.is_token].tolist())
    return Answer(trained, found, right, None if target is None else list(target))


def fitting(
    edits: Sequence[Intervention], places: int, looks: Looks | None = None
) -> tuple[tuple[Intervention, ...], int]:
    """Return the interventions that can be made where so much is read, and how many cannot."""
    kept: list[Intervention] = []
    for edit in edits:
        try:
            check_interventions([*kept, edit], places, looks)
        except ValueError:
            continue
        kept.append(edit)
    return tuple(kept), len(edits) - len(kept)
