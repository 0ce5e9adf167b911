"""Values that follow from the numbers of a question alone, by the functions that models use."""

from functools import cache

import numpy as np

from seqflip.learning.metrics import counted
from seqflip.nn import FloatArray, scaled_dot_product_attention, softmax
from seqflip.ui.lessons.values.registry import value


@value("softmax PLACE NUMBERS", "the weight at a place that the softmax makes of scores")
def _softmax(place: int, groups: list[list[float]]) -> float:
    return float(softmax(np.array(groups[0], dtype=np.float64))[place - 1])


@value(
    "attend PLACE NUMBERS",
    "the weight on the key at a place: first the query, then each key (scaled dot-product)",
)
def _attend(place: int, groups: list[list[float]]) -> float:
    query, *keys = groups
    stacked = np.array([keys])
    _, weights = scaled_dot_product_attention(np.array([[query]]), stacked, stacked)
    return float(weights[0, 0, place - 1])


@value(
    "context NUMBERS",
    "the context that a query gets: first the query, then each key, last a value for each key",
)
def _context(groups: list[list[float]]) -> float:
    query, *keys, values = groups
    handed = np.array([values])[..., None]
    context, _ = scaled_dot_product_attention(np.array([[query]]), np.array([keys]), handed)
    return float(context[0, 0, 0])


@value(
    "weighted_sum NUMBERS",
    "the context that weights make of values: first the weights, then the values",
)
def _weighted_sum(groups: list[list[float]]) -> float:
    weights, values = groups
    return float(np.array(weights) @ np.array(values))


@value(
    "weights_shape COUNT COUNT COUNT",
    "the shape of the weights of a batch, so many queries and so many keys",
)
def _weights_shape(batch: int, queries: int, keys: int) -> str:
    return str(_weights(queries, keys, batch).shape)


@value(
    "sums_to_one COUNT COUNT COUNT",
    "along which axis the weights of random queries and keys add up to 1",
)
def _sums_to_one(batch: int, queries: int, keys: int) -> str:
    weights, names = _weights(queries, keys, batch), ("batch", "queries", "keys")
    return next(names[i] for i in range(3) if np.allclose(weights.sum(axis=i), 1))


@value("weights_for COUNT COUNT", "how many weights so many queries and keys make")
def _weights_for(queries: int, keys: int) -> int:
    return _weights(queries, keys).size


@value(
    "times_the_weights LENGTH LENGTH",
    "how many times as many weights inputs that look at each other have at another length",
)
def _times_the_weights(longer: int, shorter: int) -> int:
    sizes = [_weights(n, n).size for n in (longer, shorter)]
    return sizes[0] // sizes[1]


@value("spread COUNT", "the standard deviation of q·k over 10,000 random vectors so wide")
@cache
def _spread(d: int) -> float:
    draws = np.random.default_rng(0).standard_normal((2, 10_000, d))
    return float((draws[0] * draws[1]).sum(axis=1).std())


@value(
    "counted_tokens NUMBERS",
    "how many tokens the loss counts in a batch of targets with so many symbols each",
)
def _counted_tokens(groups: list[list[float]]) -> int:
    targets = [int(one) for one in groups[0]]
    batch = np.zeros((len(targets), max(targets) + 1), np.int64)
    for row, symbols in zip(batch, targets, strict=True):
        row[:symbols] = 1
    return int(counted(batch).sum())


@value(
    "all_right SHARE COUNT",
    "the percent of sequences without a mistake, if each token is right so often by itself",
)
def _all_right(share: float, tokens: int) -> float:
    return 100 * (share / 100) ** tokens


def _weights(queries: int, keys: int, batch: int = 1) -> FloatArray:
    """Return the weights of random queries and keys, (batch, queries, keys)."""
    rng = np.random.default_rng(0)
    query, key = rng.standard_normal((batch, queries, 4)), rng.standard_normal((batch, keys, 4))
    weights: FloatArray = scaled_dot_product_attention(query, key, key)[1]
    return weights
