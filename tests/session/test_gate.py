"""Where a training waits between two steps."""

import threading
from pathlib import Path

import pytest

from seqflip.runs.control import Command, Control, write_control
from seqflip.session.gate import Gate
from tests.processes import until


class Clock:
    """A clock that moves only when somebody sleeps or works."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


class Training:
    """Notes what it is told, and leaves when it has paused often enough."""

    def __init__(self, pauses: int = 1) -> None:
        self.told: list[str] = []
        self.pauses = pauses
        self.done = 0

    def is_leaving(self) -> bool:
        return self.pauses == 0

    def progress(self) -> tuple[int, int]:
        return self.done, 100

    def adopt(self, control: Control) -> None:
        self.told.append(f"adopt {control.command}")

    def pause(self, *, again: bool) -> None:
        self.pauses -= 1
        self.told.append("pause again" if again else "pause")

    def go_on(self) -> None:
        self.told.append("go on")


def wish(folder: Path, serial: int, command: Command, delay_seconds: float = 0.0) -> None:
    control = Control(serial=serial, command=command, delay_seconds=delay_seconds)
    write_control(folder, control)


def paused_then(folder: Path, command: Command) -> tuple[Gate, Training]:
    """Return a gate that held its training until this was wished for, and the training."""
    wish(folder, 1, "pause")
    training = Training(pauses=2)
    gate = Gate(folder, training)
    waiting = threading.Thread(target=gate.stops)
    waiting.start()
    until(lambda: training.told == ["pause"])
    wish(folder, 2, command)
    waiting.join(60)
    return gate, training


def test_without_a_wish_it_is_open(tmp_path: Path) -> None:
    training = Training()
    assert not Gate(tmp_path, training).stops()
    assert training.told == []


def test_it_says_when_to_stop(tmp_path: Path) -> None:
    wish(tmp_path, 1, "stop")
    assert Gate(tmp_path, Training()).stops()


def test_a_single_step_is_done_once(tmp_path: Path) -> None:
    wish(tmp_path, 1, "step")
    training = Training()
    gate = Gate(tmp_path, training)
    assert not gate.stops()
    assert training.told == []
    assert not gate.stops()  # waits until the training leaves
    assert training.told == ["pause"]
    assert gate.paused


def test_it_says_whether_it_pauses_again_after_a_single_step(tmp_path: Path) -> None:
    gate, training = paused_then(tmp_path, "step")
    assert not gate.stops()
    assert training.told == ["pause", "adopt step", "pause again"]


def test_going_on_after_a_pause_is_told_once(tmp_path: Path) -> None:
    gate, training = paused_then(tmp_path, "run")
    assert not gate.stops()
    assert training.told == ["pause", "adopt run", "go on"]
    assert not gate.paused


def test_a_slow_step_waits_until_it_is_let_go(tmp_path: Path) -> None:
    wish(tmp_path, 1, "run", delay_seconds=10.0)
    training = Training()
    gate = Gate(tmp_path, training)
    waiting = threading.Thread(target=gate.stops)
    waiting.start()
    wish(tmp_path, 2, "run")
    waiting.join(5)
    assert not waiting.is_alive()


@pytest.fixture
def clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock of a lecture of twenty seconds."""
    write_control(tmp_path, Control(lecture_seconds=20.0))
    made = Clock()
    monkeypatch.setattr("seqflip.session.gate.time", made)
    return made


def test_at_lecture_pace_the_first_quarter_of_the_steps_has_half_of_the_time(
    tmp_path: Path, clock: Clock
) -> None:
    training = Training()
    gate = Gate(tmp_path, training)
    reached = []
    for training.done in range(100):
        assert not gate.stops()
        clock.now += 0.02  # what the step itself takes
        reached.append(clock.now)
    assert reached[24] == pytest.approx(10, abs=0.2)
    assert reached[-1] == pytest.approx(20, abs=0.2)


def test_at_lecture_pace_a_slow_machine_does_not_wait(tmp_path: Path, clock: Clock) -> None:
    training = Training()
    gate = Gate(tmp_path, training)
    for training.done in range(100):
        clock.now += 3.0
        before = clock.now
        assert not gate.stops()
        assert clock.now == before
