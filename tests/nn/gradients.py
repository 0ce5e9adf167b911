"""What gradient tests share: small float64 parts with parameters of order 1, and the verdict."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from seqflip.nn.arrays import FloatArray, IntArray
from seqflip.nn.buffers import Buffers
from seqflip.nn.gradcheck import numerical_gradient, relative_error
from seqflip.nn.parameters import Parameters
from seqflip.nn.rnn import RecurrentArchitecture, RecurrentNetwork
from seqflip.nn.rnn.cells import CELLS
from seqflip.nn.rnn.recurrent import Recurrent

STEP = 1e-5  # near the cube root of the precision: rounding and curvature are both below 1e-9
TOLERANCE = 1e-6


def buffers() -> Buffers:
    """Return fresh float64 memory."""
    return Buffers(np.float64)


def random_parameters(
    rng: np.random.Generator, shapes: Mapping[str, tuple[int, ...]]
) -> Parameters:
    """Return float64 parameters of order 1, with gradients of zero."""
    parameters = Parameters(shapes, np.float64)
    parameters.flat[...] = rng.standard_normal(parameters.flat.size)
    return parameters


def recurrent(
    rng: np.random.Generator, cell: str, directions: int, n_in: int, hidden: int
) -> tuple[Recurrent, Parameters]:
    """Return a layer and its parameters."""
    declared = CELLS[cell].declare(n_in, hidden)
    shapes = {name: (directions, *one.shape) for name, one in declared.items()}
    parameters = random_parameters(rng, shapes)
    own = {name: parameters[name] for name in parameters.values}
    return Recurrent(CELLS[cell], **own), parameters


def network(seed: int = 0, **options: Any) -> RecurrentNetwork:
    """Return a tiny network with parameters of order 1; its widths all differ."""
    sizes = {"vocab_size": 5, "d_model": 4, "d_k": 3, "d_v": 2}
    made = RecurrentNetwork(RecurrentArchitecture(**(sizes | options)), np.float64)
    rng = np.random.default_rng(seed)
    made.parameters.flat[...] = 0.7 * rng.standard_normal(made.parameters.flat.size)
    return made


def tokens(rows: list[list[int]]) -> IntArray:
    """Return sequences as an array, padded with zeros."""
    longest = max(map(len, rows))
    return np.array([row + [0] * (longest - len(row)) for row in rows], np.int64)


def assert_gradients(
    function: Callable[[], float], gradients: Mapping[str, tuple[FloatArray, FloatArray]]
) -> None:
    """Hold every gradient, coordinate by coordinate, to central differences.

    ``gradients`` names pairs: what ``function`` reads, and the gradient by it.
    """
    for name, (x, gradient) in gradients.items():
        numerical = numerical_gradient(function, x, STEP)
        assert gradient.shape == x.shape, name
        assert relative_error(numerical, gradient) < TOLERANCE, name


def of_parameters(parameters: Parameters) -> dict[str, tuple[FloatArray, FloatArray]]:
    """Return all parameters with copies of their gradients, for :func:`assert_gradients`."""
    return {
        name: (value, parameters.grads[name].copy()) for name, value in parameters.values.items()
    }


def assert_directional_gradients(
    function: Callable[[], float], parameters: Parameters, rng: np.random.Generator
) -> None:
    """Hold every parameter's gradient to central differences along random directions.

    A wrong coordinate shows in every random direction, so two of them cost much less than all
    coordinates, and miss nothing.
    """
    for name, value in parameters.values.items():
        kept, gradient = value.copy(), parameters.grads[name].copy()
        numerical, expected = np.zeros(2), np.zeros(2)
        for i in range(2):
            direction = rng.standard_normal(value.shape)
            value[...] = kept + STEP * direction
            above = function()
            value[...] = kept - STEP * direction
            below = function()
            value[...] = kept
            numerical[i] = (above - below) / (2 * STEP)
            expected[i] = np.vdot(gradient, direction)
        assert relative_error(numerical, expected) < TOLERANCE, name
