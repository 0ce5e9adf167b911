"""Values of models that nobody has trained: what their architecture can know at all."""

from functools import cache

import numpy as np

from seqflip.nn import (
    Buffers,
    FloatArray,
    RecurrentArchitecture,
    TransformerArchitecture,
    make_network,
)
from seqflip.nn.network import Network
from seqflip.ui.lessons.values.registry import value


@value(
    "order_matters KIND",
    "yes or no: whether an untrained Transformer with positions of that KIND knows the order",
)
@cache
def _order_matters(positions: str) -> str:
    network = make_network(
        TransformerArchitecture(6, d_model=16, layers=1, heads=2, positions=positions)
    )
    states = [_states(network, source) for source in ([1, 2, 3, 4], [4, 2, 3, 1])]
    return "no" if np.allclose(states[0], states[1][[3, 1, 2, 0]], atol=1e-5) else "yes"


@value(
    "first_state_knows_last COUNT",
    "yes or no: whether an encoder's first state, with 1 or 2 directions, knows the last input",
)
@cache
def _first_state_knows_last(directions: int) -> str:
    network = make_network(
        RecurrentArchitecture(6, d_model=16, d_k=8, d_v=8, bidirectional=directions == 2)
    )
    first = [_states(network, source)[0] for source in ([1, 2, 3], [1, 2, 4])]
    return "no" if np.array_equal(*first) else "yes"


def _states(network: Network, source: list[int]) -> FloatArray:
    """Return an encoder's states with random weights, the same each time."""
    network.initialise(np.random.default_rng(0))
    states: FloatArray = network.read(np.array([source]), None, Buffers(network.dtype)).states[0]
    return states


@value(
    "trains_position COUNT COUNT",
    "yes or no: whether a learned position gets a gradient from sources that are so long",
)
@cache
def _trains_position(place: int, longest: int) -> str:
    network = make_network(
        TransformerArchitecture(6, d_model=16, layers=1, heads=2, positions="learned")
    )
    network.initialise(np.random.default_rng(0))
    target = np.ones((1, longest), np.int64)
    done = network.forward(target, network.shifted(target))
    network.backward(np.ones_like(done.logits) * np.arange(6), done)
    gradient = network.parameters["positions.weight"].grad[place - 1]
    return "yes" if gradient.any() else "no"
