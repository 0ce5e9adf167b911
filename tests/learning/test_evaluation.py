"""Evaluation: each number by its definition, however the data are cut into chunks."""

from typing import Any

import numpy as np
import pytest

import seqflip.learning.evaluation
from seqflip.decoding import greedy
from seqflip.learning import metrics
from seqflip.learning.evaluation import evaluate
from seqflip.nn.arrays import BoolArray, IntArray
from seqflip.nn.functional import log_softmax
from seqflip.nn.network import Network
from tests.nn.gradients import buffers, network, tokens

SOURCES = tokens([[1, 2, 3, 4], [2, 1], [4], [3, 3, 1], [1, 1, 1, 1], [2, 4, 3], [4, 2]])
TARGETS = tokens([[4, 3, 2, 1], [1, 2], [4], [1, 3, 3], [1, 1, 1, 1], [3, 4, 2], [2, 4]])


def truth() -> BoolArray:
    """Return where each target token comes from, for reversal."""
    last = (SOURCES > 0).sum(axis=1)[:, None, None] - 1
    step, place = np.arange(4)[:, None], np.arange(4)
    found: BoolArray = (place == last - step) & (step <= last)
    return found


def probabilities(made: Network, inputs: IntArray) -> Any:
    return log_softmax(made.forward(SOURCES, inputs).logits)


def test_loss_is_teacher_forced_over_what_counts() -> None:
    made = network()
    inputs = np.concatenate([np.full((7, 1), made.begin), TARGETS[:, :-1]], axis=1)
    chosen = np.take_along_axis(probabilities(made, inputs), TARGETS[..., None], axis=2)[..., 0]
    expected = -chosen[metrics.counted(TARGETS)].mean()
    assert evaluate(made, SOURCES, TARGETS).loss == pytest.approx(expected, rel=1e-12)


def test_accuracies_are_those_of_free_running_answers() -> None:
    made = network()
    answers = greedy(made, made.read(SOURCES, None, buffers()), 4)
    wanted = TARGETS.copy()
    wanted[:3] = answers[:3]  # three are right
    found = evaluate(made, SOURCES, wanted)
    assert found.accuracy == metrics.token_accuracy(answers, wanted)
    assert found.sequence_accuracy == metrics.sequence_accuracy(answers, wanted)
    assert found.sequence_accuracy >= 3 / 7


def test_forced_accuracy_is_that_of_each_token_after_the_right_ones() -> None:
    made = network()
    inputs = np.concatenate([np.full((7, 1), made.begin), TARGETS[:, :-1]], axis=1)
    likeliest = np.asarray(probabilities(made, inputs)).argmax(axis=2)
    expected = metrics.token_accuracy(likeliest, TARGETS)
    assert evaluate(made, SOURCES, TARGETS).forced_accuracy == expected


def test_alignment_is_the_attention_mass_on_true_places() -> None:
    made = network()
    weights = made.forward(SOURCES, made.shifted(TARGETS)).weights
    expected = weights[truth()].sum() / (TARGETS > 0).sum()
    found = evaluate(made, SOURCES, TARGETS, truth()).alignment
    assert found == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    ("options", "places"),
    [({}, None), ({"attention": "none"}, truth()), ({}, np.zeros_like(truth()))],
    ids=["no truth", "no attention", "nothing to align"],
)
def test_where_there_is_nothing_to_align_there_is_no_alignment(
    options: dict[str, Any], places: BoolArray | None
) -> None:
    assert evaluate(network(**options), SOURCES, TARGETS, places).alignment is None


@pytest.mark.parametrize("chunk", [1, 2, 3, 7])
def test_chunks_do_not_matter(monkeypatch: pytest.MonkeyPatch, chunk: int) -> None:
    made = network()
    together = evaluate(made, SOURCES, TARGETS, truth())
    monkeypatch.setattr(seqflip.learning.evaluation, "CHUNK", chunk)
    assert evaluate(made, SOURCES, TARGETS, truth()) == pytest.approx(together, rel=1e-12)


def test_dropout_does_not_matter_and_no_weight_changes() -> None:
    made, plain = network(dropout=0.5), network()
    before = made.parameters.flat.copy()
    assert evaluate(made, SOURCES, TARGETS) == evaluate(plain, SOURCES, TARGETS)
    np.testing.assert_array_equal(made.parameters.flat, before)
    assert not made.parameters.flat_grad.any()
