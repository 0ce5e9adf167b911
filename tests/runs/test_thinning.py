"""A long curve with few points keeps its extremes where they were."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqflip.runs.thinning import Records, Thinner

DTYPE = np.dtype([("step", "<u8"), ("loss", "<f8"), ("accuracy", "<f8")])


def records(loss: list[float], first_step: int = 1) -> Records:
    found = np.zeros(len(loss), DTYPE)
    found["step"] = np.arange(first_step, first_step + len(loss))
    found["loss"] = loss
    found["accuracy"] = -np.array(loss)
    return found


def thinner(max_points: int = 20) -> Thinner:
    return Thinner(["loss", "accuracy"], max_points)


def test_a_short_curve_is_shown_as_it_is() -> None:
    thin = thinner()
    thin.add(records([3.0, 1.0, 2.0]))
    line = thin.lines()["loss"]
    assert line.step.tolist() == [1, 2, 3]
    assert line.value.tolist() == [3.0, 1.0, 2.0]
    assert (thin.stretch, thin.revision) == (1, 0)


def test_nothing_added_is_nothing_shown() -> None:
    assert thinner().lines()["loss"].step.tolist() == []


@given(
    n=st.integers(1, 3000),
    chunks=st.lists(st.integers(1, 400), min_size=1, max_size=5),
    max_points=st.integers(8, 200),
    seed=st.integers(0, 100),
)
def test_extremes_stay_and_no_point_is_invented(
    n: int, chunks: list[int], max_points: int, seed: int
) -> None:
    values = np.random.default_rng(seed).normal(size=n)
    everything = records(values.tolist())
    thin = thinner(max_points)
    start = i = 0
    while start < n:
        stop = start + chunks[i % len(chunks)]
        thin.add(everything[start:stop])
        start, i = stop, i + 1
    for metric, sign in (("loss", 1), ("accuracy", -1)):
        line = thin.lines()[metric]
        assert len(line.step) <= max_points
        assert (np.diff(line.step) > 0).all()
        assert (line.value == sign * values[line.step - 1]).all()
        assert line.value.min() == (sign * values).min()
        assert line.value.max() == (sign * values).max()
        assert line.step[-1] == n
        # Every stretch has its own extremes: no stretch is left out.
        assert (np.diff(line.step) <= 2 * thin.stretch).all()


def test_the_way_records_arrive_makes_no_difference() -> None:
    values = np.random.default_rng(0).normal(size=1000).tolist()
    at_once, one_by_one = thinner(), thinner()
    at_once.add(records(values))
    for i, value in enumerate(values, start=1):
        one_by_one.add(records([value], i))
    for metric in ("loss", "accuracy"):
        a, b = at_once.lines()[metric], one_by_one.lines()[metric]
        assert a.step.tolist() == b.step.tolist()
        assert a.value.tolist() == b.value.tolist()


def test_the_revision_grows_only_when_older_points_changed() -> None:
    thin = thinner()
    seen: dict[int, list[int]] = {}
    for step in range(1, 300):
        thin.add(records([float(step % 7)], step))
        steps = thin.lines()["loss"].step.tolist()
        settled = steps[: len(steps) - 3]
        before = seen.setdefault(thin.revision, settled)
        common = min(len(settled), len(before))
        assert settled[:common] == before[:common]
        seen[thin.revision] = settled
    assert thin.revision == len(seen) - 1 > 2


def test_numbers_that_are_none_do_not_hide_the_others() -> None:
    thin = thinner(8)
    thin.add(records([np.nan, 5.0, np.nan, 1.0] * 20))
    value = thin.lines()["loss"].value
    assert 5.0 in value
    assert 1.0 in value


def test_too_few_points_are_refused() -> None:
    with pytest.raises(ValueError, match="max_points must be at least 8, and 4 is not"):
        thinner(4)
