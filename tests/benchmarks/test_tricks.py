"""A trick is faster, never different."""

import numpy as np
import pytest

from benchmarks.tricks import Trick, best_times, tricks


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
