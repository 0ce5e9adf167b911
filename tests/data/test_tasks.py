"""The tasks: right answers, true alignments, and sequences of which none is in both sets."""

import math
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqflip.config.section import ConfigError
from seqflip.config.sections import DataConfig
from seqflip.data import decode
from seqflip.data.tasks import (
    generate_copy_task_data,
    generate_reversal_task_data,
    make_dataset,
    solve,
    source_positions,
    true_alignment,
)
from seqflip.tasks import lengths
from tests.promptness import takes_at_most

GENERATORS = [generate_copy_task_data, generate_reversal_task_data]


def rows(x: np.ndarray[Any, Any]) -> list[tuple[int, ...]]:
    return [tuple(row) for row in x.tolist()]


# ---------------------------------------------------------------- right answers


@pytest.mark.parametrize(
    ("task", "rotate_by", "target"),
    [
        ("copy", 1, [5, 3, 9, 3, 0, 0]),
        ("reverse", 1, [3, 9, 3, 5, 0, 0]),
        ("sort", 1, [3, 3, 5, 9, 0, 0]),
        ("rotate", 1, [3, 9, 3, 5, 0, 0]),
        ("rotate", 2, [9, 3, 5, 3, 0, 0]),
        ("rotate", 5, [3, 9, 3, 5, 0, 0]),
    ],
)
def test_the_answer_of_each_task(task: str, rotate_by: int, target: list[int]) -> None:
    answer = solve(task, [[5, 3, 9, 3, 0, 0]], 6, rotate_by)

    assert rows(answer) == [tuple(target)]
    assert answer.dtype == np.int64


@pytest.mark.parametrize(
    ("task", "short", "long"),
    [
        ("copy", (5, 3), (5, 3, 9, 0, 0)),
        ("reverse", (9, 3), (9, 3, 5, 0, 0)),
        ("sort", (3, 5), (3, 5, 9, 0, 0)),
    ],
)
def test_a_target_is_cut_or_padded_to_its_length(
    task: str, short: tuple[int, ...], long: tuple[int, ...]
) -> None:
    assert rows(solve(task, [[5, 3, 9]], 2)) == [short]
    assert rows(solve(task, [[5, 3, 9]], 5)) == [long]


def test_each_row_is_solved_by_its_own_length() -> None:
    answers = solve("reverse", [[1, 2, 3], [1, 2, 0], [1, 0, 0]], 3)

    assert rows(answers) == [(3, 2, 1), (2, 1, 0), (1, 0, 0)]


def test_places_say_where_each_token_comes_from() -> None:
    assert rows(source_positions("sort", [[5, 3, 9, 3, 0]], 5)) == [(1, 3, 0, 2, -1)]


@pytest.mark.parametrize("task", ["pairs", "nonsense"])
def test_a_task_without_a_rule_is_refused(task: str) -> None:
    with pytest.raises(
        ValueError, match=f"task {task} has no rule; only addition, copy, .* and words_to_numbers"
    ):
        solve(task, [[1]], 1)


@pytest.mark.parametrize("task", ["pairs", "dates"])
def test_only_rules_of_places_say_from_which_place_each_token_comes(task: str) -> None:
    with pytest.raises(
        ValueError, match=f"task {task} has no rule; only copy, reverse, rotate and sort do"
    ):
        source_positions(task, [[1]], 1)


def test_a_length_counts_the_tokens_before_the_first_zero() -> None:
    assert lengths([[1, 2, 3], [1, 0, 3], [0, 0, 0]]).tolist() == [3, 1, 0]


# ---------------------------------------------------------------- true alignments


def test_reversal_is_aligned_along_the_anti_diagonal() -> None:
    truth = true_alignment("reverse", [[7, 7, 8, 0]], [[8, 7, 7, 0]])

    assert truth is not None
    assert truth.astype(int).tolist() == [[[0, 0, 1, 0], [0, 1, 0, 0], [1, 0, 0, 0], [0, 0, 0, 0]]]


def test_a_duplicate_in_sort_may_come_from_any_of_its_copies() -> None:
    truth = true_alignment("sort", [[5, 3, 5, 0]], [[3, 5, 5, 0]])

    assert truth is not None
    assert truth.astype(int).tolist() == [[[0, 1, 0, 0], [1, 0, 1, 0], [1, 0, 1, 0], [0, 0, 0, 0]]]


def test_pairs_have_no_true_alignment() -> None:
    assert true_alignment("pairs", [[1, 2]], [[2, 1]]) is None


def places_by_hand(task: str, source: list[int], rotate_by: int) -> list[list[int]]:
    """For each target token, the places it may come from: one sequence, no arrays, no padding."""
    n = len(source)
    if task == "copy":
        return [[i] for i in range(n)]
    if task == "reverse":
        return [[i] for i in reversed(range(n))]
    if task == "rotate":
        order = list(range(n))
        for _ in range(rotate_by):
            order.append(order.pop(0))
        return [[i] for i in order]
    return [[i for i in range(n) if source[i] == token] for token in sorted(source)]


sources = st.lists(st.lists(st.integers(1, 6), min_size=1, max_size=7), min_size=1, max_size=5)


@given(
    task=st.sampled_from(["copy", "reverse", "sort", "rotate"]),
    sources=sources,
    tgt_length=st.integers(1, 9),
    rotate_by=st.integers(1, 8),
)
def test_answers_and_alignments_agree_with_brute_force(
    task: str, sources: list[list[int]], tgt_length: int, rotate_by: int
) -> None:
    x_src = np.zeros((len(sources), 7), dtype=np.int64)
    for row, source in zip(x_src, sources, strict=True):
        row[: len(source)] = source

    x_tgt = solve(task, x_src, tgt_length, rotate_by)
    truth = true_alignment(task, x_src, x_tgt, rotate_by)

    assert x_tgt.shape == (len(sources), tgt_length)
    assert truth is not None
    assert truth.shape == (len(sources), tgt_length, 7)
    for i, source in enumerate(sources):
        by_hand = places_by_hand(task, source, rotate_by)[:tgt_length]
        for t in range(tgt_length):
            places = by_hand[t] if t < len(by_hand) else []
            assert np.flatnonzero(truth[i, t]).tolist() == places
            assert x_tgt[i, t] == (source[places[0]] if places else 0)


# ---------------------------------------------------------------- data sets

small = st.builds(
    lambda task, vocab_size, src_length, min_length, share, seed: (
        task,
        vocab_size,
        src_length,
        min(min_length, src_length),
        share,
        seed,
    ),
    st.sampled_from(["copy", "reverse", "sort"]),
    st.integers(2, 8),
    st.integers(1, 6),
    st.integers(1, 6),
    st.floats(0, 1),
    st.integers(0, 1000),
)


@given(small)
def test_all_sources_are_distinct_and_complete(
    case: tuple[str, int, int, int, float, int],
) -> None:
    task, vocab_size, src_length, min_length, share, seed = case
    there_are = sum((vocab_size - 1) ** k for k in range(min_length, src_length + 1))
    n = 2 + int(share * (min(there_are, 400) - 2))
    if there_are < 2:
        return
    data = DataConfig(
        task=task,
        n_train=n - 1,
        n_test=1,
        src_length=src_length,
        min_length=min_length,
        vocab_size=vocab_size,
        random_seed=seed,
    )

    dataset = make_dataset(data)

    x_src = np.concatenate([dataset.x_src_train, dataset.x_src_test])
    x_tgt = np.concatenate([dataset.x_tgt_train, dataset.x_tgt_test])
    assert x_src.shape == x_tgt.shape == (n, src_length)
    assert len(set(rows(x_src))) == n
    assert x_src.min() >= 0
    assert x_src.max() < vocab_size
    row_lengths = lengths(x_src)
    assert row_lengths.min() >= min_length
    assert ((x_src != 0).sum(axis=1) == row_lengths).all()  # zeros only behind the end
    assert rows(x_tgt) == rows(solve(task, x_src, src_length))


def test_held_out_sources_are_not_trained_on() -> None:
    dataset = make_dataset(
        DataConfig(n_train=900, n_test=92, src_length=10, min_length=5, vocab_size=3)
    )

    assert dataset.x_src_train.shape == (900, 10)
    assert dataset.x_src_test.shape == (92, 10)
    assert not set(rows(dataset.x_src_train)) & set(rows(dataset.x_src_test))


def test_every_sequence_there_is_can_be_asked_for() -> None:
    dataset = make_dataset(
        DataConfig(n_train=100, n_test=20, src_length=4, min_length=1, vocab_size=4)
    )

    x_src = np.concatenate([dataset.x_src_train, dataset.x_src_test])
    assert len(set(rows(x_src))) == 120 == 3 + 9 + 27 + 81


def test_lengths_are_equally_frequent_as_far_as_there_are_enough() -> None:
    dataset = make_dataset(
        DataConfig(n_train=1900, n_test=100, src_length=6, min_length=1, vocab_size=11)
    )

    x_src = np.concatenate([dataset.x_src_train, dataset.x_src_test])
    assert Counter(lengths(x_src).tolist()) == {1: 10, 2: 100, 3: 472, 4: 472, 5: 473, 6: 473}


def test_training_and_held_out_data_have_the_same_lengths() -> None:
    dataset = make_dataset(DataConfig(n_train=5000, n_test=5000, src_length=6, min_length=3))

    for x_src in (dataset.x_src_train, dataset.x_src_test):
        counts = np.bincount(lengths(x_src))[3:]
        assert abs(counts - 1250).max() < 4 * math.sqrt(10_000 * 0.25 * 0.75 / 4)


def test_symbols_are_equally_frequent() -> None:
    dataset = make_dataset(DataConfig(n_train=5000, n_test=1, src_length=8, vocab_size=5))

    tokens = dataset.x_src_train[dataset.x_src_train != 0]
    assert abs(np.bincount(tokens)[1:] / tokens.size - 0.25).max() < 0.02


def test_the_same_seed_gives_the_same_data_and_another_seed_does_not() -> None:
    first, same, other = (
        make_dataset(DataConfig(n_train=50, n_test=5, random_seed=seed)) for seed in (3, 3, 4)
    )

    assert (first.x_src_train == same.x_src_train).all()
    assert (first.x_src_test == same.x_src_test).all()
    assert (first.x_src_train != other.x_src_train).any()


def test_a_data_set_says_how_tokens_are_written() -> None:
    dataset = make_dataset(DataConfig(n_train=5, n_test=5, vocab_size=4, tgt_length=12))

    assert dataset.vocabulary == ["0", "1", "2", "3"]
    assert (dataset.vocab_size, dataset.src_length, dataset.tgt_length) == (4, 10, 12)
    assert dataset.x_tgt_test.shape == (5, 12)


def test_too_few_distinct_sequences_are_counted() -> None:
    with pytest.raises(ValueError, match="but there are only 1,022 of 1 to 9 tokens out of 2"):
        make_dataset(DataConfig(n_train=1000, n_test=100, src_length=9, min_length=1, vocab_size=3))


def test_what_would_not_fit_in_memory_is_not_begun() -> None:
    with pytest.raises(ConfigError, match=r"^data\.n_train asks for .* which take about 480\.0 TB"):
        make_dataset(DataConfig(n_train=10**12, n_test=1))


def test_twenty_thousand_sequences_are_made_in_a_blink() -> None:
    data = DataConfig(n_train=16_000, n_test=4_000, src_length=12, min_length=1, vocab_size=48)
    assert takes_at_most(0.2, lambda: make_dataset(data))


# ---------------------------------------------------------------- generate_..._task_data


def test_copy_data() -> None:
    x_src, x_tgt = generate_copy_task_data(30, 5, 5, 8, 0)

    assert x_src.shape == (30, 5)
    assert x_src.dtype == x_tgt.dtype == np.int64
    assert set(np.unique(x_src)) == set(range(1, 8))
    assert (x_src == x_tgt).all()


def test_reversal_data() -> None:
    x_src, x_tgt = generate_reversal_task_data(30, 5, 5, 8, 0)

    assert (x_tgt == x_src[:, ::-1]).all()


def test_lengths_may_differ() -> None:
    x_src, short = generate_reversal_task_data(6, 5, 3, 8, 0)
    _, long = generate_reversal_task_data(6, 5, 7, 8, 0)

    assert (short == x_src[:, ::-1][:, :3]).all()
    assert (long[:, :5] == x_src[:, ::-1]).all()
    assert (long[:, 5:] == 0).all()


@pytest.mark.parametrize("generate", GENERATORS)
def test_the_seed_decides(generate: Any) -> None:
    assert (generate(9, 6, 6, 50, 1)[0] == generate(9, 6, 6, 50, 1)[0]).all()
    assert (generate(9, 6, 6, 50, 1)[0] != generate(9, 6, 6, 50, 2)[0]).any()
    assert generate(9, 6, 6, 50, None)[0].shape == (9, 6)


def test_numbers_of_numpy_are_numbers() -> None:
    numbers: Any = np.array([3, 4, 4, 5, 0])

    x_src, _ = generate_copy_task_data(*numbers)

    assert x_src.shape == (3, 4)


@pytest.mark.parametrize("generate", GENERATORS)
@pytest.mark.parametrize(
    ("wrong", "error", "message"),
    [
        ({"n_samples": 0}, ValueError, "n_samples must be a whole number of at least 1, not 0"),
        ({"n_samples": -3}, ValueError, "n_samples must be a whole number of at least 1, not -3"),
        ({"n_samples": 2.0}, TypeError, "n_samples must be a whole number of at least 1, not 2.0"),
        ({"n_samples": "2"}, TypeError, "n_samples must be a whole number of at least 1, not '2'"),
        (
            {"n_samples": True},
            TypeError,
            "n_samples must be a whole number of at least 1, not True",
        ),
        ({"src_length": 0}, ValueError, "src_length must be a whole number of at least 1, not 0"),
        (
            {"src_length": [2]},
            TypeError,
            "src_length must be a whole number of at least 1, not [2]",
        ),
        ({"tgt_length": 0}, ValueError, "tgt_length must be a whole number of at least 1, not 0"),
        (
            {"tgt_length": None},
            TypeError,
            "tgt_length must be a whole number of at least 1, not None",
        ),
        (
            {"vocab_size": 1},
            ValueError,
            "vocab_size must be a whole number from 2 to 4,611,686,018,427,387,904, not 1",
        ),
        (
            {"random_seed": -1},
            ValueError,
            "random_seed must be a whole number from 0 to 9,223,372,036,854,775,807, not -1",
        ),
        (
            {"random_seed": 0.5},
            TypeError,
            "random_seed must be a whole number from 0 to 9,223,372,036,854,775,807, not 0.5",
        ),
    ],
)
def test_an_argument_that_cannot_be(
    generate: Any, wrong: dict[str, Any], error: type[Exception], message: str
) -> None:
    arguments = {
        "n_samples": 3,
        "src_length": 4,
        "tgt_length": 4,
        "vocab_size": 5,
        "random_seed": 0,
    }

    with pytest.raises(error) as caught:
        generate(**{**arguments, **wrong})

    assert str(caught.value) == message


def test_too_many_samples_are_refused_with_an_estimate(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("seqflip.data.tasks.memory_limit", lambda: 16 * 10**9)

    with pytest.raises(ValueError, match="n_samples") as caught:
        generate_copy_task_data(10**12, 5, 5, 8, 0)

    assert str(caught.value) == (
        "n_samples asks for 1,000,000,000,000 sequences of up to 5 and 5 tokens, which take "
        "about 240.0 TB of memory, and there is about 16.0 GB"
    )


# ---------------------------------------------------------------- a user's own pairs


@pytest.fixture
def pairs_file(tmp_path: Path) -> Path:
    file = tmp_path / "pairs.tsv"
    file.write_text("zwei eins\tone two\neins\tone\neins 10\tone 10\n2\t0\n", encoding="utf-8")
    return file


def test_own_pairs_bring_their_vocabulary_and_lengths(pairs_file: Path) -> None:
    dataset = make_dataset(DataConfig(task="pairs", path=str(pairs_file), n_train=3, n_test=1))

    words = ["<end>", "0", "2", "10", "eins", "one", "two", "zwei"]
    assert dataset.vocabulary == words
    assert (dataset.vocab_size, dataset.src_length, dataset.tgt_length) == (8, 2, 2)
    x_src = np.concatenate([dataset.x_src_train, dataset.x_src_test])
    x_tgt = np.concatenate([dataset.x_tgt_train, dataset.x_tgt_test])
    assert dict(zip(rows(x_src), rows(x_tgt), strict=True)) == {
        (7, 4): (5, 6),
        (4, 0): (5, 0),
        (4, 3): (5, 3),
        (2, 0): (1, 0),
    }


def test_own_pairs_are_divided_by_the_seed(pairs_file: Path) -> None:
    held_out = {
        rows(
            make_dataset(
                DataConfig(
                    task="pairs", path=str(pairs_file), n_train=3, n_test=1, random_seed=seed
                )
            ).x_src_test
        )[0]
        for seed in range(20)
    }

    assert len(held_out) == 4


def test_fewer_own_pairs_than_there_are(pairs_file: Path) -> None:
    dataset = make_dataset(DataConfig(task="pairs", path=str(pairs_file), n_train=1, n_test=1))

    assert dataset.x_src_train.shape == dataset.x_src_test.shape == (1, 2)
    assert dataset.vocab_size == 8


def test_more_own_pairs_than_there_are(pairs_file: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        make_dataset(DataConfig(task="pairs", path=str(pairs_file), n_train=100, n_test=10))

    assert caught.value.key == "data.n_train"
    assert str(caught.value) == (
        f"data.n_train and data.n_test ask for 110 pairs, but {pairs_file} has only 4 distinct ones"
    )


def test_what_was_left_out_and_cannot_be_learned_is_said(tmp_path: Path) -> None:
    file = tmp_path / "pairs.tsv"
    lines = [f"the {word}\tdie {word}" for word in ("a", "b", "c")]
    file.write_text("\n".join([*lines, "alone"]), encoding="utf-8")
    dataset = make_dataset(DataConfig(task="pairs", path=str(file), n_train=2, n_test=1))
    (held_out,) = decode(dataset.x_src_test[0], dataset.vocabulary).split()[1:]
    assert dataset.remarks == (
        "line 4 was left out: there is no second column",
        f"1 token of held-out sources occurs in no training sequence: {held_out}",
        f"1 token of held-out targets occurs in no training sequence: {held_out}",
    )


def test_own_pairs_may_be_of_letters_and_in_lower_case(tmp_path: Path) -> None:
    file = tmp_path / "pairs.csv"
    file.write_text("from,to\nAb,bA\nC d,d C\n", encoding="utf-8")
    dataset = make_dataset(
        DataConfig(
            task="pairs",
            path=str(file),
            tokens="letters",
            lower_case=True,
            header=True,
            n_train=1,
            n_test=1,
        )
    )
    assert dataset.vocabulary == ["<end>", "a", "b", "c", "d", "␣"]
    assert dataset.src_length == 3


def test_own_pairs_that_cannot_be_read(tmp_path: Path) -> None:
    file = tmp_path / "pairs.csv"
    file.write_text("a b\n", encoding="utf-8")

    with pytest.raises(ConfigError) as caught:
        make_dataset(DataConfig(task="pairs", path=str(file)))

    assert caught.value.key == "data.path"
    assert str(caught.value) == (
        f"{file}: there are no pairs; a line is a source, a comma or tab, and a target"
    )


def test_one_very_long_pair_among_many_is_not_padded_into_all_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("seqflip.data.tasks.memory_limit", lambda: 10**6)
    file = tmp_path / "pairs.csv"
    file.write_text(f"{'a ' * 40_000},b\nb,a\n", encoding="utf-8")

    with pytest.raises(ConfigError, match=r"^data\.path asks for 2 sequences of up to 40,000"):
        make_dataset(DataConfig(task="pairs", path=str(file), n_train=1, n_test=1))
