"""Training and held-out sequences of a task, with their right answers and true alignments.

The rules stand in :mod:`seqflip.tasks`; here sequences are drawn, or read, and answered.
"""

import operator
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from seqflip.config import LARGEST_SEED, ConfigError, DataConfig, count_of_length
from seqflip.config.section import quantity
from seqflip.config.sizes import data_bytes
from seqflip.data.pairs import read_pairs
from seqflip.data.vocabulary import vocabulary_of, word_vocabulary
from seqflip.system.memory import memory_limit, readable_bytes
from seqflip.tasks import TASKS, Language, Rule, Task, Tokens, Truth

TaskT = TypeVar("TaskT", bound=type[Task])
_NAMED = 5  # tokens that a sentence names


@dataclass(frozen=True, eq=False)
class Dataset:
    """Training and held-out sequences, which have no source in common.

    Attributes
    ----------
    x_src_train, x_tgt_train
        (n_train, src_length) and (n_train, tgt_length), zeros after the end of a sequence.
    x_src_test, x_tgt_test
        (n_test, src_length) and (n_test, tgt_length).
    vocabulary
        How each token id is written; place 0 is the mark that pads and ends.
    remarks
        What whoever brought the sequences should know of them, in sentences.
    """

    x_src_train: Tokens
    x_tgt_train: Tokens
    x_src_test: Tokens
    x_tgt_test: Tokens
    vocabulary: list[str]
    vocab_size: int
    src_length: int
    tgt_length: int
    remarks: tuple[str, ...] = ()


def make_dataset(data: DataConfig) -> Dataset:
    """Make the sequences that `data` describes; the same every time.

    All sources are distinct. With variable lengths each length is as frequent as the others, as
    far as it has enough distinct sequences.

    Raises
    ------
    ConfigError
        If a file of pairs cannot be read or has too few, or the sequences do not fit in memory.
    """
    rng = np.random.default_rng(data.random_seed)
    n = data.n_train + data.n_test
    if data.own_pairs:
        x_src, x_tgt, vocabulary, remarks = _own_pairs(data)
    else:
        vocab_size, shortest, longest, tgt_length = data.sizes
        _refuse_too_much("data.n_train", n, longest, tgt_length)
        kind, vocabulary = TASKS[data.task], vocabulary_of(data)
        if issubclass(kind, Language):
            x_src = _sentences(n, kind, vocabulary, rng)
        else:
            x_src = _distinct_sources(n, shortest, longest, vocab_size - 1, rng)
        x_tgt, remarks = solve(data.task, x_src, tgt_length, data.rotate_by), []
    order = rng.permutation(len(x_src))
    train, test = order[: data.n_train], order[data.n_train : n]
    if not data.any_source:
        remarks += _never_trained(x_src, x_tgt, train, test, vocabulary)
    return Dataset(
        x_src_train=x_src[train],
        x_tgt_train=x_tgt[train],
        x_src_test=x_src[test],
        x_tgt_test=x_tgt[test],
        vocabulary=vocabulary,
        vocab_size=len(vocabulary),
        src_length=x_src.shape[1],
        tgt_length=x_tgt.shape[1],
        remarks=tuple(remarks),
    )


def generate_copy_task_data(
    n_samples: int, src_length: int, tgt_length: int, vocab_size: int, random_seed: int | None
) -> tuple[Tokens, Tokens]:
    """Draw random sequences, each to be copied.

    Parameters
    ----------
    n_samples
        How many; the same sequence may come twice.
    src_length, tgt_length
        Tokens in each source and target. A shorter target is the beginning of the source, a longer
        one is followed by zeros.
    vocab_size
        Number of token ids, counting the 0 that pads; the sequences have ids 1 to vocab_size - 1.
    random_seed
        The same seed gives the same sequences; None gives others every time.

    Returns
    -------
    x_src : (n_samples, src_length) int64
    x_tgt : (n_samples, tgt_length) int64

    Raises
    ------
    TypeError, ValueError
        If an argument is not a whole number, or not a possible one.
    """
    return _generate("copy", n_samples, src_length, tgt_length, vocab_size, random_seed)


def generate_reversal_task_data(
    n_samples: int, src_length: int, tgt_length: int, vocab_size: int, random_seed: int | None
) -> tuple[Tokens, Tokens]:
    """Draw random sequences, each to be reversed.

    Arguments and errors are those of `generate_copy_task_data`. A shorter target is the beginning
    of the reversed source, a longer one is followed by zeros.

    Returns
    -------
    x_src : (n_samples, src_length) int64
    x_tgt : (n_samples, tgt_length) int64
    """
    return _generate("reverse", n_samples, src_length, tgt_length, vocab_size, random_seed)


def source_positions(
    task: str, x_src: ArrayLike, tgt_length: int, rotate_by: int = 1
) -> NDArray[np.int64]:
    """Say from which place in the source each target token comes.

    Rotation takes `rotate_by` tokens from the front to the end. Of equal tokens, sorting takes the
    first one first.

    Parameters
    ----------
    x_src
        (n, S) token ids, zeros after the end of a sequence.

    Returns
    -------
    (n, tgt_length) places from 0 to S - 1, and -1 behind the end of the target.
    """
    kind = _one_of(task, {name: one for name, one in TASKS.items() if issubclass(one, Rule)})
    return kind.positions(np.asarray(x_src), tgt_length, rotate_by)


def solve(task: str, x_src: ArrayLike, tgt_length: int, rotate_by: int = 1) -> Tokens:
    """Give the right answers: (n, S) sources to (n, tgt_length) targets, zeros after their end.

    A target that would be longer than `tgt_length` is cut. Zeros alone say that there is none: the
    source is no sentence of the task's language.

    Raises
    ------
    ValueError
        If the task is that of a user's own pairs, which have no rule.
    """
    kind = _one_of(task, {name: one for name, one in TASKS.items() if not one.reads_file})
    return kind.answers(np.asarray(x_src), tgt_length, rotate_by)


def true_alignment(
    task: str, x_src: ArrayLike, x_tgt: ArrayLike, rotate_by: int = 1
) -> Truth | None:
    """Mark the source places that a target token may truly come from.

    In `sort`, a token may come from any of its copies. A user's own pairs have no true alignment.

    Parameters
    ----------
    x_src
        (n, S) token ids.
    x_tgt
        (n, T) token ids, the right answers to `x_src`.

    Returns
    -------
    (n, T, S) bool, nothing marked for pads and end marks; None for pairs.
    """
    return TASKS[task].truth(np.asarray(x_src), np.asarray(x_tgt), rotate_by)


def _one_of(task: str, kinds: Mapping[str, TaskT]) -> TaskT:
    """Return the task of this name, if it is one of those that have such a rule."""
    if task not in kinds:
        *first, last = sorted(kinds)
        raise ValueError(f"task {task} has no rule; only {', '.join(first)} and {last} do")
    return kinds[task]


def _generate(
    task: str,
    n_samples: object,
    src_length: object,
    tgt_length: object,
    vocab_size: object,
    random_seed: object,
) -> tuple[Tokens, Tokens]:
    n = _whole("n_samples", n_samples, low=1)
    source = _whole("src_length", src_length, low=1)
    target = _whole("tgt_length", tgt_length, low=1)
    vocab = _whole("vocab_size", vocab_size, low=2, high=2**62)
    seed = None
    if random_seed is not None:
        seed = _whole("random_seed", random_seed, low=0, high=LARGEST_SEED)
    _refuse_too_much("n_samples", n, source, target)
    x_src = np.random.default_rng(seed).integers(1, vocab, size=(n, source))
    return x_src, solve(task, x_src, target)


def _whole(name: str, value: object, low: int, high: int | None = None) -> int:
    """Check an argument; NumPy's whole numbers are welcome, True is not one."""
    valid = f"of at least {low}" if high is None else f"from {low} to {high:,}"
    if isinstance(value, bool | np.bool_) or not hasattr(value, "__index__"):
        raise TypeError(f"{name} must be a whole number {valid}, not {value!r:.60}")
    number = operator.index(value)
    if number < low or (high is not None and number > high):
        raise ValueError(f"{name} must be a whole number {valid}, not {number}")
    return number


def _refuse_too_much(name: str, n: int, src_length: int, tgt_length: int) -> None:
    needed, limit = data_bytes(n, src_length, tgt_length), memory_limit()
    if needed > limit:
        raise ConfigError(
            name,
            f"{name} asks for {n:,} sequences of up to {src_length:,} and {tgt_length:,} tokens, "
            f"which take {readable_bytes(needed)} of memory, and there is {readable_bytes(limit)}",
        )


def _distinct_sources(
    n: int, shortest: int, longest: int, symbols: int, rng: np.random.Generator
) -> Tokens:
    """Draw `n` distinct sequences of `shortest` to `longest` tokens: (n, longest), zero padded."""
    counts = _share_out(n, [count_of_length(symbols, k, n) for k in range(shortest, longest + 1)])
    x_src = np.zeros((n, longest), dtype=np.int64)
    start = 0
    for length, count in enumerate(counts, start=shortest):
        x_src[start : start + count, :length] = _distinct_rows(count, length, symbols, rng)
        start += count
    return x_src


def _share_out(n: int, capacities: list[int]) -> list[int]:
    """Share `n` as equally as the capacities allow; what is left over goes to the last ones."""
    shares = [0] * len(capacities)
    smallest_first = sorted(range(len(capacities)), key=lambda i: capacities[i])
    for done, i in enumerate(smallest_first):
        shares[i] = min(capacities[i], n // (len(capacities) - done))
        n -= shares[i]
    return shares


def _distinct_rows(n: int, length: int, symbols: int, rng: np.random.Generator) -> Tokens:
    """Draw `n` distinct sequences of `length` tokens out of 1 .. symbols: (n, length)."""
    if count_of_length(symbols, length, 4 * n) < 4 * n:  # few: number them all and pick
        place_values = symbols ** np.arange(length)
        picked = rng.permutation(symbols**length)[:n]
        return 1 + picked[:, None] // place_values % symbols
    # Many: draw, and draw again what came twice. Rows whose products with random numbers differ are
    # different, and single numbers are compared much faster than rows.
    factors = rng.integers(2**62, size=length) | 1
    rows = np.empty((0, length), dtype=np.int64)
    while len(rows) < n:
        more = rng.integers(1, symbols + 1, size=(n - len(rows), length))
        rows = np.concatenate([rows, more])
        _, first = np.unique(rows @ factors, return_index=True)
        rows = rows[np.sort(first)]
    return rows


def _sentences(
    n: int, language: type[Language], vocabulary: Sequence[str], rng: np.random.Generator
) -> Tokens:
    """Draw `n` distinct sentences, each shape as often as the others: (n, S), zero padded."""
    shapes = language.shapes()
    counts = _share_out(n, [shape.count for shape in shapes])
    sentences = [
        shape.sentence(number)
        for shape, count in zip(shapes, counts, strict=True)
        for number in rng.choice(shape.count, count, replace=False).tolist()
    ]
    return _as_ids(sentences, vocabulary, language.src_length)


def _as_ids(sequences: Sequence[Sequence[str]], vocabulary: Sequence[str], length: int) -> Tokens:
    """Write sequences as token ids: (n, length), zero padded."""
    ids = {token: i for i, token in enumerate(vocabulary)}
    tokens = np.zeros((len(sequences), length), dtype=np.int64)
    for row, symbols in zip(tokens, sequences, strict=True):
        row[: len(symbols)] = [ids[symbol] for symbol in symbols]
    return tokens


def _own_pairs(data: DataConfig) -> tuple[Tokens, Tokens, list[str], list[str]]:
    """Read the user's file: sources (n, S), targets (n, T), the vocabulary of both, remarks."""
    try:
        pairs = read_pairs(str(data.path), **data.reading)
    except ValueError as error:
        raise ConfigError("data.path", str(error)) from None
    there_are, wanted = len(pairs.sources), data.n_train + data.n_test
    if there_are < wanted:
        raise ConfigError(
            "data.n_train",
            f"data.n_train and data.n_test ask for {wanted:,} pairs, but {data.path} has only "
            f"{there_are:,} distinct ones",
        )
    source, target = (max(map(len, side)) for side in (pairs.sources, pairs.targets))
    _refuse_too_much("data.path", there_are, source, target)
    vocabulary = word_vocabulary(chain.from_iterable(pairs.sources + pairs.targets))
    x_src = _as_ids(pairs.sources, vocabulary, source)
    x_tgt = _as_ids(pairs.targets, vocabulary, target)
    return x_src, x_tgt, vocabulary, pairs.remarks


def _never_trained(
    x_src: Tokens, x_tgt: Tokens, train: Tokens, test: Tokens, vocabulary: Sequence[str]
) -> Iterator[str]:
    """Say how many held-out tokens no training sequence has: nothing can be learned of these."""
    for side, tokens in (("sources", x_src), ("targets", x_tgt)):
        unseen = np.setdiff1d(tokens[test], tokens[train])
        if len(unseen) > 0:
            named = ", ".join(vocabulary[token] for token in unseen[:_NAMED])
            yield (
                f"{quantity(len(unseen), 'token')} of held-out {side} "
                f"{'occurs' if len(unseen) == 1 else 'occur'} in no training sequence: {named}"
                + (", …" if len(unseen) > _NAMED else "")
            )
