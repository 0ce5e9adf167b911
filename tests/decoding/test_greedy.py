"""Greedy decoding, and teacher forcing by coin, against loops that take one step at a time."""

from typing import Any

import numpy as np
import pytest

from seqflip.decoding import greedy, scheduled_inputs
from seqflip.nn.arrays import IntArray
from seqflip.nn.network import Network
from tests.nn.gradients import buffers, network, tokens

SOURCES = tokens([[1, 2, 3, 4], [2, 1], [4], [3, 3, 1]])
LIMIT = 6
OPTIONS = pytest.mark.parametrize(
    "options",
    [
        {},
        {"cell": "lstm", "layers": 2, "input_feeding": True},
        {"cell": "rnn", "attention": "none", "bidirectional": False},
        {"attention": "additive", "input_feeding": True},
    ],
    ids=["plain", "lstm-feeding", "rnn-none", "additive-feeding"],
)
seeds = pytest.mark.parametrize("seed", range(3))


def answer(made: Network, sources: IntArray, limit: int = LIMIT) -> IntArray:
    return greedy(made, made.read(sources, None, buffers()), limit)


def likeliest(made: Network, sources: IntArray, inputs: IntArray) -> IntArray:
    """Return the likeliest token of each step for decoder inputs (batch, steps), all at once."""
    found: IntArray = made.forward(sources, inputs).logits.argmax(axis=2)
    return found


def until_the_end(row: IntArray) -> list[int]:
    found: list[int] = row.tolist()
    return found[: found.index(0) + 1] if 0 in found else found


@seeds
@OPTIONS
def test_greedy_answers_are_the_likeliest_tokens_when_they_are_forced(
    options: dict[str, Any], seed: int
) -> None:
    made = network(seed, **options)
    answers = answer(made, SOURCES)
    forced = likeliest(made, SOURCES, made.shifted(answers))
    for own, row in zip(answers, forced, strict=True):
        wanted = until_the_end(own)
        assert row[: len(wanted)].tolist() == wanted


@seeds
def test_behind_an_end_there_are_only_zeros(seed: int) -> None:
    made = network(seed)
    made.parameters.values["output.bias"][0] += 1  # ends are frequent, and at different places
    answers = answer(made, SOURCES, limit=12)
    ended = (answers == 0).any(axis=1)
    assert ended.any()
    for row in answers[ended]:
        assert not row[len(until_the_end(row)) :].any()


@seeds
def test_a_batch_is_answered_as_its_rows_alone(seed: int) -> None:
    made = network(seed)
    together = answer(made, SOURCES)
    for row, source in zip(together, SOURCES, strict=True):
        assert answer(made, source[None, source > 0]).tolist() == [row.tolist()]


def test_the_limit_cuts_answers_and_nothing_else() -> None:
    made = network(0)
    made.parameters.values["output.bias"][0] -= 100  # never ends
    long = answer(made, SOURCES, limit=9)
    assert long.shape == (4, 9)
    assert long.all()
    np.testing.assert_array_equal(answer(made, SOURCES, limit=4), long[:, :4])


# ------------------------------------------------------------------ scheduled_inputs


TARGETS = tokens([[3, 2, 1, 4, 2], [1, 2], [4, 1, 4], [1]])


def one_step_after_the_other(made: Network, forced: list[bool]) -> IntArray:
    """Do what ``scheduled_inputs`` does, with a new pass over everything so far at each step."""
    inputs = np.full_like(TARGETS, made.begin)
    for t in range(1, TARGETS.shape[1]):
        own = likeliest(made, SOURCES, inputs[:, :t])[:, -1]
        inputs[:, t] = TARGETS[:, t - 1] if forced[t] else own
    return inputs


@seeds
@OPTIONS
def test_a_coin_decides_at_each_step_what_is_read(options: dict[str, Any], seed: int) -> None:
    made = network(seed, dropout=0.5, **options)
    for number in range(16):
        forced = [bool(number >> bit & 1) for bit in (3, 0, 1, 2, 3)]
        found = scheduled_inputs(made, SOURCES, TARGETS, np.array(forced))
        np.testing.assert_array_equal(found, one_step_after_the_other(made, forced))


def test_if_all_steps_are_forced_it_is_teacher_forcing() -> None:
    made = network()
    forced = np.array([False, True, True, True, True])  # the first reads the begin symbol anyway
    inputs = scheduled_inputs(made, SOURCES, TARGETS, forced)
    np.testing.assert_array_equal(inputs, made.shifted(TARGETS))


def test_if_none_is_forced_the_model_reads_its_own_answer() -> None:
    made = network()
    made.parameters.values["output.bias"][0] -= 100  # never ends
    inputs = scheduled_inputs(made, SOURCES, TARGETS, np.zeros(5, np.bool_))
    np.testing.assert_array_equal(inputs, made.shifted(answer(made, SOURCES, limit=5)))
