"""The plain reference, against the same formulas written one number at a time."""

import numpy as np
import pytest

from seqflip.nn import reference
from seqflip.nn.rnn.cells import CELLS
from tests.decoding import by_hand


@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
def test_a_cell(cell: str) -> None:
    rng = np.random.default_rng(0)
    shapes = {name: one.shape for name, one in CELLS[cell].declare(n_in=3, hidden=4).items()}
    weights = {name: rng.standard_normal(shape) for name, shape in shapes.items()}
    x = rng.standard_normal((2, 3))
    state = tuple(rng.standard_normal((2, 4)) for _ in range(CELLS[cell].state_parts))
    after = CELLS[cell].plain(x, state, **weights)
    for row in range(2):
        h, c = state[0][row], state[-1][row]
        expected = by_hand.step(cell, weights, "{}", x[row], h, c)
        for part, wanted in zip(after, expected, strict=False):
            np.testing.assert_allclose(part[row], wanted, rtol=1e-12)


def test_the_scores() -> None:
    rng = np.random.default_rng(0)
    query, key = rng.standard_normal((2, 3)), rng.standard_normal((4, 3))
    w = rng.standard_normal(3)
    for i, j in np.ndindex(2, 4):
        product = sum(query[i, k] * key[j, k] for k in range(3))
        hidden = sum(w[k] * np.tanh(query[i, k] + key[j, k]) for k in range(3))
        assert reference.dot(query, key)[i, j] == pytest.approx(product)
        assert reference.scaled_dot(query, key)[i, j] == pytest.approx(product / np.sqrt(3))
        assert reference.additive(query, key, w)[i, j] == pytest.approx(hidden)


def test_what_is_masked_is_not_seen() -> None:
    scores, value = np.array([[1.0, 2.0, 3.0]]), np.array([[1.0], [10.0], [100.0]])
    context, weights = reference.attend(scores, value, np.array([[True, True, False]]))
    shares = np.exp([1, 2]) / np.exp([1, 2]).sum()
    np.testing.assert_allclose(weights, [[*shares, 0]])
    np.testing.assert_allclose(context, [[shares @ [1, 10]]])
