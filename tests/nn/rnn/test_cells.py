"""Recurrent cells, one step at a time, against the plain reference."""

import numpy as np
import pytest

from seqflip.nn.arrays import FloatArray
from seqflip.nn.parameters import Parameters
from seqflip.nn.rnn.cells import CELLS, State, Tape
from seqflip.nn.rnn.recurrent import Recurrent, RecurrentCache
from tests.nn.gradients import assert_gradients, buffers, recurrent

NAMES = list(CELLS)


def by_formula(
    name: str, parameters: Parameters, x: FloatArray, state: State, direction: int = 0
) -> State:
    """Return the state after ``state``, as the plain reference computes it."""
    weights = {kind: array[direction] for kind, array in parameters.values.items()}
    return CELLS[name].plain(x, state, **weights)


class Step:
    """One step of a cell from a random state; both directions."""

    def __init__(self, name: str, seed: int = 0) -> None:
        rng = np.random.default_rng(seed)
        self.layer: Recurrent
        self.layer, self.parameters = recurrent(rng, name, directions=2, n_in=3, hidden=4)
        self.x = rng.standard_normal((1, 5, 3))  # steps 1, batch 5
        self.state: State = tuple(
            rng.standard_normal((2, 5, 4)) for _ in range(CELLS[name].state_parts)
        )
        self.d_after: State = tuple(rng.standard_normal((2, 5, 4)) for _ in self.state)

    def forward(self) -> RecurrentCache:
        gates, _ = self.layer.project(self.x, buffers())
        return self.layer.forward(gates, self.state, None, buffers())

    def run(self) -> Tape:
        return self.forward().tape


@pytest.mark.parametrize("name", NAMES)
def test_a_step_is_the_formula(name: str) -> None:
    step = Step(name)
    after = step.run().state(-1)
    for direction in range(2):
        before = tuple(part[direction] for part in step.state)
        expected = by_formula(name, step.parameters, step.x[0], before, direction)
        for part, wanted in zip(after, expected, strict=True):
            np.testing.assert_allclose(part[direction], wanted, rtol=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_the_tape_begins_with_the_given_state(name: str) -> None:
    step = Step(name)
    for part, given in zip(step.run().state(0), step.state, strict=True):
        np.testing.assert_array_equal(part, given)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", NAMES)
def test_gradient_by_the_state_before(name: str, seed: int) -> None:
    step = Step(name, seed)
    _, d_before = step.layer.backward(None, step.d_after, step.forward(), buffers())

    def function() -> float:
        after = step.run().state(-1)
        return sum(float(np.sum(d * s)) for d, s in zip(step.d_after, after, strict=True))

    names = ("h", "c")[: len(step.state)]
    assert_gradients(
        function,
        {n: (s, d) for n, s, d in zip(names, step.state, d_before, strict=True)},
    )


@pytest.mark.parametrize("name", NAMES)
def test_large_inputs_saturate_and_stay_finite(name: str) -> None:
    step = Step(name)
    step.x *= 1e6
    cache = step.forward()
    d_gates, d_before = step.layer.backward(None, step.d_after, cache, buffers())
    assert all(np.isfinite(part).all() for part in (*cache.tape.states, d_gates, *d_before))
    h_before, h_after = cache.tape.states[0]
    assert (np.abs(h_after) <= np.maximum(1, np.abs(h_before))).all()
