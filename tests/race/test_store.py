"""Races among runs: whose they are, who may do what, and what goes to make room."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from seqflip.config.section import ConfigError
from seqflip.race.config import RaceConfig
from seqflip.race.folder import Race, create_race
from seqflip.runs.quota import expected_bytes
from seqflip.runs.run import RunError, RunInfo, UnknownRun
from seqflip.runs.store import RunStore
from seqflip.server.launcher import Launched, Launcher, LaunchError, NotYours
from seqflip.server.limits import ServerLimits
from tests.processes import until
from tests.race.small import SETTINGS, small_race
from tests.standing import stand


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    return RunStore(tmp_path / "runs")


@pytest.fixture
def launcher(store: RunStore) -> Iterator[Launcher]:
    launcher = Launcher(store, ServerLimits(runs=store.root, workers=1))
    yield launcher
    launcher.close()


@pytest.fixture
def race(store: RunStore) -> Race:
    race = create_race(store.root, small_race(), RunInfo(name="mine"))
    stand(race, state="finished")
    return race


@pytest.fixture
def running(launcher: Launcher) -> Launched:
    training = {**SETTINGS["training"], "epochs": 1000}
    config = RaceConfig(**{**SETTINGS, "training": training}, variants=small_race().variants)
    launched = launcher.start_race(config, name="mine", preset="race-attention")
    until(lambda: launched.run.status().step > 2)
    return launched


def test_a_race_is_no_run_but_its_lanes_are(store: RunStore, race: Race) -> None:
    assert {run.id for run in store.runs()} == {run.id for run in race.lanes()}
    assert [run.id for run in store.races()] == [race.id]
    assert store.find(race.id).is_race()
    with pytest.raises(UnknownRun, match="is a race, not a run"):
        store.get(race.id)
    assert [run.race().id for run in race.lanes()] == [race.id] * 2  # type: ignore[union-attr]


def test_a_race_is_deleted_with_its_lanes(store: RunStore, race: Race) -> None:
    store.delete(race)
    assert store.runs() == store.races() == []


def test_a_lane_may_go_once_the_race_is_over(store: RunStore, race: Race) -> None:
    stand(race, state="paused")
    with pytest.raises(RunError, match="runs in a race that has not ended"):
        store.delete(race.lanes()[0])
    stand(race, state="finished")
    store.delete(race.lanes()[0])
    assert [run is not None for run in race.variants().values()] == [False, True]
    assert store.races()
    store.delete(race.lanes()[0])
    assert not store.races()


def test_a_race_makes_room_as_a_whole_unless_a_lane_is_kept(store: RunStore, race: Race) -> None:
    store.max_bytes = store.used_bytes() + expected_bytes(race.lanes()[0].config()) - 100
    assert [run.id for run in store.doomed(race.lanes()[0].config())] == [race.id]
    store.keep(race.lanes()[1], True)
    with pytest.raises(RunError, match="there is no room"):
        store.doomed(race.lanes()[0].config())


def test_the_launcher_trains_it_and_its_owner_controls_all_lanes(
    launcher: Launcher, running: Launched
) -> None:
    race, token = Race(running.run.folder), running.token
    assert race.info().preset == "race-attention"
    with pytest.raises(NotYours):
        launcher.command(race.id, None, "pause")
    launcher.command(race.id, token, "pause")
    until(lambda: {one.status().state for one in (race, *race.lanes())} == {"paused"})
    launcher.adjust(race.id, token, probe="1 2 3")
    launcher.command(race.id, token, "stop")
    until(lambda: race.status().state == "stopped")


def test_a_killed_race_can_be_taken_up_again(launcher: Launcher, running: Launched) -> None:
    race = Race(running.run.folder)
    pid = race.status().pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    until(lambda: race.status().state == "interrupted")
    assert {run.status().state for run in race.lanes()} == {"interrupted"}
    launcher.command(race.id, running.token, "run")
    step = race.status().step
    until(lambda: race.status().state == "running" and race.status().step > step)
    assert {run.status().state for run in race.lanes()} == {"running"}


def test_a_lane_cannot_be_controlled_alone_while_the_race_has_it(
    launcher: Launcher, running: Launched
) -> None:
    lane = running.run.lanes()[0]
    for command in ("pause", "stop", "run"):
        with pytest.raises(LaunchError, match="runs in the race mine; the Race page controls all"):
            launcher.command(lane.id, running.token, command)
    with pytest.raises(LaunchError, match="runs in the race"):
        launcher.resume(lane.id, running.token)


def test_what_is_too_large_for_the_server_is_refused(store: RunStore) -> None:
    def check(race: RaceConfig, **bounds: int) -> None:
        ServerLimits(**bounds).check_race(race)  # type: ignore[arg-type]

    wide = small_race(narrow=None, wide={"model": {"d_model": 512}})
    with pytest.raises(ConfigError, match=r"wide: model\.d_model must be smaller than 512"):
        check(wide, max_parameters=10_000)
    with pytest.raises(ConfigError, match=r"all variants and seeds take 96 steps"):
        check(small_race(seeds=2), max_steps=95)
    with pytest.raises(ConfigError, match="seeds must be at most 5 on this server, not 6"):
        check(small_race(seeds=6))
    check(small_race(seeds=5))
