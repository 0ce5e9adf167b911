"""The matrix products of a training step, and nothing else: a bound that no arithmetic gets below.

They are listed in the cheapest form that the model allows: input projections as one table of all
tokens, the recurrence step by step because each step needs the one before, all else over all steps
at once. NumPy's BLAS runs them on one thread, on contiguous arrays that are already there.
"""

from typing import NamedTuple

import numpy as np

from benchmarks.problem import Problem


class Product(NamedTuple):
    """``times`` products of ``stack`` matrices (m, k) with as many (k, n)."""

    m: int
    k: int
    n: int
    times: int = 1
    stack: int = 1

    def with_gradients(self) -> list["Product"]:
        """Return the product, and those by which its two inputs get their gradients."""
        m, k, n, times, stack = self
        return [self, Product(m, n, k, times, stack), Product(k, m, n, times, stack)]


def gru_products(problem: Problem, hidden: int, directions: int) -> list[Product]:
    """Return the products of a layer of GRUs, forward and backward."""
    length, batch, gates = problem.length, problem.batch_size, 3 * hidden
    table = Product(problem.vocab_size + 1, problem.d_model, gates, stack=directions)
    return [
        *table.with_gradients(),
        Product(batch, hidden, gates, length, directions),
        Product(batch, gates, hidden, length, directions),
        Product(gates, length * batch, hidden, stack=directions),  # all steps' weight gradient
    ]


def transformer_products(problem: Problem) -> list[Product]:
    """Return all products of a training step of a Transformer."""
    d, length, batch = problem.d_model, problem.length, problem.batch_size
    layers, heads = problem.options["layers"], problem.options["heads"]
    rows, width = length * batch, problem.options["feed_forward"]
    look = [
        Product(length, d // heads, length, stack=batch * heads),  # scores
        Product(length, length, d // heads, stack=batch * heads),  # contexts
        Product(rows, d, d),  # what was seen, projected
    ]
    feed = [Product(rows, d, width), Product(rows, width, d)]
    encoder = [Product(rows, d, 3 * d), *look, *feed]
    decoder = [*encoder, Product(rows, d, d), Product(rows, d, 2 * d), *look]
    forward = [*layers * encoder, *layers * decoder, Product(rows, d, problem.vocab_size)]
    return [product for one in forward for product in one.with_gradients()]


def training_products(problem: Problem) -> list[Product]:
    """Return all products of a training step."""
    if problem.options["architecture"] == "transformer":
        return transformer_products(problem)
    d, d_k, d_v = problem.d_model, problem.d_k, problem.d_v
    length, batch = problem.length, problem.batch_size
    rows = length * batch
    forward = [
        Product(rows, d, d_k),  # queries
        Product(rows, d, d_k),  # keys
        Product(rows, d, d_v),  # values
        Product(length, d_k, length, stack=batch),  # scores
        Product(length, length, d_v, stack=batch),  # contexts
        Product(rows, d + d_v, problem.vocab_size),  # logits
    ]
    return [
        *gru_products(problem, d // 2, directions=2),
        *gru_products(problem, d, directions=1),
        *(product for one in forward for product in one.with_gradients()),
    ]


class MatrixProducts:
    """Multiplies arrays of the right shapes."""

    def __init__(self, problem: Problem) -> None:
        rng = np.random.default_rng(0)
        self._work = []
        for m, k, n, times, stack in training_products(problem):
            a = rng.standard_normal((stack, m, k), dtype=np.float32)
            b = rng.standard_normal((stack, k, n), dtype=np.float32)
            self._work += [(a, b, np.empty((stack, m, n), np.float32))] * times

    def run(self, steps: int) -> None:
        """Do the products of so many training steps."""
        for _ in range(steps):
            for a, b, out in self._work:
                np.matmul(a, b, out=out)
