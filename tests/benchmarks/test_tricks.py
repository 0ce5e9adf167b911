"""A trick is faster, never different."""

import numpy as np
import pytest

from benchmarks.tricks import Trick, best_times, in_us, tricks


@pytest.mark.parametrize("trick", list(tricks()), ids=lambda trick: trick.name)
def test_both_ways_compute_the_same(trick: Trick) -> None:
    plain = np.array(trick.plain())
    np.testing.assert_allclose(trick.ours(), plain, rtol=1e-4, atol=1e-4)


def test_both_ways_are_timed() -> None:
    calls: list[str] = []

    def way(name: str) -> np.ndarray:
        calls.append(name)
        return np.zeros(1)

    plain, ours = best_times(
        Trick("sums", lambda: way("plain"), lambda: way("ours")), rounds=2, seconds=0.0
    )
    assert plain > 0
    assert ours > 0
    assert calls.count("plain") == calls.count("ours")


def test_times_are_written_in_microseconds() -> None:
    assert [in_us(2.66e-3), in_us(8.4e-6)] == ["2,660", "8.4"]
