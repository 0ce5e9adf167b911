"""What the division by √d_k does to a softmax, for more seeds than those of the page."""

import numpy as np
import pytest

from seqflip.nn import (
    ATTENTIONS,
    CROSS,
    RecurrentArchitecture,
    TransformerArchitecture,
    Where,
    make_network,
)
from seqflip.study.scaling import (
    LENGTH,
    SEEDS,
    WIDTHS,
    Compared,
    by_width,
    can_be_divided,
    compare,
    unit_variance,
    untrained,
)

GRU = RecurrentArchitecture(31, 32, 16, 32)
TRANSFORMER = TransformerArchitecture(31, 32)
seeds = pytest.mark.parametrize("seeds", [SEEDS, range(6, 12), range(12, 18)])


def test_the_gradient_is_that_of_the_softmax_written_out() -> None:
    rng = np.random.default_rng(3)
    query, key = rng.standard_normal((1, 64)), rng.standard_normal((5, 64))
    found = compare(query, key, seed=9)
    upstream = np.random.default_rng(9).standard_normal(5)
    upstream /= np.linalg.norm(upstream)
    for scale, effect in ((1, found.undivided), (1 / 8, found.divided)):
        scores = scale * (key @ query[0])
        weights = np.exp(scores) / np.exp(scores).sum()
        jacobian = np.diag(weights) - np.outer(weights, weights)
        assert effect.spread == pytest.approx(np.std(scores))
        assert effect.largest == pytest.approx(weights.max())
        assert effect.gradient == pytest.approx(np.linalg.norm(jacobian @ upstream))


@seeds
def test_of_unit_variance_undivided_scores_grow_and_shut_the_softmax(seeds: range) -> None:
    found = by_width(unit_variance, seeds)
    assert [one.d_k for one in found] == list(WIDTHS)
    for one in found:
        assert one.undivided.spread == pytest.approx(np.sqrt(one.d_k), rel=0.15)
        assert one.divided.spread == pytest.approx(1, rel=0.15)
        assert one.divided.largest == pytest.approx(0.28, abs=0.03)
        assert one.divided.gradient == pytest.approx(0.09, abs=0.01)
    assert found[0].undivided.largest < 0.5
    assert found[-1].undivided.largest > 0.9
    assert found[-1].undivided.gradient < 0.25 * found[0].undivided.gradient


@seeds
def test_of_an_untrained_transformer_too(seeds: range) -> None:
    for norm in ("before", "after"):
        found = by_width(untrained(TRANSFORMER._replace(norm=norm)), seeds)
        assert found[-1].undivided.largest > 0.75
        assert found[-1].undivided.gradient < 0.7 * found[-1].divided.gradient
        assert all(one.divided.largest < 0.25 for one in found)


@seeds
@pytest.mark.parametrize("cell", ["gru", "lstm", "rnn"])
def test_an_untrained_recurrent_models_scores_are_too_small_to_matter(
    cell: str, seeds: range
) -> None:
    for one in by_width(untrained(GRU._replace(cell=cell)), seeds):
        assert one.undivided.spread < 0.1
        assert one.undivided.largest == pytest.approx(1 / LENGTH, rel=0.15)
        assert one.undivided.gradient == pytest.approx(one.divided.gradient, rel=0.02)


@pytest.mark.parametrize("architecture", [GRU, TRANSFORMER])
def test_a_models_queries_are_as_wide_as_they_are_asked_to_be(
    architecture: RecurrentArchitecture | TransformerArchitecture,
) -> None:
    of_width = untrained(architecture)(np.random.default_rng(0))
    for d_k in (8, 48):
        query, key = of_width(d_k)
        assert query.shape == key.shape == (16, LENGTH, d_k)


@pytest.mark.parametrize(
    "architecture", [GRU._replace(d_k=64), GRU._replace(d_k=4), TRANSFORMER._replace(heads=1)]
)
def test_at_its_own_width_it_measures_as_the_model_itself_does(
    architecture: RecurrentArchitecture | TransformerArchitecture,
) -> None:
    measured, own = [], []
    for seed in range(12):
        rng = np.random.default_rng(seed)
        network = make_network(architecture)
        network.initialise(rng)
        x_src, x_tgt = rng.integers(1, 31, (2, 16, LENGTH))
        done = network.forward(x_src, network.shifted(x_tgt))
        query, key = done.looked.query, done.source.memory.key
        if looked := network.looked(done):
            look = looked[Where(CROSS, 0)]
            query, key = look.query[:, 0], look.key[:, 0]
        own.append(compare(query, key).undivided.spread)
        drawn = untrained(architecture)(np.random.default_rng(seed))(query.shape[-1])
        measured.append(compare(*drawn).undivided.spread)
    assert np.mean(measured) == pytest.approx(np.mean(own), rel=0.25)


def test_the_same_seeds_give_the_same_numbers() -> None:
    first, second = (by_width(untrained(GRU)) for _ in range(2))
    assert first == second
    assert all(isinstance(one, Compared) for one in first)


def test_only_products_can_be_divided() -> None:
    kinds = {name for name in ATTENTIONS if can_be_divided(GRU._replace(attention=name))}
    assert kinds == {"scaled_dot", "dot"}
    assert can_be_divided(TRANSFORMER)
