"""A recurrent layer over a sequence: order, directions, padding, gradients."""

from typing import Any

import numpy as np
import pytest

from seqflip.nn.arrays import BoolArray, FloatArray
from seqflip.nn.parameters import Parameter
from seqflip.nn.rnn.cells import CELLS, State
from seqflip.nn.rnn.recurrent import (
    DenseCache,
    RecurrentCache,
    in_loop_order,
    join_directions,
    split_directions,
)
from tests.nn.gradients import assert_gradients, buffers, of_parameters, recurrent
from tests.nn.rnn.test_cells import by_formula

NAMES = list(CELLS)
STEPS, BATCH, N_IN, HIDDEN = 4, 3, 2, 3
LENGTHS = np.array([4, 2, 3])


class Run:
    """A layer, its input, where it starts from, and random gradients by all that comes out."""

    def __init__(self, cell: str, directions: int, padded: bool, seed: int = 0) -> None:
        rng = np.random.default_rng(seed)
        self.layer, self.parameters = recurrent(rng, cell, directions, N_IN, HIDDEN)
        self.x = rng.standard_normal((STEPS, BATCH, N_IN))
        shape = (directions, BATCH, HIDDEN)
        parts = CELLS[cell].state_parts
        self.state: State = tuple(rng.standard_normal(shape) for _ in range(parts))
        self.d_output = rng.standard_normal((STEPS, *shape))
        self.d_final: State = tuple(rng.standard_normal(shape) for _ in range(parts))
        self.pad: BoolArray | None = None
        if padded:
            pad = np.arange(STEPS)[:, None] >= LENGTHS
            self.pad = np.stack([pad, pad[::-1]][:directions], axis=1)[..., None]

    def forward(self) -> tuple[RecurrentCache, DenseCache]:
        gates, dense = self.layer.project(self.x, buffers())
        return self.layer.forward(gates, self.state, self.pad, buffers()), dense

    def value(self) -> float:
        tape = self.forward()[0].tape
        final = zip(self.d_final, tape.state(-1), strict=True)
        through_final = sum(float(np.sum(d * part)) for d, part in final)
        return float(np.sum(self.d_output * tape.states[0][1:])) + through_final

    def states_by_formula(self, cell: str, direction: int) -> list[FloatArray]:
        """Return ``h`` after each loop step, one sequence at a time, skipping its padding."""
        out: list[FloatArray] = [np.empty((BATCH, HIDDEN)) for _ in range(STEPS)]
        for row in range(BATCH):
            now = tuple(part[direction, row : row + 1] for part in self.state)
            for step in range(STEPS):
                place = step if direction == 0 else STEPS - 1 - step
                if self.pad is None or place < LENGTHS[row]:
                    x = self.x[place, row : row + 1]
                    now = by_formula(cell, self.parameters, x, now, direction)
                out[step][row] = now[0][0]
        return out


@pytest.mark.parametrize("padded", [False, True])
@pytest.mark.parametrize("directions", [1, 2])
@pytest.mark.parametrize("cell", NAMES)
def test_a_layer_is_its_cell_step_after_step(cell: str, directions: int, padded: bool) -> None:
    run = Run(cell, directions, padded)
    h = run.forward()[0].tape.states[0]
    for direction in range(directions):
        np.testing.assert_allclose(
            h[1:, direction], run.states_by_formula(cell, direction), rtol=1e-12
        )


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("padded", [False, True])
@pytest.mark.parametrize("directions", [1, 2])
@pytest.mark.parametrize("cell", NAMES)
def test_gradients(cell: str, directions: int, padded: bool, seed: int) -> None:
    run = Run(cell, directions, padded, seed)
    cache, dense = run.forward()
    d_gates, d_state = run.layer.backward(run.d_output, run.d_final, cache, buffers())
    d_x = run.layer.project_backward(d_gates, dense)
    states = {f"state {i}": pair for i, pair in enumerate(zip(run.state, d_state, strict=True))}
    assert_gradients(run.value, {"x": (run.x, d_x), **states, **of_parameters(run.parameters)})


@pytest.mark.parametrize("cell", NAMES)
def test_a_gradient_that_is_left_out_is_zero(cell: str) -> None:
    run = Run(cell, 2, padded=True)
    cache, _ = run.forward()
    nothing = np.zeros_like(run.d_output)
    left_out = run.layer.backward(None, run.d_final, cache, buffers())
    zero = run.layer.backward(nothing, run.d_final, cache, buffers())
    np.testing.assert_array_equal(left_out[0], zero[0])
    no_final = tuple(np.zeros_like(part) for part in run.d_final)
    left_out = run.layer.backward(run.d_output, None, cache, buffers())
    zero = run.layer.backward(run.d_output, no_final, cache, buffers())
    np.testing.assert_array_equal(left_out[0], zero[0])


@pytest.mark.parametrize("cell", NAMES)
def test_the_way_back_leaves_the_given_gradients_as_they_are(cell: str) -> None:
    run = Run(cell, 2, padded=True)
    given = [run.d_output.copy(), *(part.copy() for part in run.d_final)]
    run.layer.backward(run.d_output, run.d_final, run.forward()[0], buffers())
    for before, after in zip(given, [run.d_output, *run.d_final], strict=True):
        np.testing.assert_array_equal(before, after)


@pytest.mark.parametrize("cell", NAMES)
def test_gradients_accumulate(cell: str) -> None:
    run = Run(cell, 2, padded=False)

    def back() -> None:
        cache, dense = run.forward()
        d_gates, _ = run.layer.backward(run.d_output, None, cache, buffers())
        run.layer.project_backward(d_gates, dense)

    back()
    once = run.parameters.flat_grad.copy()
    back()
    np.testing.assert_allclose(run.parameters.flat_grad, 2 * once, rtol=1e-12)


class Embedded:
    """A layer that reads tokens, some features of which may come from elsewhere."""

    def __init__(self, cell: str, directions: int, seed: int = 0, features: int = 2) -> None:
        rng = np.random.default_rng(seed)
        self.layer, self.parameters = recurrent(rng, cell, directions, N_IN, HIDDEN)
        value = rng.standard_normal((6, features))
        self.embedding = Parameter(value, np.zeros_like(value))
        tokens = rng.integers(0, 6, (STEPS, BATCH))
        self.tokens = tokens
        self.ordered = np.stack([tokens, tokens[::-1]][:directions], axis=1)
        rows = CELLS[cell].gates
        self.d_gates = rng.standard_normal((STEPS, rows, directions, BATCH, HIDDEN))

    def flat_d_gates(self) -> FloatArray:
        """Return ``d_gates`` as the way back makes it: all steps in one axis."""
        d: FloatArray = self.d_gates.transpose(1, 2, 0, 3, 4)
        return np.ascontiguousarray(d).reshape(*d.shape[:2], STEPS * BATCH, HIDDEN)

    def by_table(self) -> tuple[FloatArray, Any]:
        return self.layer.project_tokens(self.ordered, self.embedding, buffers())


@pytest.mark.parametrize("directions", [1, 2])
@pytest.mark.parametrize("cell", NAMES)
def test_looking_tokens_up_is_projecting_their_embeddings(cell: str, directions: int) -> None:
    case = Embedded(cell, directions)
    table, cache = case.by_table()
    vectors = case.embedding.value[case.tokens]
    dense, dense_cache = case.layer.project(vectors, buffers())
    np.testing.assert_allclose(table, dense, rtol=1e-12, atol=1e-12)

    case.layer.project_tokens_backward(case.flat_d_gates(), case.embedding, cache, buffers())
    of_table = case.parameters.flat_grad.copy()
    case.parameters.zero_grad()
    d_vectors = case.layer.project_backward(case.flat_d_gates(), dense_cache)
    np.testing.assert_allclose(of_table, case.parameters.flat_grad, rtol=1e-9, atol=1e-12)
    summed = np.zeros_like(case.embedding.value)
    np.add.at(summed, case.tokens, d_vectors)
    np.testing.assert_allclose(case.embedding.grad, summed, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("features", [2, 1])
@pytest.mark.parametrize("directions", [1, 2])
@pytest.mark.parametrize("cell", NAMES)
def test_gradients_of_looked_up_tokens(cell: str, directions: int, features: int) -> None:
    case = Embedded(cell, directions, features=features)
    case.layer.project_tokens_backward(
        case.flat_d_gates(), case.embedding, case.by_table()[1], buffers()
    )
    reached = {
        name: pair
        for name, pair in of_parameters(case.parameters).items()
        if name in ("weight_ih", "bias_ih")
    }
    assert_gradients(
        lambda: float(np.sum(case.d_gates * case.by_table()[0])),
        {"embedding": (case.embedding.value, case.embedding.grad), **reached},
    )


@pytest.mark.parametrize("directions", [1, 2])
def test_splitting_undoes_joining(directions: int) -> None:
    states = np.random.default_rng(0).standard_normal((STEPS, directions, BATCH, HIDDEN))
    joined = join_directions(states, np.empty((STEPS, BATCH, directions * HIDDEN)))
    np.testing.assert_array_equal(split_directions(joined, directions, buffers()), states)


def test_the_second_direction_reads_from_the_end_and_is_joined_by_position() -> None:
    x = np.arange(3.0).reshape(3, 1, 1)
    ordered = in_loop_order(x, 2)
    assert ordered[:, :, 0, 0].tolist() == [[0, 2], [1, 1], [2, 0]]
    joined = join_directions(ordered, np.empty((3, 1, 2)))
    assert joined[:, 0].tolist() == [[0, 0], [1, 1], [2, 2]]


@pytest.mark.parametrize("cell", [name for name in NAMES if CELLS[name].recurrent_slots])
def test_a_large_batch_multiplied_in_blocks_gives_what_its_halves_give(cell: str) -> None:
    rng = np.random.default_rng(0)
    layer, parameters = recurrent(rng, cell, 1, N_IN, 128)
    x = rng.standard_normal((2, 64, N_IN))
    d_output = rng.standard_normal((2, 1, 64, 128))

    def run(rows: slice) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
        parameters.zero_grad()
        n = len(x[0, rows])
        gates, dense = layer.project(x[:, rows], buffers())
        cache = layer.forward(gates, layer.zero_state(n), None, buffers())
        d_gates, d_state = layer.backward(d_output[:, :, rows], None, cache, buffers())
        d_x = layer.project_backward(d_gates, dense)
        h = cache.tape.states[0]
        assert cache.tape.rows.shape[2] == n // 32
        return h.swapaxes(0, 2), d_x.swapaxes(0, 1), d_state[0][0], parameters.flat_grad.copy()

    whole, first, second = run(slice(64)), run(slice(32)), run(slice(32, 64))
    for together, one, other in zip(whole[:3], first, second, strict=False):
        np.testing.assert_allclose(together, np.concatenate([one, other]), rtol=1e-9, atol=1e-11)
    np.testing.assert_allclose(whole[3], first[3] + second[3], rtol=1e-9, atol=1e-11)
