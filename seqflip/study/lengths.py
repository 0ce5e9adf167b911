"""How long can sequences get? A trained model on sequences of each length, far beyond training.

>>> from seqflip.study.lengths import open_test
>>> test = open_test("examples/reverse")
>>> for point in test.points(longest=36):
...     print(point.length, point.seen, point.sequences, point.exact_match.value)
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np

from seqflip.config.counting import count_of_length
from seqflip.config.sizes import sequence_bytes
from seqflip.data.tasks import Dataset, make_dataset, solve, true_alignment
from seqflip.decoding import greedy
from seqflip.learning.metrics import alignment, counted, effective_size, up_to_end, wilson_interval
from seqflip.nn.arrays import FloatArray
from seqflip.runs.held_out import held_out, trained_lengths
from seqflip.runs.run import Run
from seqflip.runs.status import ACTIVE
from seqflip.runs.trained import Trained, open_trained
from seqflip.tasks import Tokens, lengths

COUNT: Final = 200
"""How many sequences of each length are tried, as far as there are so many."""
TIMES: Final = 3
"""How many times the longest length of training is gone to, if nothing else is asked for."""
KEPT: Final = 20
"""How many of the failing sequences of a length are kept."""

_FEW = 2**18  # so many sequences are numbered and gone through in a random order
_BLOCK = 256
_MEMORY = 100_000_000  # bytes


class ConfidenceInterval(NamedTuple):
    """A mean over sequences, and its 95 % interval after Wilson."""

    value: float
    low: float
    high: float

    @classmethod
    def of(cls, values: FloatArray) -> "ConfidenceInterval":
        """Return the mean of independent numbers from 0 to 1, one for each sequence."""
        mean = float(values.mean(dtype=np.float64))
        return cls(mean, *wilson_interval(mean, effective_size(values)))


class Failure(NamedTuple):
    """A sequence that was not answered right: token ids, end marks included."""

    source: list[int]
    expected: list[int]
    answered: list[int]


@dataclass(frozen=True)
class LengthPoint:
    """How good a model is at one length.

    Attributes
    ----------
    length : int
        Tokens in each source.
    seen : bool
        Whether it was trained on sequences of this length (though not on these).
    sequences : int
        How many were tried.
    all_there_are : bool
        Whether there are no others of this length that it was not trained on.
    right : int
        How many were answered without a mistake.
    exact_match, token_accuracy : ConfidenceInterval
        Free-running: the model reads its own words.
    alignment : ConfidenceInterval or None
        Teacher-forced; None without attention, or for a user's own pairs.
    failures : tuple of Failure
        The first of those with a mistake.
    """

    length: int
    seen: bool
    sequences: int
    all_there_are: bool
    right: int
    exact_match: ConfidenceInterval
    token_accuracy: ConfidenceInterval
    alignment: ConfidenceInterval | None
    failures: tuple[Failure, ...]


@dataclass(frozen=True, eq=False)
class LengthTest:
    """A model and the sequences to try it on.

    Of the built-in tasks these are random ones, which follow from `seed` and their length alone: so
    models are compared on the same sequences, but for those that one of them was trained on, which
    it does not get. Of a user's own pairs they are the held-out ones.

    Attributes
    ----------
    trained : Trained
    data : Dataset
        What it was trained on.
    count : int
        How many sequences of each length.
    seed : int
    trained_on : range or None
        The lengths that it was trained on, where `data` has nothing but held-out sequences.
    """

    trained: Trained
    data: Dataset
    count: int = COUNT
    seed: int = 0
    trained_on: range | None = None

    @cached_property
    def seen(self) -> range:
        """The lengths that it was trained on."""
        if self.trained_on is not None:
            return self.trained_on
        return range(int(self._trained_lengths.min()), int(self._trained_lengths.max()) + 1)

    def points(self, longest: int | None = None, shortest: int = 1) -> Iterator[LengthPoint]:
        """Try one length after the other; pairs may have none of some lengths."""
        for length in range(shortest, (longest or longest_to_try(self.trained)) + 1):
            point = self.at(length)
            if point is not None:
                yield point

    def at(self, length: int) -> LengthPoint | None:
        """Try one length; None if there is no sequence of this length to try."""
        x_src, x_tgt, all_there_are = self._sequences(length)
        if len(x_src) == 0:
            return None
        answers, aligned = self._answers(x_src, x_tgt)
        counts = counted(x_tgt)
        mistakes = (answers != x_tgt) & counts
        wrong = mistakes.any(axis=1)
        return LengthPoint(
            length=length,
            seen=length in self.seen,
            sequences=len(wrong),
            all_there_are=all_there_are,
            right=int((~wrong).sum()),
            exact_match=ConfidenceInterval.of((~wrong).astype(np.float64)),
            token_accuracy=ConfidenceInterval.of(1 - mistakes.sum(axis=1) / counts.sum(axis=1)),
            alignment=None if aligned is None else ConfidenceInterval.of(aligned),
            failures=tuple(
                Failure(x_src[i].tolist(), up_to_end(x_tgt[i]), up_to_end(answers[i]))
                for i in np.flatnonzero(wrong)[:KEPT]
            ),
        )

    @cached_property
    def _trained_lengths(self) -> Tokens:
        return lengths(self.data.x_src_train)

    def _sequences(self, length: int) -> tuple[Tokens, Tokens, bool]:
        """Return sources and targets that it was not trained on, and whether there are no more."""
        data = self.trained.config.data
        if not data.any_source:
            held_out = np.flatnonzero(lengths(self.data.x_src_test) == length)
            rows = held_out[: self.count]
            x_src, x_tgt = self.data.x_src_test[rows, :length], self.data.x_tgt_test[rows]
            whole = len(self.data.x_src_test) == data.n_test  # of many, only the first are kept
            return x_src, x_tgt, whole and len(rows) == len(held_out)
        known = self.data.x_src_train[self._trained_lengths == length, :length]
        x_src = draw(length, self.count, data.vocab_size - 1, self.seed, known)
        x_tgt = solve(data.task, x_src, self.trained.answer_length(length), data.rotate_by)
        enough = len(known) + self.count + 1
        there_are = count_of_length(data.vocab_size - 1, length, enough)
        return x_src, x_tgt, len(known) + len(x_src) == there_are

    def _answers(self, x_src: Tokens, x_tgt: Tokens) -> tuple[Tokens, FloatArray | None]:
        """Return the greedy answers, and of each the mean attention on the true places."""
        trained, network = self.trained, self.trained.model.network
        data, sizes = trained.config.data, (x_src.shape[1], x_tgt.shape[1])
        size = sequence_bytes(trained.config.model, trained.model.vocab_size, *sizes)
        chunk = min(max(1, _MEMORY // size), _BLOCK)
        answers, aligned = [], []
        aligns = network.attends and not data.own_pairs
        for start in range(0, len(x_src), chunk):
            src, tgt = x_src[start : start + chunk], x_tgt[start : start + chunk]
            done = network.forward(src, network.shifted(tgt))
            answers.append(greedy(network, done.source, tgt.shape[1]))
            if aligns:
                truth = true_alignment(data.task, src, tgt, data.rotate_by)
                assert truth is not None
                on_tokens = network.on_tokens(done.weights)
                rows = zip(on_tokens[:, None], truth[:, None], strict=True)
                aligned += [alignment(weights, places) for weights, places in rows]
        # float32 weights may add up to a little more than 1
        return np.concatenate(answers), np.minimum(aligned, 1.0) if aligns else None


def open_test(
    run: Run | str | os.PathLike[str], *, count: int = COUNT, seed: int = 0
) -> LengthTest:
    """Load the model of a run's folder to be tested: the newest weights while it is trained.

    Raises
    ------
    RunError, ConfigError
        If it has no weights yet, its folder is not whole, or its data cannot be made any more.
    """
    run = run if isinstance(run, Run) else Run(Path(run))
    trained = open_trained(run, newest=run.status().state in ACTIVE)
    return length_test(run, trained, count, seed)


def length_test(run: Run, trained: Trained, count: int = COUNT, seed: int = 0) -> LengthTest:
    """Return the test of a model that is loaded, with no more data than it needs.

    Of sentences and of a user's own pairs these are the held-out ones that a run keeps. To know
    which sequences of a task it was not trained on, those that it was must be drawn.

    Raises
    ------
    ConfigError
        If its data cannot be made any more.
    """
    seen = None if trained.config.data.any_source else trained_lengths(run)
    data = make_dataset(trained.config.data) if seen is None else held_out(run)
    return LengthTest(trained, data, count, seed, seen)


def longest_to_try(trained: Trained) -> int:
    """Return how far to go if nothing else is asked for: beyond what was trained where one can."""
    longest = trained.model.src_length
    return TIMES * longest if trained.config.data.any_source else longest


def draw(length: int, count: int, symbols: int, seed: int, known: Tokens) -> Tokens:
    """Draw distinct sequences of one length, none of them a known one.

    Parameters
    ----------
    length : int
    count : int
        How many; fewer if there are no more.
    symbols : int
        The tokens are 1 to `symbols`.
    seed : int
        With the length it decides the order in which sequences come up.
    known : (n, length)
        Distinct sequences that are passed over.

    Returns
    -------
    (count, length) token ids
    """
    enough = len(known) + count
    there_are = count_of_length(symbols, length, max(_FEW, 4 * enough))
    wanted = min(count, there_are - len(known))
    taken = {row.tobytes() for row in np.ascontiguousarray(known, np.int64)}
    rng = np.random.default_rng((seed, length))
    few = there_are < max(_FEW, 4 * enough)
    blocks = _all(symbols, length, there_are, rng) if few else _random(symbols, length, rng)
    rows: list[Tokens] = []
    while len(rows) < wanted:
        for row in next(blocks):
            key = row.tobytes()
            if key not in taken and len(rows) < wanted:
                taken.add(key)
                rows.append(row)
    return np.array(rows, np.int64).reshape(-1, length)


def _all(symbols: int, length: int, there_are: int, rng: np.random.Generator) -> Iterator[Tokens]:
    """Go through all sequences in a random order."""
    order, place_values = rng.permutation(there_are), symbols ** np.arange(length)
    for start in range(0, there_are, _BLOCK):
        yield 1 + order[start : start + _BLOCK, None] // place_values % symbols


def _random(symbols: int, length: int, rng: np.random.Generator) -> Iterator[Tokens]:
    """Draw sequences without end; few of so many come twice."""
    while True:
        yield rng.integers(1, symbols + 1, size=(_BLOCK, length))
