"""Positions: each kind by its definition."""

import numpy as np
import pytest

from seqflip.nn import POSITIONS
from seqflip.nn.gradcheck import relative_error
from seqflip.nn.parameters import Parameters
from seqflip.nn.transformer.heads import split
from seqflip.nn.transformer.positions import Places
from seqflip.nn.transformer.rotation import Rotation
from seqflip.nn.transformer.sinusoids import sinusoids
from tests.nn.gradients import buffers

FLOAT = np.dtype(np.float64)


def test_sinusoids_are_those_of_the_paper() -> None:
    waves = sinusoids(np.arange(20.0), 6)
    for place in (0, 1, 7, 19):
        for i in range(3):
            angle = place / 10_000 ** (2 * i / 6)
            np.testing.assert_allclose(waves[place, 2 * i], np.sin(angle), rtol=1e-12)
            np.testing.assert_allclose(waves[place, 2 * i + 1], np.cos(angle), rtol=1e-12)


def test_an_odd_width_ends_with_a_sine() -> None:
    waves = sinusoids(np.arange(4.0), 5)
    np.testing.assert_allclose(waves[:, 4], np.sin(np.arange(4) / 10_000**0.8), rtol=1e-12)


def test_a_turned_product_depends_on_the_distance_alone() -> None:
    rng = np.random.default_rng(0)
    query, key = rng.standard_normal((2, 1, 1, 6))

    def product(first: float, second: float) -> float:
        turned = [
            Rotation.at(np.array([[place]]), 6).turn(split(x, 1), buffers())
            for x, place in ((query, first), (key, second))
        ]
        return float(np.sum(turned[0] * turned[1]))

    np.testing.assert_allclose(product(3, 1), product(40, 38), rtol=1e-12)
    assert abs(product(3, 1) - product(3, 2)) > 1e-3
    np.testing.assert_allclose(product(5, 5), float(np.sum(query * key)), rtol=1e-12)


def test_turning_back_undoes_the_turn() -> None:
    x = np.random.default_rng(0).standard_normal((2, 3, 5, 4))
    rotation = Rotation.at(np.arange(5.0)[None], 4)
    turned = rotation.turn(x, buffers())
    rotation.turn_back(turned)
    np.testing.assert_allclose(turned, x, rtol=1e-12)


@pytest.mark.parametrize("name", [name for name in POSITIONS if name != "randomised"])
def test_words_stand_one_behind_the_other(name: str) -> None:
    places = POSITIONS[name](None, 4, 4, 9).places(
        np.array([2.0, 3.0]), 3, np.random.default_rng(0)
    )
    assert places.of(2, 3, None, FLOAT).tolist() == [[2, 3, 4]]


def spread(lengths: list[float], rng: np.random.Generator | None) -> Places:
    return POSITIONS["randomised"](None, 4, 4, 99).places(np.array(lengths, float), 4, rng)


def test_in_use_randomised_places_are_those_in_the_mean() -> None:
    places = spread([4, 1], None).of(0, 4, None, FLOAT)
    assert places.tolist() == [[20, 40, 60, 80], [50, 100, 150, 200]]
    rng = np.random.default_rng(0)
    drawn = np.mean([spread([4, 1], rng).of(0, 4, rng, FLOAT) for _ in range(4000)], axis=0)
    assert relative_error(drawn, places) < 0.03


def test_in_training_they_are_drawn_in_order_and_go_on_behind_the_source() -> None:
    rng = np.random.default_rng(0)
    drawn = spread([4, 4], rng)
    source, target = drawn.of(0, 4, rng, FLOAT), drawn.of(0, 6, rng, FLOAT)
    np.testing.assert_array_equal(source, target[:, :4])
    assert (np.diff(target, axis=1) > 0).all()
    assert not np.array_equal(source[0], source[1])


def test_behind_the_last_learned_place_all_places_are_that_one() -> None:
    table = Parameters({"weight": (3, 2)}, np.float64)["weight"]
    table.value[...] = [[1, 2], [3, 4], [5, 6]]
    learned = POSITIONS["learned"](table, 2, 2, 3)
    added = learned.added(np.arange(5.0)[None])
    assert added is not None
    assert added[0].tolist() == [[1, 2], [3, 4], [5, 6], [5, 6], [5, 6]]
