"""A race in a folder: trained by a worker, paused, killed and taken up again."""

import functools
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from seqflip.race.config import RaceConfig
from seqflip.race.folder import Race, create_race
from seqflip.race.session import RaceSession
from seqflip.runs.control import Control, write_control
from seqflip.runs.creation import create_run
from seqflip.runs.lock import RunLock, is_held
from seqflip.runs.run import RunInfo
from seqflip.session.lane import Leave
from seqflip.session.opening import open_run
from seqflip.session.session import Session
from tests.processes import ENVIRONMENT, left_behind, until
from tests.race.small import SETTINGS, small_race

LONG = {**SETTINGS, "training": {**SETTINGS["training"], "epochs": 1000}}


def make(folder: Path, config: RaceConfig) -> Race:
    return create_race(folder / "runs", config, RunInfo(name="Attention"), "mine")


def work(race: Race) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "seqflip.server.worker", str(race.folder)]
    with open(race.folder / "worker.log", "wb") as log:
        return subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=ENVIRONMENT
        )


def steps_of(race: Race) -> list[int]:
    return [run.status().step for run in race.lanes()]


def timeless(value: Any) -> Any:
    """Return results without what a clock says."""
    if isinstance(value, dict):
        clocks = ("seconds", "steps_per_second", "sentence")
        return {name: timeless(one) for name, one in value.items() if name not in clocks}
    return [timeless(one) for one in value] if isinstance(value, list) else value


def test_each_lane_is_a_run_as_if_it_were_trained_alone(tmp_path: Path) -> None:
    race = make(tmp_path, small_race())
    status = RaceSession(race).train()
    assert (status.state, status.step, status.total_steps) == ("finished", 24, 24)
    assert status.message == race.results()["sentence"] != ""
    for (name, config), run in zip(race.race_config().lanes().items(), race.lanes(), strict=True):
        info = run.info()
        assert (info.name, info.race) == (f"Attention: {name}", "mine")
        assert not is_held(run.folder)
        alone = create_run(tmp_path / name, config, RunInfo())
        Session(alone, open_run(alone), lambda _: None).train()
        assert left_behind(run.folder) == left_behind(alone.folder)
        lane = race.results()["rounds"][0]["lanes"][name]
        assert lane["sequence_accuracy"] == pytest.approx(run.status().val_sequence_accuracy)
        assert (run.live() or {})["step"] == 24


def test_several_seeds_leave_their_curves_and_nothing_else(tmp_path: Path) -> None:
    race = make(tmp_path, small_race(seeds=2))
    RaceSession(race).train()
    rounds = race.results()["rounds"]
    assert [(one["seed"], one["over"]) for one in rounds] == [(0, True), (1, True)]
    assert [run.config().training.seed for run in race.lanes()] == [0, 0]
    assert not list((race.folder / "rounds").iterdir())


@pytest.mark.parametrize("after", [0, 5, 30])
def test_left_and_taken_up_again_it_finds_the_same(tmp_path: Path, after: int) -> None:
    undisturbed = make(tmp_path / "one", small_race(seeds=2))
    RaceSession(undisturbed).train()
    race = make(tmp_path / "other", small_race(seeds=2))
    session = RaceSession(race)
    looks, is_leaving = iter(range(100)), session.is_leaving

    def leave_after_some_steps() -> bool:
        if next(looks) == after:
            session.leave(Leave("interrupted", "Interrupted"))
        return is_leaving()

    session.is_leaving = leave_after_some_steps  # type: ignore[method-assign]
    assert session.train().state == "interrupted"
    assert RaceSession(race).train().state == "finished"
    assert timeless(race.results()) == timeless(undisturbed.results())


def test_all_lanes_pause_step_and_stop_together(tmp_path: Path) -> None:
    race = make(tmp_path, RaceConfig(**LONG, variants=small_race().variants))
    worker = work(race)
    until(lambda: min(steps_of(race)) > 5)
    write_control(race.folder, Control(serial=1, command="pause"))
    until(lambda: race.status().state == "paused")
    held = race.status().step
    assert steps_of(race) == [held, held]
    assert {run.status().state for run in race.lanes()} == {"paused"}
    for i in (1, 2):
        write_control(race.folder, Control(serial=1 + i, command="step"))
        until(functools.partial(lambda step: race.status().step == step, held + i))
        until(functools.partial(lambda step: steps_of(race) == [step, step], held + i))
    write_control(race.folder, Control(serial=9, command="stop"))
    worker.wait(60)
    assert {one.status().state for one in (race, *race.lanes())} == {"stopped"}
    assert steps_of(race) == [held + 2, held + 2]
    assert all((run.metrics() or {})["reason"] == "stopped" for run in race.lanes())


def test_the_typed_sequence_is_shown_by_all(tmp_path: Path) -> None:
    race = make(tmp_path, RaceConfig(**LONG, variants=small_race().variants))
    write_control(race.folder, Control(command="pause", probe="1 2 3"))
    worker = work(race)

    def shown() -> list[Any]:
        return [((run.live() or {}).get("probe") or {}).get("text") for run in race.lanes()]

    until(lambda: shown() == ["1 2 3"] * 2)
    write_control(race.folder, Control(serial=1, command="pause", probe="3 2 1"))
    until(lambda: shown() == ["3 2 1"] * 2)
    write_control(race.folder, Control(serial=2, command="run", probe="3 2 1"))
    until(lambda: min(steps_of(race)) > 30)
    write_control(race.folder, Control(serial=3, command="pause", probe="3 2 1"))
    until(lambda: race.status().state == "paused")
    assert {(run.live() or {})["step"] for run in race.lanes()} == {race.status().step}
    worker.kill()
    worker.wait()


@pytest.mark.thorough
def test_killed_it_goes_on_bit_for_bit(tmp_path: Path) -> None:
    settings = {**SETTINGS, "training": {**SETTINGS["training"], "epochs": 20}}
    config = RaceConfig(**settings, variants=small_race().variants, seeds=2)
    undisturbed = make(tmp_path / "one", config)
    RaceSession(undisturbed).train()
    race = make(tmp_path / "other", config)
    worker = work(race)
    until(lambda: all(run.checkpoint_path.exists() for run in race.lanes()))
    os.kill(worker.pid, signal.SIGKILL)
    worker.wait()
    assert race.status().state == "interrupted"
    RaceSession(race).train()
    assert timeless(race.results()) == timeless(undisturbed.results())
    for one, other in zip(race.lanes(), undisturbed.lanes(), strict=True):
        assert left_behind(one.folder) == left_behind(other.folder)


def test_it_waits_for_no_lane_that_somebody_else_trains(tmp_path: Path) -> None:
    race = make(tmp_path, small_race())
    with RunLock(race.lanes()[1].folder):
        worker = work(race)
        worker.wait(60)
    status = race.status()
    assert (status.state, status.pid) == ("failed", None)
    assert "another process is training this run" in status.message


def test_without_one_of_its_runs_it_says_that_it_cannot_go_on(tmp_path: Path) -> None:
    race = make(tmp_path, small_race())
    (race.lanes()[1].folder / "config.yaml").unlink()
    work(race).wait(60)
    assert race.status().state == "failed"
    assert "not all its runs are there" in race.status().message
