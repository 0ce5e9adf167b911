"""Attention that is told where it looked: by its formulas."""

from typing import Any

import numpy as np
import pytest

from seqflip.nn import reference
from seqflip.nn.arrays import FloatArray
from seqflip.nn.attention import ATTENTIONS
from seqflip.nn.location import REACH, WIDTH
from tests.nn.gradients import buffers, random_parameters


@pytest.mark.parametrize("padded", [False, True])
@pytest.mark.parametrize("name", ["location", "location_dot"])
def test_it_is_what_the_textbook_writes(name: str, padded: bool) -> None:
    rng = np.random.default_rng(0)
    kind = ATTENTIONS[name]
    declared = kind.declare(d_model=4, d_k=3, d_v=2)
    parameters = random_parameters(rng, {part: one.shape for part, one in declared.items()})
    attention, w = kind(parameters.within("")), parameters.values
    states, encoded = rng.standard_normal((2, 4, 4)), rng.standard_normal((2, 5, 4))
    mask = (np.arange(5) < np.array([5, 3])[:, None])[:, None] if padded else None
    memory = attention.remember(encoded, mask, buffers())
    cache = attention.forward(states, memory, np.empty((2, 4, 2)), buffers())

    query, key = states @ w["query.weight"].T, encoded @ w["key.weight"].T
    before: FloatArray = np.zeros((2, 5))
    before[:, 0] = 1
    own: list[Any] = [w["score.weight"]] if "score.weight" in w else []
    assert attention.plain is not None
    for t in range(4):
        location = reference.locate(before, w["location.weight"])
        scores = attention.plain(query[:, t : t + 1], key + location, *own)
        _, weights = reference.attend(scores, memory.value, mask)
        before = weights[:, 0]
        np.testing.assert_allclose(cache.stages["location"][:, t], location, atol=1e-12)
        np.testing.assert_allclose(cache.weights[:, t], before, rtol=1e-10, atol=1e-14)


def test_a_place_knows_what_was_looked_at_around_it_and_nothing_farther_away() -> None:
    before = np.eye(20)[[10]]
    features = reference.locate(before, np.ones((2, 1, WIDTH)))
    seen = np.flatnonzero(features[0, :, 0])
    assert seen.tolist() == list(range(10 - REACH, 10 + REACH + 1))
