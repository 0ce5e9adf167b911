"""How often to do what takes time away from training."""

import pytest

from seqflip.system.pace import Pace


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("seqflip.system.pace.time.monotonic", clock)
    return clock


@pytest.mark.parametrize(("cost", "wait"), [(0.0, 0.5), (0.001, 0.5), (0.01, 1.0), (0.2, 20.0)])
def test_what_is_costly_is_done_less_often(clock: Clock, cost: float, wait: float) -> None:
    pace = Pace(seconds=0.5, share=0.01)
    assert pace.is_due()
    with pace:
        clock.now += cost
    clock.now += wait * 0.99
    assert not pace.is_due()
    clock.now += wait * 0.02
    assert pace.is_due()


def test_it_can_be_due_at_once(clock: Clock) -> None:
    pace = Pace(seconds=0.5, share=0.01)
    with pace:
        pass
    assert not pace.is_due()
    pace.now()
    assert pace.is_due()
