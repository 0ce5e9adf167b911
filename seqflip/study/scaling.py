"""What the division by the square root of d_k is for: a softmax with it and without, measured.

Nothing is trained here. Queries and keys are drawn as Vaswani et al. (2017, footnote 4) assume
them, https://arxiv.org/abs/1706.03762, or are those of a model in its first state; and what a
softmax makes of their products is measured for one width after the other.
"""

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

import numpy as np

from seqflip.nn import (
    CROSS,
    Architecture,
    FloatArray,
    RecurrentArchitecture,
    TransformerArchitecture,
    Where,
    make_network,
    softmax,
)
from seqflip.nn.dot_product import dot_products, scale_for
from seqflip.nn.functional import softmax_backward

WIDTHS: Final = (4, 8, 16, 32, 64, 128, 256, 512)
SEEDS: Final = (0, 1)
SEQUENCES, LENGTH = 16, 12  # of each: so many queries meet so many keys

QueriesAndKeys = tuple[FloatArray, FloatArray]  # each (sequences, length, d_k)
Draw = Callable[[int, np.random.Generator], QueriesAndKeys]


class Effect(NamedTuple):
    """What a softmax does with some scores; each number is a mean over all queries.

    Attributes
    ----------
    spread : float
        The standard deviation of a query's scores.
    largest : float
        Its largest weight.
    gradient : float
        How long the gradient by the scores is, if that by the weights is a random one of length 1.
    """

    spread: float
    largest: float
    gradient: float


class Compared(NamedTuple):
    """The same products, as they are and divided by the square root of their width."""

    d_k: int
    undivided: Effect
    divided: Effect


def by_width(draw: Draw, seeds: Sequence[int] = SEEDS) -> list[Compared]:
    """Compare for all widths, as a mean over ``seeds``."""
    return [_mean([compare(*_drawn(draw, d_k, seed), seed) for seed in seeds]) for d_k in WIDTHS]


def unit_variance(d_k: int, rng: np.random.Generator) -> QueriesAndKeys:
    """Draw independent numbers of mean 0 and variance 1."""
    query, key = rng.standard_normal((2, SEQUENCES, LENGTH, d_k))
    return query, key


def untrained(architecture: Architecture) -> Draw:
    """Return how to get queries and keys of a model that was not trained, for random sequences.

    A Transformer has one head and one block then, and is itself as wide as the head.
    """

    def draw(d_k: int, rng: np.random.Generator) -> QueriesAndKeys:
        network = make_network(_of_width(architecture, d_k))
        network.initialise(rng)
        x_src, x_tgt = rng.integers(1, network.vocab_size, (2, SEQUENCES, LENGTH))
        done = network.forward(x_src, network.shifted(x_tgt))
        if looked := network.looked(done):
            across = looked[Where(CROSS, 0)]
            return across.query[:, 0], across.key[:, 0]
        return done.looked.query, done.source.memory.key

    return draw


def can_be_divided(architecture: Architecture) -> bool:
    """Whether its weights are the softmax of products, divided or not, and of nothing else."""
    return architecture.attention in ("scaled_dot", "dot")


def compare(query: FloatArray, key: FloatArray, seed: int = 0) -> Compared:
    """Measure ``query``, ``(..., queries, d_k)``, at ``key``, ``(..., keys, d_k)``."""
    d_k = query.shape[-1]
    products = dot_products(query, key, 1)
    upstream = np.random.default_rng(seed).standard_normal(products.shape)
    upstream /= np.linalg.norm(upstream, axis=-1, keepdims=True)
    effects = (_effect(scale * products, upstream) for scale in (1, scale_for(d_k)))
    return Compared(d_k, *effects)


def _drawn(draw: Draw, d_k: int, seed: int) -> QueriesAndKeys:
    return draw(d_k, np.random.default_rng(seed))


def _effect(scores: FloatArray, upstream: FloatArray) -> Effect:
    weights = softmax(scores)
    back = np.linalg.norm(softmax_backward(upstream, weights), axis=-1)
    each = (scores.std(axis=-1), weights.max(axis=-1), back)
    return Effect(*(float(one.mean(dtype=np.float64)) for one in each))


def _mean(found: Sequence[Compared]) -> Compared:
    """Return the mean over seeds."""
    undivided, divided = (
        Effect(*np.mean([one[side] for one in found], axis=0).tolist()) for side in (1, 2)
    )
    return Compared(found[0].d_k, undivided, divided)


def _of_width(architecture: Architecture, d_k: int) -> Architecture:
    if isinstance(architecture, TransformerArchitecture):
        return architecture._replace(d_model=d_k, heads=1, layers=1)
    assert isinstance(architecture, RecurrentArchitecture)
    return architecture._replace(d_k=d_k)
