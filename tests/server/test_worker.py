"""One run in a process of its own, and what it does when it is asked."""

import errno
import functools
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from seqflip.config.files import load_config
from seqflip.runs.control import Control, write_control
from seqflip.runs.creation import create_run
from seqflip.runs.eventlog import EventReader
from seqflip.runs.lock import RunLock, is_held
from seqflip.runs.run import Run, RunInfo
from seqflip.runs.steplog import read_curve
from seqflip.server import worker as module
from seqflip.server.processes import Spare, WorkerProcess
from tests.processes import ENVIRONMENT, finish, left_behind, until, write_config

Process = subprocess.Popen[bytes]


def make(folder: Path, training: str) -> Run:
    folder.mkdir(exist_ok=True)
    return create_run(folder / "run", load_config(write_config(folder, training)), RunInfo())


def start(run: Run, *options: str) -> Process:
    command = [sys.executable, "-m", "seqflip.server.worker", str(run.folder), *options]
    with open(run.folder / "worker.log", "wb") as log:
        return subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=log, stderr=log, env=ENVIRONMENT
        )


def is_paused_at(run: Run, step: int) -> bool:
    status = run.status()
    return (status.state, status.step) == ("paused", step)


def end(process: Process) -> None:
    process.kill()
    process.communicate()


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return make(tmp_path, "epochs: 1000")


@pytest.fixture
def worker(run: Run) -> Iterator[Process]:
    process = start(run)
    until(lambda: run.status().step > 0)
    yield process
    end(process)


@pytest.mark.thorough
def test_it_trains_as_the_command_line_does_bit_for_bit(tmp_path: Path) -> None:
    run = make(tmp_path, "epochs: 3")
    finish("--config", tmp_path / "config.yaml", "--run-dir", tmp_path / "cli", "--quiet")
    process = start(run)
    process.communicate(timeout=60)
    assert process.returncode == 0
    assert run.last_words() == ""
    assert left_behind(run.folder) == left_behind(tmp_path / "cli")


def test_pausing_and_stepping_changes_nothing_bit_for_bit(tmp_path: Path) -> None:
    run = make(tmp_path, "epochs: 2")
    undisturbed = make(tmp_path / "other", "epochs: 2")
    start(undisturbed).communicate(timeout=60)
    write_control(run.folder, Control(serial=1, command="pause"))
    process = start(run)
    for serial in range(2, 8):
        write_control(run.folder, Control(serial=serial, command="step", delay_seconds=0.01))
        until(functools.partial(is_paused_at, run, serial - 1))
    write_control(run.folder, Control(serial=9, command="run"))
    process.communicate(timeout=60)
    assert left_behind(run.folder) == left_behind(undisturbed.folder)
    reader = EventReader(run.events_path)
    reader.update()
    kinds = [marker["type"] for marker in reader.happenings().markers]
    assert kinds == ["Paused", "Resumed", "Finished"]


def test_the_learning_rate_can_be_changed(run: Run, worker: Process) -> None:
    write_control(run.folder, Control(serial=1, learning_rate=0.125))
    reader = EventReader(run.events_path)
    until(lambda: reader.update() and reader.happenings().markers)
    (marker,) = reader.happenings().markers
    assert (marker["type"], marker["learning_rate"]) == ("LearningRateChanged", 0.125)
    write_control(run.folder, Control(serial=2, command="pause", learning_rate=0.125))
    until(lambda: run.status().state == "paused")
    rates = read_curve(run.steps_path, 10_000).lines["learning_rate"]
    assert 0.1 < rates.value[rates.step > marker["step"]].max() <= 0.125
    assert rates.value[rates.step <= marker["step"]].max() <= 0.01


def test_a_changed_learning_rate_survives_a_kill(run: Run, worker: Process) -> None:
    write_control(run.folder, Control(serial=1, learning_rate=0.125))
    until(lambda: (run.status().learning_rate or 0) > 0.1)
    worker.kill()
    worker.wait()
    again = start(run)
    until(lambda: run.status().state == "running")
    write_control(run.folder, Control(serial=2, command="pause", learning_rate=0.125))
    until(lambda: run.status().state == "paused")
    assert (run.status().learning_rate or 0) > 0.1
    end(again)


def test_a_delay_slows_it_down_and_does_not_hold_up_what_is_asked(
    run: Run, worker: Process
) -> None:
    write_control(run.folder, Control(serial=1, delay_seconds=10))
    until(lambda: run.status().delay_seconds == 10)
    step = run.status().step
    write_control(run.folder, Control(serial=2, command="pause", delay_seconds=10))
    until(lambda: run.status().state == "paused", seconds=8)
    assert run.status().step <= step + 2


def test_a_typed_sequence_is_shown_while_it_is_paused(run: Run, worker: Process) -> None:
    write_control(run.folder, Control(serial=1, command="pause"))
    until(lambda: run.status().state == "paused")
    write_control(run.folder, Control(serial=2, command="pause", probe="5 6 7"))
    until(lambda: (run.live() or {})["probe"]["text"] == "5 6 7")
    assert (run.live() or {})["step"] == run.status().step


def test_it_stops_for_good(run: Run, worker: Process) -> None:
    write_control(run.folder, Control(serial=1, command="stop"))
    worker.wait(60)
    status = run.status()
    assert (status.state, status.reason, status.pid) == ("stopped", "stopped", None)
    assert status.message == f"Stopped at step {status.step:,}."
    assert (run.metrics() or {})["steps"] == status.step


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_interrupts_it(run: Run, worker: Process, number: signal.Signals) -> None:
    worker.send_signal(number)
    worker.wait(60)
    assert run.status().state == "interrupted"
    assert run.checkpoint_path.exists()


@pytest.mark.parametrize(
    ("words", "state", "message"),
    [
        ("", "interrupted", "Interrupted, as the server ended, at step"),
        ("Paused, as it is late,", "paused", "Paused, as it is late, at step"),
    ],
)
def test_it_lives_no_longer_than_its_lifeline(
    run: Run, words: str, state: str, message: str
) -> None:
    process = WorkerProcess()
    process.train(run.folder, RunLock(run.folder))
    until(lambda: run.status().step > 0)
    process.leave(words)
    until(process.has_ended)
    process.close()
    assert (run.status().state, run.status().pid) == (state, None)
    assert run.status().message.startswith(message)
    assert not is_held(run.folder)


def test_a_lifeline_that_ends_at_once_is_noticed_too(run: Run) -> None:
    process = WorkerProcess()
    process.train(run.folder, RunLock(run.folder))
    process.close()
    until(process.has_ended)
    assert run.status().state == "interrupted"


def test_one_that_is_told_of_no_run_ends_with_its_lifeline() -> None:
    process = WorkerProcess()
    process.close()
    until(process.has_ended)
    assert process.killed_by() is None


def test_a_spare_is_made_anew_when_it_was_taken_and_ends_with_its_server(run: Run) -> None:
    spare = Spare(delay_seconds=0.0)
    first = spare.take()
    assert first is not None
    first.train(run.folder, RunLock(run.folder))
    second = None
    while second is None:
        second = spare.take()
    assert second is not first
    until(lambda: run.status().step > 0)
    spare.close()
    assert spare.take() is None
    for process in (first, second):
        process.wait(0)
        assert process.has_ended()


def test_what_goes_wrong_is_said_in_the_status(run: Run) -> None:
    (run.folder / "checkpoint.npz").write_bytes(b"damaged")
    start(run).communicate(timeout=60)
    status = run.status()
    assert (status.state, status.pid) == ("failed", None)
    assert "checkpoint.npz: not a whole .npz file" in status.message
    assert run.last_words() == status.message


def test_a_full_disk_is_told_with_how_to_go_on(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*said: object, **how: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", str(run.folder / "weights.npz"))

    monkeypatch.setattr(module, "_open", full)
    monkeypatch.setattr(module, "print", full, raising=False)  # worker.log has no room either
    module.Worker(run).train()
    assert (run.status().state, run.status().message) == (
        "failed",
        "The disk is full, so weights.npz could not be written; make room, then Resume goes on "
        "from the last checkpoint.",
    )


def test_a_second_worker_is_refused(run: Run, worker: Process) -> None:
    second = subprocess.run(
        [sys.executable, "-m", "seqflip.server.worker", str(run.folder)],
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert second.returncode == 2
    assert "another process is training this run" in second.stderr
    assert run.status().pid == worker.pid


def test_a_run_that_was_stopped_can_go_on_and_has_no_final_numbers_meanwhile(
    run: Run, worker: Process
) -> None:
    write_control(run.folder, Control(serial=1, command="stop"))
    worker.wait(60)
    assert run.metrics() is not None
    step = run.status().step
    write_control(run.folder, Control(serial=2, command="run"))
    again = start(run)
    until(lambda: run.status().step > step)
    assert run.metrics() is None
    assert (run.status().state, run.status().reason) == ("running", None)
    end(again)
