"""What the launcher makes of a cluster that loses a run, shrinks, or cannot train it."""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast

import pytest

from seqflip.cli.main import main
from seqflip.config.config import Config
from seqflip.runs.lock import Claim, RunLock, is_held
from seqflip.runs.run import write_status
from seqflip.runs.store import RunStore
from seqflip.server.cluster.cluster import Cluster
from seqflip.server.cluster.process import ClusterProcess
from seqflip.server.launcher import Launcher
from seqflip.server.limits import ServerLimits
from tests.processes import until


class Handed(ClusterProcess):
    """A run that no machine begins, until it is said what becomes of it."""

    def __init__(self, folder: Path, lock: RunLock) -> None:
        self.claim = Claim(folder)
        self.ended, self.said, self.closed = False, cast("str | None", None), False
        lock.close()

    def leave(self, reason: str) -> None:
        self.ended = True

    def has_ended(self) -> bool:
        return self.ended or self.closed

    def waits(self) -> bool:
        return not self.ended

    def killed_by(self) -> str | None:
        return None if self.said else "SIGKILL"

    def problem(self) -> str | None:
        return self.said

    def wait(self, seconds: float) -> None:
        self.close()

    def close(self) -> None:
        self.closed = True
        self.claim.close()


class Machines(Cluster):
    """A cluster that only says that it trains."""

    def __init__(self) -> None:
        self.handed: list[Handed] = []
        self.places, self.wrong = 2, cast("str | None", None)

    def threads(self) -> int:
        return self.places

    def trouble(self) -> str | None:
        return self.wrong

    def train(self, folder: Path, lock: RunLock) -> ClusterProcess:
        self.handed.append(Handed(folder, lock))
        return self.handed[-1]

    def close(self) -> None:
        """There is nothing to close."""


@pytest.fixture
def machines() -> Machines:
    return Machines()


@pytest.fixture
def launcher(machines: Machines, tmp_path: Path) -> Iterator[Launcher]:
    root = tmp_path / "runs"
    with contextlib.closing(
        Launcher(RunStore(root), ServerLimits(runs=root), cluster=machines)
    ) as made:
        yield made


def becomes(condition: Callable[[], object]) -> None:
    until(condition, seconds=10)


def test_a_run_that_is_lost_without_a_step_further_is_handed_on_three_times(
    launcher: Launcher, machines: Machines
) -> None:
    run = launcher.start(Config()).run
    for times in (1, 2, 3):
        becomes(lambda times=times: len(machines.handed) == times)  # type: ignore[misc]
        assert run.status().state == "queued"
        machines.handed[-1].ended = True
    becomes(lambda: not is_held(run.folder))
    assert len(machines.handed) == 3
    status = run.status()
    assert (status.state, status.message) == (
        "interrupted",
        "The process was ended from outside (SIGKILL).",
    )


def test_a_cluster_that_is_gone_has_nothing_against_the_run(
    launcher: Launcher, machines: Machines
) -> None:
    run = launcher.start(Config()).run
    for times in range(1, 6):
        becomes(lambda times=times: len(machines.handed) == times)  # type: ignore[misc]
        machines.wrong, machines.places = "it does not answer", 0
        machines.handed[-1].ended = True
        becomes(lambda: run.status().message == "Waiting for its turn: it does not answer.")
        machines.wrong, machines.places = None, 1
    assert run.status().state == "queued"


def test_what_no_machine_can_train_fails_and_says_why(
    launcher: Launcher, machines: Machines
) -> None:
    run = launcher.start(Config()).run
    becomes(lambda: machines.handed)
    machines.handed[0].said = "it does not see the folder."
    machines.handed[0].ended = True
    becomes(lambda: run.status().state == "failed")
    assert run.status().message == "it does not see the folder."
    becomes(lambda: not is_held(run.folder))


def test_a_cluster_that_shrinks_has_fewer_places(launcher: Launcher, machines: Machines) -> None:
    first, second = (launcher.start(Config()).run for _ in range(2))
    becomes(lambda: len(machines.handed) == 2)
    machines.places = 1
    becomes(lambda: any(handed.closed for handed in machines.handed))
    assert {launcher.place(first.id), launcher.place(second.id)} == {1, 2}
    machines.places = 2
    becomes(lambda: len(machines.handed) == 3)
    assert is_held(first.folder)
    assert is_held(second.folder)


def test_who_waits_on_the_cluster_can_be_taken_out_of_the_queue(
    launcher: Launcher, machines: Machines
) -> None:
    launched = launcher.start(Config())
    run = launched.run
    becomes(lambda: machines.handed)
    assert launcher.place(run.id) == 1
    becomes(lambda: "no worker of the cluster has begun it yet" in run.status().message)
    launcher.command(run.id, launched.token, "pause")
    assert (run.status().state, launcher.place(run.id)) == ("paused", None)
    assert machines.handed[0].closed


def test_what_was_to_leave_a_worker_that_died_has_left(
    launcher: Launcher, machines: Machines, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = launcher.start(Config()).run
    becomes(lambda: machines.handed)
    with RunLock(run.folder):  # a worker trains it
        monkeypatch.setattr(Handed, "leave", lambda self, reason: None)
        monkeypatch.setattr(machines.handed[0], "waits", lambda: False)
        launcher.watch(run.id, "somebody")
        launcher.limits = ServerLimits(grace_seconds=0)
        launcher.leave("somebody")
        becomes(lambda: launcher._jobs[run.id].leaving)
    monkeypatch.setattr(machines.handed[0], "waits", lambda: True)
    becomes(lambda: run.status().state == "paused")
    becomes(lambda: not is_held(run.folder))


def test_what_has_just_ended_stays_ended(launcher: Launcher, machines: Machines) -> None:
    launched = launcher.start(Config())
    run = launched.run
    becomes(lambda: machines.handed)
    with RunLock(run.folder):
        status = run.status()
        status.state, status.pid = "finished", None
        write_status(run, status)
    launcher.command(run.id, launched.token, "stop")
    machines.handed[0].ended = True
    becomes(lambda: not is_held(run.folder))
    assert run.status().state == "finished"


def test_the_command_line_leaves_it_alone(
    launcher: Launcher, machines: Machines, capsys: pytest.CaptureFixture[str]
) -> None:
    run = launcher.start(Config()).run
    becomes(lambda: machines.handed)
    assert main(["--resume", str(run.folder)]) == 2
    assert "another process is training this run" in capsys.readouterr().err
