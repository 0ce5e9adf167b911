"""Layers on top of each other, with the embedding below and dropout between."""

import numpy as np
import pytest

from seqflip.nn.arrays import FloatArray, IntArray
from seqflip.nn.layers import Dropout, Embedding
from seqflip.nn.parameters import Parameters
from seqflip.nn.rnn.cells import CELLS, State
from seqflip.nn.rnn.recurrent import TokenCache
from seqflip.nn.rnn.stack import Stack, StackCache
from tests.nn.gradients import (
    assert_gradients,
    buffers,
    of_parameters,
    random_parameters,
    recurrent,
)

NAMES = list(CELLS)
D_MODEL, HIDDEN = 4, {1: 4, 2: 2}
TOKENS = np.array([[1, 2, 1], [2, 1, 0], [3, 0, 0]])  # (steps, batch)


class Case:
    """A stack, tokens, where it starts from, and random gradients by all that comes out."""

    def __init__(
        self,
        cell: str,
        directions: int = 2,
        layers: int = 2,
        dropout: float = 0.0,
        vocabulary: int = 4,
        seed: int = 0,
    ) -> None:
        rng = np.random.default_rng(seed)
        embedding = random_parameters(rng, {"embedding": (vocabulary, D_MODEL)})
        made = [
            recurrent(rng, cell, directions, D_MODEL, HIDDEN[directions]) for _ in range(layers)
        ]
        self.parameters: dict[str, Parameters] = {"embedding": embedding}
        self.parameters |= {f"layer {i}": own for i, (_, own) in enumerate(made)}
        self.stack = Stack(
            Embedding(embedding["embedding"]), [layer for layer, _ in made], Dropout(dropout)
        )
        self.tokens: IntArray = TOKENS
        shape = (directions, TOKENS.shape[1], HIDDEN[directions])
        parts = range(CELLS[cell].state_parts)

        def states() -> list[State]:
            return [tuple(rng.standard_normal(shape) for _ in parts) for _ in range(layers)]

        self.start, self.d_final = states(), states()
        self.d_output = rng.standard_normal((*TOKENS.shape, D_MODEL))

    def forward(self) -> tuple[FloatArray, list[State], StackCache]:
        out = np.empty((*self.tokens.shape, D_MODEL))
        rng = np.random.default_rng(7)  # the same mask every time
        pad = self.tokens == 0
        final, cache = self.stack.forward(self.tokens, self.start, pad, rng, buffers(), out)
        return out, final, cache

    def value(self) -> float:
        out, final, _ = self.forward()
        return float(np.sum(self.d_output * out)) + sum(
            float(np.sum(d * part))
            for d_state, state in zip(self.d_final, final, strict=True)
            for d, part in zip(d_state, state, strict=True)
        )

    def backward(self, cache: StackCache) -> list[State]:
        for own in self.parameters.values():
            own.zero_grad()
        return self.stack.backward(self.d_output, self.d_final, cache, buffers())

    def gradients(self) -> dict[str, tuple[FloatArray, FloatArray]]:
        return {
            f"{part} {name}": pair
            for part, own in self.parameters.items()
            for name, pair in of_parameters(own).items()
        }


@pytest.mark.parametrize("dropout", [0.0, 0.4])
@pytest.mark.parametrize(("directions", "layers"), [(1, 1), (2, 1), (1, 3), (2, 2)])
@pytest.mark.parametrize("cell", NAMES)
def test_gradients(cell: str, directions: int, layers: int, dropout: float) -> None:
    case = Case(cell, directions, layers, dropout)
    d_start = case.backward(case.forward()[2])
    starts = {
        f"start {i} {j}": (part, d)
        for i, (state, d_state) in enumerate(zip(case.start, d_start, strict=True))
        for j, (part, d) in enumerate(zip(state, d_state, strict=True))
    }
    assert_gradients(case.value, {**starts, **case.gradients()})


@pytest.mark.parametrize("cell", NAMES)
def test_gradients_where_the_vocabulary_is_larger_than_the_batch(cell: str) -> None:
    case = Case(cell, vocabulary=20)
    cache = case.forward()[2]
    assert not isinstance(cache.inputs, TokenCache)
    case.backward(cache)
    assert_gradients(case.value, case.gradients())


@pytest.mark.parametrize("cell", NAMES)
def test_both_ways_to_embed_give_the_same(cell: str) -> None:
    by_table, one_by_one = Case(cell, vocabulary=4), Case(cell, vocabulary=20)
    for name, own in by_table.parameters.items():
        one_by_one.parameters[name].flat[: own.flat.size] = own.flat
    one_by_one.start = by_table.start
    one_by_one.d_output, one_by_one.d_final = by_table.d_output, by_table.d_final
    outputs = [case.forward() for case in (by_table, one_by_one)]
    assert isinstance(outputs[0][2].inputs, TokenCache)
    assert not isinstance(outputs[1][2].inputs, TokenCache)
    np.testing.assert_allclose(outputs[0][0], outputs[1][0], rtol=1e-12)
    for case, (_, _, cache) in zip((by_table, one_by_one), outputs, strict=True):
        case.backward(cache)
    for name, (_, gradient) in by_table.gradients().items():
        other = one_by_one.gradients()[name][1]
        np.testing.assert_allclose(
            other[: len(gradient)], gradient, rtol=1e-9, atol=1e-12, err_msg=name
        )


@pytest.mark.parametrize("cell", NAMES)
def test_each_layer_starts_from_its_own_state_and_ends_in_its_last(cell: str) -> None:
    case = Case(cell, directions=1)
    case.tokens = np.where(TOKENS == 0, 1, TOKENS)
    out, final, cache = case.forward()
    for i, (start, end) in enumerate(zip(case.start, final, strict=True)):
        tape = cache.layers[i].tape
        for part, first, last in zip(tape.states, start, end, strict=True):
            np.testing.assert_array_equal(part[0], first)
            np.testing.assert_array_equal(part[-1], last)
    np.testing.assert_array_equal(out[-1], final[-1][0][0])
