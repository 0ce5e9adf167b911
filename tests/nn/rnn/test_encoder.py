"""The encoder: what it makes of a batch, and that padding is nothing to it."""

import numpy as np
import pytest

from seqflip.nn.rnn.cells import CELLS, State
from seqflip.nn.rnn.encoder import Encoded, Encoder
from tests.nn.gradients import assert_gradients, buffers, network, of_parameters, tokens

NAMES = list(CELLS)
ROWS = [[1, 2, 3, 4], [2, 1], [3, 3, 1]]


def encoder(cell: str, bidirectional: bool = True) -> Encoder:
    return network(cell=cell, bidirectional=bidirectional, layers=2).encoder


def encode(part: Encoder, rows: list[list[int]], width: int | None = None) -> Encoded:
    x = tokens(rows)
    if width is not None:
        x = np.pad(x, ((0, 0), (0, width - x.shape[1])))
    return part.forward(x, None, buffers())


@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("cell", NAMES)
def test_the_last_state_is_the_one_at_the_last_token(cell: str, bidirectional: bool) -> None:
    encoded = encode(encoder(cell, bidirectional), ROWS)
    top = encoded.final[-1][0][0]  # (batch, d_model)
    forwards = 2 if bidirectional else 4
    for row, sequence in enumerate(ROWS):
        np.testing.assert_array_equal(
            top[row, :forwards], encoded.states[row, len(sequence) - 1, :forwards]
        )
        np.testing.assert_array_equal(top[row, forwards:], encoded.states[row, 0, forwards:])


@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("cell", NAMES)
def test_wider_padding_changes_no_bit(cell: str, bidirectional: bool) -> None:
    part = encoder(cell, bidirectional)
    narrow, wide = encode(part, ROWS), encode(part, ROWS, width=7)
    for row, sequence in enumerate(ROWS):
        n = len(sequence)
        np.testing.assert_array_equal(narrow.states[row, :n], wide.states[row, :n])
    for state, same in zip(narrow.final, wide.final, strict=True):
        for a, b in zip(state, same, strict=True):
            np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("cell", NAMES)
def test_a_sequence_is_read_in_a_batch_as_alone(cell: str) -> None:
    part = encoder(cell)
    batch = encode(part, ROWS)
    for row, sequence in enumerate(ROWS):
        alone = encode(part, [sequence])
        n = len(sequence)
        np.testing.assert_allclose(batch.states[row, :n], alone.states[0], rtol=1e-10, atol=1e-13)


def test_the_mask_is_true_at_tokens_and_left_out_where_all_are() -> None:
    part = encoder("gru")
    mask = encode(part, ROWS).mask
    assert mask is not None
    assert mask.shape == (3, 1, 4)
    assert mask[:, 0].sum(axis=1).tolist() == [4, 2, 3]
    assert encode(part, [[1, 2], [2, 1]]).mask is None


@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("cell", NAMES)
def test_gradients_by_states_and_last_states(cell: str, bidirectional: bool) -> None:
    made = network(cell=cell, bidirectional=bidirectional, layers=2)
    rng = np.random.default_rng(1)
    x = tokens(ROWS)
    encoded = made.encoder.forward(x, None, buffers())
    d_states = rng.standard_normal(encoded.states.shape)
    d_final: list[State] = [
        tuple(rng.standard_normal(p.shape) for p in state) for state in encoded.final
    ]

    def value() -> float:
        again = made.encoder.forward(x, None, buffers())
        pairs = zip(d_final, again.final, strict=True)
        return float(np.sum(d_states * again.states)) + sum(
            float(np.sum(d * part))
            for d_state, state in pairs
            for d, part in zip(d_state, state, strict=True)
        )

    made.encoder.backward(d_states, d_final, encoded.cache, buffers())
    reached = {
        name: pair
        for name, pair in of_parameters(made.parameters).items()
        if name.startswith(("embedding", "encoder"))
    }
    assert not made.parameters.grads["embedding.weight"][0].any()  # padding
    assert_gradients(value, reached)
