"""What guessing gives is what a model that guesses would be measured to have."""

import numpy as np
import pytest

from seqflip.data.tasks import solve, true_alignment
from seqflip.decoding.trace import entropy_in_bits
from seqflip.learning.chance import (
    frequency_loss,
    guessing_alignment,
    guessing_loss,
    largest_entropy,
)
from seqflip.learning.metrics import alignment, counted
from seqflip.nn.loss import softmax_cross_entropy

SOURCES = np.array([[3, 1, 4, 1, 5], [2, 6, 0, 0, 0], [5, 3, 5, 0, 0]])
LENGTHS = np.array([5, 2, 3])
TARGETS = solve("reverse", SOURCES, 5)


def loss_of(logits: np.ndarray) -> float:
    """Return the loss of always giving the same answer."""
    same = np.tile(logits, (TARGETS.size, 1))
    return softmax_cross_entropy(same, TARGETS.ravel(), counted(TARGETS).ravel()).loss


@pytest.mark.parametrize("task", ["reverse", "sort"])
def test_guessing_alignment_is_that_of_looking_anywhere_alike(task: str) -> None:
    targets = solve(task, SOURCES, 5)
    truth = true_alignment(task, SOURCES, targets)
    assert truth is not None
    alike = (SOURCES != 0) / LENGTHS[:, None]
    weights = np.repeat(alike[:, None], 5, axis=1)
    assert guessing_alignment(truth, LENGTHS) == pytest.approx(alignment(weights, truth))


def test_where_nothing_comes_from_anywhere_there_is_nothing_to_guess() -> None:
    assert guessing_alignment(np.zeros((2, 3, 4), np.bool_), [4, 4]) is None


def test_guessing_loss_is_that_of_giving_all_tokens_alike() -> None:
    assert loss_of(np.zeros(9)) == pytest.approx(guessing_loss(9))


def test_no_guess_that_is_always_the_same_does_better_than_by_frequency() -> None:
    often = np.bincount(TARGETS[counted(TARGETS)], minlength=9)
    with np.errstate(divide="ignore"):
        best = np.log(often)
    assert loss_of(best) == pytest.approx(frequency_loss(TARGETS))
    rng = np.random.default_rng(0)
    others = [loss_of(best + rng.normal(size=9)) for _ in range(50)]
    assert min(others) > frequency_loss(TARGETS)


def test_looking_at_all_places_alike_has_the_largest_entropy() -> None:
    alike = [np.full(n, 1 / n) for n in (1, 2, 6)]
    found = [entropy_in_bits(row[None])[0] for row in alike]
    np.testing.assert_allclose(largest_entropy([1, 2, 6]), found)
    sharper = np.array([[0.3, 0.2, 0.1, 0.2, 0.1, 0.1]])
    assert entropy_in_bits(sharper)[0] < largest_entropy([6])[0]
    assert largest_entropy([0])[0] == 0, "nothing to look at"
