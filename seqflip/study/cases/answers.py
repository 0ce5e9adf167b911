"""What a trained model makes of many sequences: on its own words, and told the right ones."""

from dataclasses import dataclass

import numpy as np

from seqflip.data.tasks import solve, true_alignment
from seqflip.decoding import greedy
from seqflip.learning import metrics
from seqflip.nn.arrays import BoolArray, FloatArray, IntArray
from seqflip.runs.held_out import held_out
from seqflip.runs.run import Run
from seqflip.runs.trained import Trained
from seqflip.study.lengths import COUNT, draw


@dataclass(frozen=True, eq=False)
class Answers:
    """The answers to ``n`` sequences.

    Attributes
    ----------
    trained : Trained
    x_src : (n, source_len)
    x_tgt : (n, target_len)
        The right answers.
    free : (n, target_len)
        Free-running: the model reads its own words.
    forced : (n, target_len)
        Teacher-forced: before each word it was told the right one.
    weights : (n, target_len, source_len)
        Where it looked, teacher-forced.
    """

    trained: Trained
    x_src: IntArray
    x_tgt: IntArray
    free: IntArray
    forced: IntArray
    weights: FloatArray

    @property
    def counts(self) -> BoolArray:
        """Which tokens of the right answers count, (n, target_len)."""
        return metrics.counted(self.x_tgt)

    @property
    def wrong(self) -> BoolArray:
        """Where the free-running answer is wrong, (n, target_len)."""
        mistakes: BoolArray = (self.free != self.x_tgt) & self.counts
        return mistakes

    @property
    def wrong_when_told(self) -> BoolArray:
        """Where the teacher-forced answer is wrong, (n, target_len)."""
        mistakes: BoolArray = (self.forced != self.x_tgt) & self.counts
        return mistakes

    @property
    def token_accuracy(self) -> float:
        """Share of the tokens that are right, free-running."""
        return metrics.token_accuracy(self.free, self.x_tgt)

    @property
    def exact_match(self) -> float:
        """Share of the answers without a mistake, free-running."""
        return metrics.sequence_accuracy(self.free, self.x_tgt)

    def alignment(self, row: int) -> float | None:
        """Return the mean attention on the true places of one sequence, teacher-forced."""
        data = self.trained.config.data
        here = slice(row, row + 1)
        truth = true_alignment(data.task, self.x_src[here], self.x_tgt[here], data.rotate_by)
        if truth is None or not truth.any() or not self.trained.model.network.attends:
            return None
        return metrics.alignment(self.weights[here], truth)

    def source(self, row: int) -> list[int]:
        """Return one source without its padding."""
        found: list[int] = self.x_src[row][self.x_src[row] != 0].tolist()
        return found

    def right(self, row: int) -> list[int]:
        """Return one right answer, its end mark included."""
        return metrics.up_to_end(self.x_tgt[row])

    def answer(self, row: int) -> list[int]:
        """Return one free-running answer, its end mark included."""
        return metrics.up_to_end(self.free[row])

    def told(self, row: int) -> list[int]:
        """Return one teacher-forced answer, as long as the right one."""
        found: list[int] = self.forced[row][self.counts[row]].tolist()
        return found


def held_out_answers(run: Run, trained: Trained) -> Answers:
    """Answer the held-out sequences of a run, in their order.

    Raises
    ------
    ConfigError
        If its data cannot be made any more.
    """
    data = held_out(run)
    return _answered(trained, data.x_src_test, data.x_tgt_test)


def answers_of_length(trained: Trained, length: int, count: int = COUNT) -> Answers:
    """Answer random sequences of a length that it was not trained on: those of the Lengths page."""
    data = trained.config.data
    none = np.empty((0, length), np.int64)
    x_src = draw(length, count, data.vocab_size - 1, 0, none)
    x_tgt = solve(data.task, x_src, trained.answer_length(length), data.rotate_by)
    return _answered(trained, x_src, x_tgt)


def _answered(trained: Trained, x_src: IntArray, x_tgt: IntArray) -> Answers:
    network = trained.model.network
    done = network.forward(x_src, network.shifted(x_tgt))
    return Answers(
        trained,
        x_src,
        x_tgt,
        free=greedy(network, done.source, x_tgt.shape[1]),
        forced=done.logits.argmax(axis=2),
        weights=network.on_tokens(done.weights),
    )
