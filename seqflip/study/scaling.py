"""What the division by the square root of d_k is for: a softmax with it and without, measured.

Nothing is trained here. Queries and keys are drawn as Vaswani et al. (2017, footnote 4) assume
them, https://arxiv.org/abs/1706.03762, or are those of a model in its first state; and what a
softmax makes of their products is measured for one width after the other.
"""

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

import numpy as np

from seqflip.nn import (
    Architecture,
    FloatArray,
    Network,
    Pass,
    TransformerArchitecture,
    make_network,
    softmax,
)
from seqflip.nn.dot_product import dot_products, scale_for
from seqflip.nn.functional import softmax_backward

WIDTHS: Final = (4, 8, 16, 32, 64, 128, 256, 512)
SEEDS: Final = range(6)
SEQUENCES, LENGTH = 16, 12  # of each: so many queries meet so many keys

QueriesAndKeys = tuple[FloatArray, FloatArray]  # each (sequences, length, d_k)
OfWidth = Callable[[int], QueriesAndKeys]
Draw = Callable[[np.random.Generator], OfWidth]


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
    drawn = [(draw(np.random.default_rng(seed)), seed) for seed in seeds]
    return [_mean([compare(*of(d_k), seed) for of, seed in drawn]) for d_k in WIDTHS]


def unit_variance(rng: np.random.Generator) -> OfWidth:
    """Draw independent numbers of mean 0 and variance 1."""

    def of(d_k: int) -> QueriesAndKeys:
        query, key = rng.standard_normal((2, SEQUENCES, LENGTH, d_k))
        return query, key

    return of


def untrained(architecture: Architecture) -> Draw:
    """Return how to get queries and keys of a model that was not trained, for random sequences.

    Its states stay the same. What makes queries and keys of them is drawn for each width, from the
    distribution that the model draws its own from.
    """

    def draw(rng: np.random.Generator) -> OfWidth:
        network = make_network(architecture)
        network.initialise(rng)
        x_src, x_tgt = rng.integers(1, network.vocab_size, (2, SEQUENCES, LENGTH))
        done = network.forward(x_src, network.shifted(x_tgt))
        asking = _asking(network, done)

        def of(d_k: int) -> QueriesAndKeys:
            bound = _bound(architecture, d_k, asking.shape[-1])
            query, key = rng.uniform(-bound, bound, (2, d_k, asking.shape[-1]))
            return asking @ query.T, done.source.states @ key.T

        return of

    return draw


def _asking(network: Network, done: Pass) -> FloatArray:
    """Return what queries are made of, ``(sequences, length, d_model)``."""
    if network.looks is None:
        states: FloatArray = done.layer_states[-1]
        return states
    last = f"decoder.layers.{network.looks.layers - 1}.multihead_attn.part.x"
    return network.between(done)[last].reshape(SEQUENCES, LENGTH, -1)


def _bound(architecture: Architecture, d_k: int, d_model: int) -> float:
    """Return how large what makes a query may be at first: Glorot & Bengio (2010).

    A Transformer draws the matrices of all heads as one of ``d_model`` rows.
    """
    rows = d_model if isinstance(architecture, TransformerArchitecture) else d_k
    return float(np.sqrt(6 / (rows + d_model)))


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
