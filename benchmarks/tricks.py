"""What each of the engine's tricks is worth: the plain way beside its way, one by one.

``python -m benchmarks.tricks`` prints the table of docs/approach.md. The sizes are those of the
training that the other benchmarks time: a batch of 64, length 12, 50 token ids, d_model 64.
"""

import argparse
import time
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.table import table
from seqflip.nn.buffers import Buffers, aligned_zeros
from seqflip.nn.functional import max_of_rows, sigmoid, sum_of_columns, sum_of_rows
from seqflip.nn.layers import one_hot
from seqflip.nn.optim import Adam
from seqflip.nn.rnn import RecurrentArchitecture, RecurrentNetwork
from seqflip.nn.rnn.cells import CELLS
from seqflip.nn.rnn.recurrent import Recurrent
from seqflip.system.blas import one_blas_thread

BATCH, LENGTH, VOCAB, D_MODEL = 64, 12, 50, 64
ROWS = BATCH * LENGTH

Array = NDArray[Any]
Way = Callable[[], Array]


class Trick(NamedTuple):
    """The same computation, done in two ways."""

    name: str
    plain: Way
    ours: Way


def tricks() -> Iterator[Trick]:
    """Make them all, each with its own arrays."""
    rng = np.random.default_rng(0)
    yield kept_memory(rng)  # first, as others leave memory behind that looks fresh and is not
    yield cache_lines(rng)
    yield gate_blocks(rng)
    yield weights_as_used(rng)
    yield input_table(rng)
    yield both_directions(rng)
    yield looks_at_once(rng)
    yield token_gradients(rng)
    yield bias_gradient(rng)
    yield row_extremes(rng)
    yield flat_update(rng)


def gate_blocks(rng: np.random.Generator) -> Trick:
    """Keep every gate in one piece of memory, not in a slice of each row."""
    rows = normal(rng, BATCH, 3 * D_MODEL)
    blocks = np.ascontiguousarray(rows.reshape(BATCH, 3, D_MODEL).swapaxes(0, 1))
    in_rows, in_blocks = np.empty_like(rows), np.empty_like(blocks)

    def plain() -> Array:
        for gate in range(3):
            columns = slice(gate * D_MODEL, (gate + 1) * D_MODEL)
            sigmoid(rows[:, columns], out=in_rows[:, columns])
        return in_rows.reshape(BATCH, 3, D_MODEL).swapaxes(0, 1)

    return Trick("gates in blocks", plain, lambda: sigmoid(blocks, out=in_blocks))


def cache_lines(rng: np.random.Generator) -> Trick:
    """Let every array begin with a cache line; NumPy's own begin anywhere at a multiple of 16."""
    aligned = [aligned_zeros(BATCH * D_MODEL, np.float32) for _ in range(2)]
    anywhere = [aligned_zeros(BATCH * D_MODEL + 4, np.float32)[4:] for _ in range(2)]
    aligned[0][...] = anywhere[0][...] = normal(rng, BATCH * D_MODEL)
    return Trick(
        "arrays that begin with a cache line",
        lambda: np.multiply(anywhere[0], anywhere[0], out=anywhere[1]),
        lambda: np.multiply(aligned[0], aligned[0], out=aligned[1]),
    )


def weights_as_used(rng: np.random.Generator) -> Trick:
    """Lay the recurrent weights transposed, once for all steps, which use them so."""
    h, weight = normal(rng, 2, BATCH, D_MODEL // 2), normal(rng, 3, 2, D_MODEL // 2, D_MODEL // 2)
    out = np.empty((3, *h.shape), np.float32)

    def plain() -> Array:
        for _ in range(LENGTH):
            np.matmul(h, weight.swapaxes(2, 3), out=out)
        return out

    def ours() -> Array:
        laid = np.ascontiguousarray(weight.swapaxes(2, 3))
        for _ in range(LENGTH):
            np.matmul(h, laid, out=out)
        return out

    return Trick("recurrent weights laid as used", plain, ours)


def input_table(rng: np.random.Generator) -> Trick:
    """Look up the gates' input share of a token instead of multiplying it out."""
    network = make_network(rng)
    layer, embedding = network.decoder.stack.layers[0], network.embedding
    tokens, buffers = rng.integers(1, VOCAB, (LENGTH, BATCH)), Buffers()

    def plain() -> Array:
        buffers.reset()
        return layer.project(embedding.forward(tokens), buffers)[0]

    def ours() -> Array:
        buffers.reset()
        return layer.project_tokens(tokens[:, None], embedding.weight, buffers)[0]

    return Trick("input table", plain, ours)


def both_directions(rng: np.random.Generator) -> Trick:
    """Go through the steps once for both directions, not once for each."""
    network, buffers = make_network(rng), Buffers()
    both = network.encoder.stack.layers[0]
    apart = [one_direction(network, direction) for direction in ("", "_reverse")]
    gates = normal(rng, LENGTH, 3, 2, BATCH, D_MODEL // 2)
    halves = [np.ascontiguousarray(gates[:, :, i : i + 1]) for i in range(2)]

    def states(layer: Recurrent, gates: Array) -> Array:
        return layer.forward(gates.copy(), layer.zero_state(BATCH), None, buffers).tape.states[0]

    def plain() -> Array:
        buffers.reset()
        return np.concatenate([states(*one) for one in zip(apart, halves, strict=True)], axis=1)

    def ours() -> Array:
        buffers.reset()
        return states(both, gates)

    return Trick("both directions in one loop", plain, ours)


def kept_memory(rng: np.random.Generator) -> Trick:
    """Make a whole forward pass in the memory of the pass before."""
    network, buffers = make_network(rng), Buffers()
    x_src, inputs = rng.integers(1, VOCAB, (2, BATCH, LENGTH))

    def ours() -> Array:
        buffers.reset()
        return network.forward(x_src, inputs, None, buffers).logits

    return Trick("memory kept", lambda: network.forward(x_src, inputs).logits, ours)


def looks_at_once(rng: np.random.Generator) -> Trick:
    """Make all of a target's looks at the source in one batched product."""
    network = make_network(rng)
    memory = network.attention.remember(normal(rng, BATCH, LENGTH, D_MODEL), None, Buffers())
    states, buffers = normal(rng, BATCH, LENGTH, D_MODEL), Buffers()
    context = np.empty((BATCH, LENGTH, D_MODEL), np.float32)

    def plain() -> Array:
        buffers.reset()
        for t in range(LENGTH):
            now = slice(t, t + 1)
            network.attention.forward(states[:, now], memory, context[:, now], buffers)
        return context

    def ours() -> Array:
        buffers.reset()
        network.attention.forward(states, memory, context, buffers)
        return context

    return Trick("all looks at once", plain, ours)


def token_gradients(rng: np.random.Generator) -> Trick:
    """Sum gradients token by token as a product with one-hot rows."""
    tokens, d_rows = rng.integers(1, VOCAB, ROWS), normal(rng, ROWS, D_MODEL)
    hits = np.empty((ROWS, VOCAB), np.float32)

    def plain() -> Array:
        total = np.zeros((VOCAB, D_MODEL), np.float32)
        np.add.at(total, tokens, d_rows)
        return total

    return Trick("token gradients as a product", plain, lambda: one_hot(tokens, hits).T @ d_rows)


def bias_gradient(rng: np.random.Generator) -> Trick:
    """Sum gradients over all steps of a batch as a product with ones."""
    d_gates = normal(rng, 3, 1, ROWS, D_MODEL)
    return Trick(
        "bias gradients as a product",
        lambda: d_gates.sum(axis=-2, keepdims=True),
        lambda: sum_of_columns(d_gates),
    )


def row_extremes(rng: np.random.Generator) -> Trick:
    """Find maximum and sum of short rows, as the softmax does."""
    scores = normal(rng, BATCH, LENGTH, LENGTH)
    return Trick(
        "maximum and sum of short rows",
        lambda: scores.max(axis=-1, keepdims=True) + scores.sum(axis=-1, keepdims=True),
        lambda: max_of_rows(scores) + sum_of_rows(scores),
    )


def flat_update(rng: np.random.Generator) -> Trick:
    """Update one vector of all parameters, not one array after the other."""
    parameters = make_network(rng).parameters
    parameters.flat_grad[...] = normal(rng, parameters.flat.size)
    whole = Adam(parameters.flat.size, parameters.flat.dtype)
    parts = {name: Adam(one.size, one.dtype) for name, one in parameters.values.items()}
    apart = {name: one.copy() for name, one in parameters.values.items()}

    def plain() -> Array:
        for name, adam in parts.items():
            adam.update(apart[name].reshape(-1), parameters.grads[name].reshape(-1), 1e-3)
        return np.concatenate([one.reshape(-1) for one in apart.values()])

    def ours() -> Array:
        whole.update(parameters.flat, parameters.flat_grad, 1e-3)
        return parameters.flat.copy()

    return Trick("one flat vector", plain, ours)


def make_network(rng: np.random.Generator) -> RecurrentNetwork:
    """Return a network of the benchmarks' size."""
    network = RecurrentNetwork(RecurrentArchitecture(VOCAB, D_MODEL, D_MODEL // 2, D_MODEL))
    network.initialise(rng)
    return network


def one_direction(network: RecurrentNetwork, direction: str) -> Recurrent:
    """Return one direction of the encoder as a layer of its own, over the same weights."""
    kinds = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
    names = {kind: f"encoder.{kind}_l0{direction}" for kind in kinds}
    own = {kind: network.parameters.stack([name]) for kind, name in names.items()}
    return Recurrent(CELLS["gru"], **own)


def normal(rng: np.random.Generator, *shape: int) -> Array:
    """Draw normal numbers in single precision."""
    return rng.standard_normal(shape, dtype=np.float32)


def best_times(trick: Trick, rounds: int, seconds: float) -> tuple[float, float]:
    """Return the shortest time of a call of each way, over so many short blocks in turns.

    Others slow a machine down, never up, so the shortest is the truest.
    """
    ways = (trick.plain, trick.ours)
    calls = max(1, round(seconds / max(timed(way, 1) for way in ways for _ in range(3))))
    times = [[timed(way, calls) for way in ways] for _ in range(rounds)]
    plain, ours = (min(column) for column in zip(*times, strict=True))
    return plain, ours


def timed(way: Way, calls: int) -> float:
    """Return the processor seconds of one call, as the mean of so many."""
    began = time.process_time()
    for _ in range(calls):
        way()
    return (time.process_time() - began) / calls


def in_us(seconds: float) -> str:
    """Write a time in microseconds, with two digits at least."""
    return f"{1e6 * seconds:,.{1 if seconds < 1e-5 else 0}f}"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.tricks", description=__doc__)
    parser.add_argument("--rounds", type=int, default=50, help="blocks of each (default 50)")
    parser.add_argument("--seconds", type=float, default=0.02, help="of a block (default 0.02)")
    options = parser.parse_args()
    rows = []
    with one_blas_thread():
        for trick in tricks():
            plain, ours = best_times(trick, options.rounds, options.seconds)
            rows.append([trick.name, in_us(plain), in_us(ours), f"{plain / ours:.1f}"])
    print(table(("what", "plain, µs", "here, µs", "faster by"), rows))


if __name__ == "__main__":
    main()
