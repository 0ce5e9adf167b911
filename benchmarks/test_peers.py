"""The peers compute what SeqFlip computes; run in the benchmarks' environment.

On a problem of a single batch, where the order in which batches come cannot make a difference.
"""

from typing import Any

import numpy as np
import pytest

from benchmarks.agreement import Disagreement, require_same, require_same_arrays
from benchmarks.contestant import CONTESTANTS, PRODUCTS, SEQFLIP, TRANSFORMERS, Contestant, make
from benchmarks.matrix_products import Product, training_products
from benchmarks.problem import Array, Problem

ALL = {"recurrent": CONTESTANTS, "transformer": TRANSFORMERS}
PEERS = [
    (architecture, name)
    for architecture, contestants in ALL.items()
    for name in contestants
    if name not in (SEQFLIP, PRODUCTS)
]


def drawn(architecture: str = "recurrent") -> Problem:
    """Return a problem of one small batch."""
    sizes: dict[str, Any] = {"batch_size": 6, "length": 5, "vocab_size": 11, "batches": 1}
    return Problem.draw(8, architecture=architecture, **sizes)


@pytest.fixture(scope="module")
def problem() -> Problem:
    return drawn()


def moves(contestant: Contestant, problem: Problem) -> dict[str, Array]:
    """Return how far training has moved the weights.

    But for the biases of keys: they change no softmax, so that their gradient is rounding alone.
    """
    moved = {
        name: value - problem.parameters[name] for name, value in contestant.parameters().items()
    }
    for name, move in moved.items():
        if name.endswith("in_proj_bias"):
            moved[name] = np.delete(move.reshape(3, -1), 1, axis=0)
    return moved


@pytest.mark.parametrize(("architecture", "name"), PEERS)
@pytest.mark.filterwarnings("ignore")  # of the peers' own making
def test_a_peer_computes_and_learns_what_seqflip_does(architecture: str, name: str) -> None:
    """The same loss, the same gradients, and weights that ten steps move to the same place."""
    problem = drawn(architecture)
    peer, ours = make(name, problem), make(SEQFLIP, problem)
    require_same(name, peer.loss_and_gradients(), ours.loss_and_gradients())
    peer.run(10)
    ours.run(10)
    moved = moves(ours, problem)
    require_same_arrays(name, moves(peer, problem), moved, "move", 1e-3)
    assert min(np.abs(move).max() for move in moved.values()) > 5e-3


def test_a_difference_is_a_loud_failure(problem: Problem) -> None:
    """A wrong loss, a missing gradient and a wrong gradient are each named."""
    ours = make(SEQFLIP, problem).loss_and_gradients()
    loss, gradients = ours
    with pytest.raises(Disagreement, match="loss"):
        require_same("peer", (loss * 1.001, gradients), ours)
    wrong = {**gradients, "output.bias": -gradients["output.bias"]}
    with pytest.raises(Disagreement, match=r"gradient of output\.bias"):
        require_same("peer", (loss, wrong), ours)
    fewer = {name: array for name, array in gradients.items() if name != "output.bias"}
    with pytest.raises(Disagreement, match=r"other parameters: .*output\.bias"):
        require_same("peer", (loss, fewer), ours)


def test_products_are_those_of_a_training_step() -> None:
    """The products of the output layer: forward, by its input, by its weight."""
    problem = drawn()
    output = [Product(30, 16, 11), Product(30, 11, 16), Product(16, 30, 11)]
    assert training_products(problem)[-3:] == output
