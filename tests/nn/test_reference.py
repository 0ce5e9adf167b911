"""The plain reference, against the same formulas written one number at a time."""

from functools import partial

import numpy as np
import pytest

from seqflip.nn import reference
from seqflip.nn.rnn.cells import CELLS
from tests.decoding import by_hand


@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm", "feedforward"])
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


def test_reading_both_ways_joins_what_each_direction_has_read() -> None:
    rng = np.random.default_rng(0)
    x = rng.standard_normal((5, 1, 3))
    start: reference.State = (np.zeros((1, 2)),)
    shapes = {name: one.shape for name, one in CELLS["gru"].declare(n_in=3, hidden=2).items()}
    ahead, back = (
        partial(
            CELLS["gru"].plain,
            **{name: rng.standard_normal(one) for name, one in shapes.items()},
        )
        for _ in range(2)
    )
    joined = reference.read_both_ways(x, ahead, back, start)[:, 0]
    state = start
    for place in range(5):
        state = ahead(x[place], state)
        np.testing.assert_allclose(joined[place, :2], state[0][0])
    state = start
    for place in reversed(range(5)):
        state = back(x[place], state)
        np.testing.assert_allclose(joined[place, 2:], state[0][0])


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


def test_moving_weights_from_where_they_were() -> None:
    before, content = np.array([0.0, 1.0, 0.0]), np.array([0.5, 0.0, 0.5])
    mixed = reference.remember(content, np.array([0.2]), before)
    np.testing.assert_allclose(mixed, [0.1, 0.8, 0.1])
    moved = reference.shift(mixed, np.array([0.1, 0.2, 0.7]))
    by_hand = [0.1 * 0.8 + 0.2 * 0.1, 0.1 * 0.1 + 0.2 * 0.8 + 0.7 * 0.1, 0.2 * 0.1 + 0.7 * 0.8]
    np.testing.assert_allclose(moved, by_hand)
    sharp = reference.sharpen(moved, np.array([2.0]))
    np.testing.assert_allclose(sharp, np.square(by_hand) / np.square(by_hand).sum())
    masked = reference.sharpen(moved, np.array([2.0]), np.array([True, True, False]))
    assert masked[2] == 0
    assert masked.sum() == pytest.approx(1)


def test_features_of_the_weights_around_a_place() -> None:
    before, kernel = np.array([0.0, 0.25, 0.75, 0.0]), np.arange(6.0).reshape(2, 1, 3)
    features = reference.locate(before, kernel)
    for place, feature in np.ndindex(4, 2):
        around = [before[j] if 0 <= j < 4 else 0 for j in (place - 1, place, place + 1)]
        assert features[place, feature] == pytest.approx(kernel[feature, 0] @ around)
