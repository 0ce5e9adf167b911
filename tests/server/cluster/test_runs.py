"""Runs that a cluster trains: a real one of several processes, some of which are killed."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from seqflip.config.config import Config
from seqflip.config.files import dump_config, load_config
from seqflip.race.folder import Race
from seqflip.runs.lock import is_held, is_trained
from seqflip.runs.run import Run
from seqflip.runs.store import RunStore
from seqflip.server.cluster.cluster import Cluster
from seqflip.server.cluster.connection import connect
from seqflip.server.cluster.task import LEAVE, CannotTrain, train
from seqflip.server.launcher import Launcher
from seqflip.server.limits import ServerLimits
from tests.cluster import LocalCluster, parent_of
from tests.launching import expect_closing_saves_everything, state, trains
from tests.processes import ENVIRONMENT, finish, left_behind, until, write_config
from tests.race.small import small_race

pytestmark = pytest.mark.xdist_group("cluster")

MakeLauncher = Callable[..., Launcher]


@pytest.fixture
def make_launcher(cluster: LocalCluster, tmp_path: Path) -> Iterator[MakeLauncher]:
    launchers: list[Launcher] = []

    def make(**settings: int) -> Launcher:
        root = tmp_path / "runs"
        limits = ServerLimits.model_validate({"runs": root, **settings})
        launchers.append(Launcher(RunStore(root), limits, cluster=Cluster(cluster.address)))
        return launchers[-1]

    yield make
    for launcher in launchers:
        launcher.close()


@pytest.fixture(scope="module")
def longer(tmp_path_factory: pytest.TempPathFactory) -> Config:
    """A run that takes so long that it can be disturbed."""
    return load_config(write_config(tmp_path_factory.mktemp("longer"), "epochs: 8"))


@pytest.fixture(scope="module")
def undisturbed(longer: Config, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What that run leaves behind, trained by the command line."""
    folder = tmp_path_factory.mktemp("undisturbed")
    (folder / "config.yaml").write_text(dump_config(longer), encoding="utf-8")
    finish("--config", folder / "config.yaml", "--run-dir", folder / "run", "--quiet")
    return left_behind(folder / "run")


def kill(pid: int | None) -> None:
    assert pid is not None
    os.kill(pid, signal.SIGKILL)


def trained_by(run: Run) -> int:
    """Return the process that trains a run, or 0."""
    status = run.status()
    return status.pid or 0 if status.state == "running" else 0


def ended(run: Run) -> bool:
    return state(run) == "finished" and not is_held(run.folder)


def test_a_run_is_trained_as_it_would_be_here(
    launcher: Launcher, longer: Config, undisturbed: dict[str, Any]
) -> None:
    run = launcher.start(longer).run
    seen = set()

    def looked_at_until_it_ended() -> bool:
        seen.add(state(run))
        return ended(run)

    until(looked_at_until_it_ended)
    assert seen <= {"queued", "running", "finished"}  # nobody ever takes it for one that was left
    assert left_behind(run.folder) == undisturbed
    assert {path.name for path in run.folder.iterdir()} >= {"claim", "lock", "worker.log"}
    assert not (run.folder / LEAVE).exists()


def test_it_is_controlled_as_ever(launcher: Launcher, endless: Config) -> None:
    launched = launcher.start(endless, command="pause")
    run, token = launched.run, launched.token
    until(lambda: state(run) == "paused" and run.status().pid is not None)
    assert run.status().step == 0
    for step in (1, 2):
        launcher.command(run.id, token, "step")
        until(lambda step=step: state(run) == "paused" and run.status().step == step)  # type: ignore[misc]
    launcher.adjust(run.id, token, learning_rate=0.0005, delay_seconds=0.01, probe="3 1")
    launcher.command(run.id, token, "run")
    until(lambda: run.status().step > 10)
    status = run.status()
    assert (status.state, status.delay_seconds) == ("running", 0.01)
    assert status.learning_rate == pytest.approx(0.0005, rel=0.05)  # it falls from step to step
    assert launcher.place(run.id) is None
    launcher.command(run.id, token, "stop")
    until(lambda: state(run) == "stopped" and not is_held(run.folder))
    assert (run.metrics() or {})["reason"] == "stopped"


def test_it_has_a_place_for_each_thread_and_others_wait(
    launcher: Launcher, cluster: LocalCluster, endless: Config, quick: Config
) -> None:
    cluster.ensure(2)
    first, second = launcher.start(endless), launcher.start(endless)
    third, fourth = launcher.start(quick), launcher.start(quick)
    all_four = (first, second, third, fourth)
    # The server looks only now and then whether a machine far away has begun.
    until(lambda: [launcher.place(one.run.id) for one in all_four] == [None, None, 1, 2])
    until(lambda: trains(first) and trains(second))
    assert state(third.run) == "queued"
    launcher.command(fourth.run.id, fourth.token, "pause")
    assert (state(fourth.run), launcher.place(fourth.run.id)) == ("paused", None)
    launcher.command(first.run.id, first.token, "stop")
    until(lambda: ended(third.run))


@pytest.mark.thorough
def test_a_run_that_pauses_gives_its_place_to_another(
    make_launcher: MakeLauncher, endless: Config, quick: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("seqflip.server.launcher.YIELD_SECONDS", 0.0)
    launcher = make_launcher(workers=1)  # fewer than there are threads
    paused = launcher.start(endless)
    until(lambda: trains(paused))
    waiting = launcher.start(quick)
    assert launcher.place(waiting.run.id) == 1
    launcher.command(paused.run.id, paused.token, "pause")
    until(lambda: ended(waiting.run))
    status = paused.run.status()
    assert (status.state, status.pid) == ("paused", None)
    assert "to make place" in status.message


def test_nothing_trains_unseen_for_ever(make_launcher: MakeLauncher, endless: Config) -> None:
    launcher = make_launcher(grace_seconds=0)
    launched = launcher.start(endless)
    launcher.watch(launched.run.id, "somebody")
    until(lambda: trains(launched))
    launcher.leave("somebody")
    until(lambda: state(launched.run) == "paused")
    assert "as nobody was watching" in launched.run.status().message
    until(lambda: not is_held(launched.run.folder))
    assert not (launched.run.folder / LEAVE).exists()


def test_closing_saves_everything(make_launcher: MakeLauncher, endless: Config) -> None:
    expect_closing_saves_everything(make_launcher(workers=1), endless)


def test_a_race_is_trained_with_all_its_lanes(launcher: Launcher) -> None:
    launched = launcher.start_race(small_race(seeds=2))
    until(lambda: ended(launched.run))
    assert [one["over"] for one in Race(launched.run.folder).results()["rounds"]] == [True, True]
    for lane in launched.run.lanes():
        assert (state(lane), lane.status().step, is_held(lane.folder)) == ("finished", 24, False)


def test_what_is_killed_goes_on_elsewhere_once_its_orphan_has_left(
    launcher: Launcher, cluster: LocalCluster, longer: Config, undisturbed: dict[str, Any]
) -> None:
    cluster.ensure(2)
    run = launcher.start(longer, lecture_seconds=10).run
    until(lambda: run.checkpoint_path.exists())
    first = run.status().pid or 0
    kill(first)
    until(lambda: trained_by(run) not in (0, first, os.getpid()))
    orphan = trained_by(run)
    os.kill(orphan, signal.SIGSTOP)  # so that it cannot leave at once
    try:
        cluster.kill_worker(parent_of(orphan))
        until(lambda: cluster.threads() == 1)
        assert state(run) == "running"
        assert is_trained(run.folder)
    finally:
        os.kill(orphan, signal.SIGCONT)
    until(lambda: ended(run))
    assert left_behind(run.folder) == undisturbed


SERVE_AND_WAIT = """
import sys
from pathlib import Path
from seqflip.config.files import load_config
from seqflip.server.cluster.cluster import Cluster
from seqflip.server.cluster.connection import connect
from seqflip.server.cluster.task import LEAVE, CannotTrain, train
from seqflip.server.launcher import Launcher
from seqflip.runs.store import RunStore
from seqflip.server.limits import ServerLimits
root = Path(sys.argv[1])
launcher = Launcher(RunStore(root), ServerLimits(runs=root), cluster=Cluster(sys.argv[3]))
print(launcher.start(load_config(sys.argv[2])).run.id, flush=True)
sys.stdin.read()
"""


def test_nothing_outlives_a_killed_server(
    cluster: LocalCluster, endless: Config, tmp_path: Path
) -> None:
    arguments = [str(tmp_path / "runs"), str(tmp_path / "config.yaml"), cluster.address]
    command = [sys.executable, "-c", SERVE_AND_WAIT, *arguments]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, env=ENVIRONMENT, **pipes) as server:  # type: ignore[call-overload]
        run = Run(tmp_path / "runs" / server.stdout.readline().strip())
        until(lambda: run.status().step > 5)
        server.kill()
    until(lambda: not is_held(run.folder), seconds=5)
    status = run.status()
    assert (status.state, status.pid) == ("interrupted", None)
    assert "as the server ended" in status.message
    assert run.checkpoint_path.exists()


def test_a_machine_that_cannot_train_says_why(cluster: LocalCluster, tmp_path: Path) -> None:
    with connect(cluster.address) as client:
        with pytest.raises(CannotTrain, match="does not see this run: runs must lie on a disk"):
            client.submit(train, Path("/no/where"), pure=False).result()
        with pytest.raises(CannotTrain, match="does not see who holds this run"):
            client.submit(train, tmp_path, pure=False).result()


@pytest.mark.thorough
def test_where_the_scheduler_is_killed_runs_are_told_and_go_on_when_it_is_back(
    launcher: Launcher, cluster: LocalCluster, longer: Config, undisturbed: dict[str, Any]
) -> None:
    disturbed = launcher.start(longer)
    until(lambda: disturbed.run.checkpoint_path.exists())
    cluster.scheduler.kill()
    told = "Waiting for its turn: the cluster does not answer."
    until(lambda: disturbed.run.status().message == told)
    later = launcher.start(longer)
    assert (state(later.run), later.run.status().message) == ("queued", told)
    assert launcher.longest_wait(later.run.id) is None
    launcher.command(later.run.id, later.token, "pause")
    assert state(later.run) == "paused"
    launcher.command(later.run.id, later.token, "run")
    cluster.start_scheduler()
    no_workers = "Waiting for its turn: the cluster has no workers."
    until(lambda: later.run.status().message == no_workers)
    cluster.ensure(1)
    until(lambda: ended(disturbed.run) and ended(later.run))
    assert left_behind(disturbed.run.folder) == undisturbed
    assert left_behind(later.run.folder) == undisturbed
