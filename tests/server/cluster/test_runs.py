"""Runs that a cluster trains: a real one of several processes, some of which are killed."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from seqflip.config.config import Config
from seqflip.config.files import load_config
from seqflip.runs.lock import is_held, is_trained
from seqflip.runs.run import Run
from seqflip.runs.store import RunStore
from seqflip.server.cluster.cluster import Cluster
from seqflip.server.launcher import Launched, Launcher, LaunchError
from seqflip.server.limits import ServerLimits
from tests.cluster import LocalCluster, parent_of
from tests.processes import ENVIRONMENT, finish, left_behind, until, write_config
from tests.race.small import small_race

pytestmark = pytest.mark.xdist_group("cluster")

MakeLauncher = Callable[..., Launcher]


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCluster]:
    started = LocalCluster(tmp_path_factory.mktemp("cluster"))
    try:
        yield started
    finally:
        started.close()


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


@pytest.fixture
def launcher(make_launcher: MakeLauncher) -> Launcher:
    return make_launcher()


@pytest.fixture
def quick(tmp_path: Path) -> Config:
    """A run that is over in no time."""
    return load_config(write_config(tmp_path, "epochs: 2"))


@pytest.fixture
def longer(tmp_path: Path) -> Config:
    """A run that takes so long that it can be disturbed."""
    return load_config(write_config(tmp_path, "epochs: 20"))


@pytest.fixture
def endless(tmp_path: Path) -> Config:
    """A run that ends only if it is ended."""
    return load_config(write_config(tmp_path, "epochs: 1000"))


def state(run: Run) -> str:
    return run.status().state


def trains(launched: Launched) -> bool:
    return launched.run.status().step > 0


def kill(pid: int | None) -> None:
    assert pid is not None
    os.kill(pid, signal.SIGKILL)


def test_a_run_is_trained_to_its_end_as_it_would_be_here(
    launcher: Launcher, quick: Config, tmp_path: Path
) -> None:
    launched = launcher.start(quick)
    seen = set()
    until(lambda: seen.add(state(launched.run)) or state(launched.run) == "finished")  # type: ignore[func-returns-value]
    assert "interrupted" not in seen
    until(lambda: not is_held(launched.run.folder))
    here = tmp_path / "here"
    finish("--config", tmp_path / "config.yaml", "--run-dir", here, "--quiet")
    assert left_behind(launched.run.folder) == left_behind(here)
    assert not (launched.run.folder / "leave").exists()
