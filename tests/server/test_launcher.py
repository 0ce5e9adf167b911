"""Runs in processes of their own: started, queued, controlled, watched, killed."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from seqflip.config.config import Config
from seqflip.config.files import load_config, override
from seqflip.config.section import ConfigError
from seqflip.runs.control import read_control
from seqflip.runs.lock import is_held
from seqflip.runs.quota import expected_bytes
from seqflip.runs.run import Run, RunError, RunInfo
from seqflip.runs.store import RunStore
from seqflip.server.launcher import Launcher, LaunchError, NotYours
from seqflip.server.limits import ServerLimits
from tests.launching import expect_closing_saves_everything, state, trains
from tests.processes import ENVIRONMENT, left_behind, until, write_config

MakeLauncher = Callable[..., Launcher]


@pytest.fixture
def make_launcher(tmp_path: Path) -> Iterator[MakeLauncher]:
    launchers: list[Launcher] = []

    def make(**settings: int) -> Launcher:
        root = tmp_path / "runs"
        launchers.append(
            Launcher(
                RunStore(root),
                ServerLimits.model_validate({"runs": root, "workers": 1, **settings}),
            )
        )
        return launchers[-1]

    yield make
    for launcher in launchers:
        launcher.close()


def is_gone(launcher: Launcher, run: Run) -> bool:
    return not is_held(run.folder) and launcher.place(run.id) is None


def test_a_run_is_trained_to_its_end(launcher: Launcher, quick: Config) -> None:
    launched = launcher.start(quick, name=" my\nrun ", preset="reverse")
    until(lambda: state(launched.run) == "finished")
    info, status = launched.run.info(), launched.run.status()
    assert (info.name, info.preset, info.source) == ("my run", "reverse", "app")
    assert (status.step, status.total_steps, status.reason) == (42, 42, "completed")
    metrics = launched.run.metrics() or {}
    assert metrics["steps"] == 42
    assert launched.removed == []


def test_who_comes_later_waits_for_a_place(
    launcher: Launcher, endless: Config, quick: Config
) -> None:
    first = launcher.start(endless)
    second, third = launcher.start(quick), launcher.start(quick)
    assert [launcher.place(run.run.id) for run in (first, second, third)] == [None, 1, 2]
    assert state(second.run) == "queued"
    launcher.cancel(second.run.id, second.token)
    assert state(second.run) == "paused"
    assert [launcher.place(run.run.id) for run in (first, second, third)] == [None, None, 1]
    launcher.command(first.run.id, first.token, "stop")
    until(lambda: state(third.run) == "finished")
    assert state(first.run) == "stopped"
    launcher.resume(second.run.id, second.token)
    until(lambda: state(second.run) == "finished")


def test_places_go_round_the_visitors(launcher: Launcher, endless: Config) -> None:
    busy = [launcher.start(endless, visitor="busy") for _ in range(4)]
    other = launcher.start(endless, visitor="other")
    assert launcher.place(other.run.id) == 1
    assert [launcher.place(run.run.id) for run in busy] == [None, 2, 3, 4]
    assert launcher.longest_wait(other.run.id) == launcher.limits.turn_seconds
    assert launcher.longest_wait(busy[3].run.id) is None  # it waits for those of its own visitor
    assert launcher.longest_wait(busy[0].run.id) is None


@pytest.mark.thorough
def test_after_its_turn_an_endless_run_waits_for_the_next(
    make_launcher: MakeLauncher, endless: Config, quick: Config
) -> None:
    launcher = make_launcher(turn_seconds=1)
    first = launcher.start(endless, visitor="busy")
    second = launcher.start(endless, visitor="busy")
    until(lambda: trains(first))
    other = launcher.start(quick, visitor="other")
    until(lambda: state(other.run) == "finished")
    assert state(second.run) == "queued"
    until(lambda: state(first.run) in ("queued", "running"))


def test_of_one_visitor_no_run_makes_place_for_another(
    make_launcher: MakeLauncher, endless: Config
) -> None:
    launcher = make_launcher(turn_seconds=0)
    first, second = (launcher.start(endless, visitor="busy") for _ in range(2))
    until(lambda: first.run.status().step > 200)
    assert state(second.run) == "queued"


def test_one_visitor_has_a_bound_of_runs(make_launcher: MakeLauncher, endless: Config) -> None:
    launcher = make_launcher(max_runs_per_visitor=2)
    for _ in range(2):
        launcher.start(endless, visitor="busy")
    with pytest.raises(LaunchError, match="2 of your runs train or wait already"):
        launcher.start(endless, visitor="busy")
    launcher.start(endless, visitor="other")


def test_a_run_may_train_for_so_many_hours(
    make_launcher: MakeLauncher, endless: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    launcher = make_launcher(max_hours=1)
    launched = launcher.start(endless)
    until(lambda: trains(launched))
    status = launched.run.status().model_copy(update={"seconds": 3601.0})
    monkeypatch.setattr(Run, "status", lambda self: status)
    until(lambda: not is_held(launched.run.folder))
    monkeypatch.undo()
    assert state(launched.run) == "paused"
    assert "a run may train for 1 hours here" in launched.run.status().message


def test_only_ones_own_runs_make_room(make_launcher: MakeLauncher, quick: Config) -> None:
    launcher = make_launcher(disk_megabytes=1)
    launcher.store.max_bytes = int(1.5 * expected_bytes(quick))
    mine = launcher.start(quick, visitor="mine")
    until(lambda: state(mine.run) == "finished" and not is_held(mine.run.folder))
    launcher.store.max_bytes = mine.run.size() + expected_bytes(quick) // 2
    with pytest.raises(RunError, match="delete some of yours"):
        launcher.start(quick, visitor="other")
    assert mine.run.exists()
    launcher.store.stale_seconds = 0.0
    assert launcher.start(quick, visitor="other").removed == [mine.run.id]


def test_as_many_run_at_once_as_there_are_places(
    make_launcher: MakeLauncher, endless: Config
) -> None:
    launcher = make_launcher(workers=2)
    runs = [launcher.start(endless) for _ in range(3)]
    until(lambda: trains(runs[0]) and trains(runs[1]))
    assert launcher.place(runs[2].run.id) == 1
    assert not trains(runs[2])


def test_a_paused_run_gives_its_place_to_those_who_wait(
    launcher: Launcher, endless: Config, quick: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("seqflip.server.launcher.YIELD_SECONDS", 0.0)
    paused, waiting = launcher.start(endless), launcher.start(quick)
    until(lambda: trains(paused))
    launcher.command(paused.run.id, paused.token, "pause")
    until(lambda: state(waiting.run) == "finished")
    status = paused.run.status()
    assert (status.state, status.pid) == ("paused", None)
    assert "to make place" in status.message
    step = status.step
    launcher.command(paused.run.id, paused.token, "run")
    until(lambda: paused.run.status().step > step)


def test_pause_step_and_run(launcher: Launcher, endless: Config) -> None:
    launched = launcher.start(endless, command="pause")
    run, token = launched.run, launched.token
    until(lambda: state(run) == "paused" and run.status().pid is not None)
    assert run.status().step == 0
    for step in (1, 2, 3):
        launcher.command(run.id, token, "step")
        until(lambda step=step: state(run) == "paused" and run.status().step == step)  # type: ignore[misc]
    launcher.command(run.id, token, "run")
    until(lambda: run.status().step > 10)
    assert state(run) == "running"
    launcher.command(run.id, token, "stop")
    until(lambda: state(run) == "stopped")
    assert (run.metrics() or {})["reason"] == "stopped"


def test_a_step_is_done_once_whatever_else_is_asked_for(
    launcher: Launcher, endless: Config
) -> None:
    launched = launcher.start(endless, command="step")
    run, token = launched.run, launched.token
    until(lambda: state(run) == "paused" and run.status().step == 1)
    launcher.adjust(run.id, token, delay_seconds=0.05)
    until(lambda: run.status().delay_seconds == 0.05)
    launcher.command(run.id, token, "step")
    until(lambda: state(run) == "paused" and run.status().step == 2)
    until(lambda: (run.live() or {})["step"] == 2)


def test_a_press_that_is_told_twice_counts_once(launcher: Launcher, endless: Config) -> None:
    launched = launcher.start(endless, command="pause")
    run, token = launched.run, launched.token
    seen = read_control(run.folder).serial
    for _ in range(2):
        launcher.command(run.id, token, "step", after=seen)
    assert read_control(run.folder).serial == seen + 1
    launcher.command(run.id, token, "step", after=seen + 1)
    assert read_control(run.folder).serial == seen + 2
    launcher.command(run.id, token, "stop", after=seen)
    assert read_control(run.folder).command == "stop"


def test_only_its_owner_controls_a_run(launcher: Launcher, endless: Config) -> None:
    run = launcher.start(endless).run
    other = launcher.start(endless).token
    for token in (None, "", other):
        with pytest.raises(NotYours, match="somebody else"):
            launcher.command(run.id, token, "stop")
        with pytest.raises(NotYours):
            launcher.adjust(run.id, token, delay_seconds=1)
        with pytest.raises(NotYours):
            launcher.cancel(run.id, token)
        with pytest.raises(NotYours):
            launcher.resume(run.id, token)
    assert run.info().owner not in (None, other)


def test_a_person_keeps_one_token_for_all_runs(launcher: Launcher, quick: Config) -> None:
    first = launcher.start(quick)
    second = launcher.start(quick, token=first.token)
    assert second.token == first.token
    launcher.command(second.run.id, first.token, "pause")


@pytest.mark.thorough
def test_a_killed_worker_shows_as_interrupted_and_resumes_bit_for_bit(
    launcher: Launcher, tmp_path: Path
) -> None:
    config = load_config(write_config(tmp_path, "epochs: 8"))
    undisturbed, killed = launcher.start(config), launcher.start(config)
    until(lambda: trains(killed))
    pid = killed.run.status().pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    until(lambda: state(killed.run) == "interrupted")
    until(lambda: "SIGKILL" in killed.run.status().message)
    launcher.command(killed.run.id, killed.token, "run")
    until(lambda: state(killed.run) == "finished")
    assert left_behind(killed.run.folder) == left_behind(undisturbed.run.folder)


SERVE_AND_WAIT = """
import sys
from pathlib import Path
from seqflip.config.files import (load_config,)
from seqflip.server.launcher import Launcher
from seqflip.runs.store import RunStore
from seqflip.server.limits import ServerLimits
root = Path(sys.argv[1])
launcher = Launcher(RunStore(root), ServerLimits(runs=root, workers=1))
config = load_config(sys.argv[2])
for _ in range(2):
    print(launcher.start(config).run.id, flush=True)
sys.stdin.read()
"""


def test_nothing_outlives_a_killed_server(tmp_path: Path) -> None:
    config = write_config(tmp_path, "epochs: 1000")
    command = [sys.executable, "-c", SERVE_AND_WAIT, str(tmp_path / "runs"), str(config)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, env=ENVIRONMENT, **pipes) as server:  # type: ignore[call-overload]
        ids = [server.stdout.readline().strip() for _ in range(2)]
        training, waiting = (Run(tmp_path / "runs" / run_id) for run_id in ids)
        until(lambda: training.status().step > 5)
        pid = training.status().pid
        assert state(waiting) == "queued"
        server.kill()
    until(lambda: not is_held(training.folder))
    status = training.status()
    assert (status.state, status.pid) == ("interrupted", None)
    assert "as the server ended" in status.message
    assert training.checkpoint_path.exists()
    assert state(waiting) == "interrupted"
    until(lambda: not _lives(pid))


def _lives(pid: int | None) -> bool:
    assert pid is not None
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").split(")")[1].split()[0] != "Z"


def test_nothing_trains_unseen_for_ever(make_launcher: MakeLauncher, endless: Config) -> None:
    launcher = make_launcher(grace_seconds=0)
    launched = launcher.start(endless)
    launcher.watch(launched.run.id, "somebody")
    until(lambda: launched.run.status().step > 50)
    assert state(launched.run) == "running"
    launcher.leave("somebody")
    until(lambda: state(launched.run) == "paused")
    status = launched.run.status()
    assert status.pid is None
    assert "as nobody was watching" in status.message
    until(lambda: not is_held(launched.run.folder))
    launcher.watch(launched.run.id, "somebody else")
    launcher.command(launched.run.id, launched.token, "run")
    until(lambda: launched.run.status().step > status.step)


def test_closing_saves_everything(make_launcher: MakeLauncher, endless: Config) -> None:
    expect_closing_saves_everything(make_launcher(), endless)


def test_a_run_of_the_command_line_can_be_taken_over(
    launcher: Launcher, endless: Config, quick: Config
) -> None:
    run = launcher.store.create(quick, RunInfo(name="from outside"))
    with pytest.raises(NotYours):
        launcher.command(run.id, "any", "stop")
    token = launcher.resume(run.id)
    assert run.may_control(token)
    until(lambda: state(run) == "finished")
    with pytest.raises(LaunchError, match="has ended"):
        launcher.resume(run.id, token)


def test_what_is_too_large_for_the_server_is_refused(
    make_launcher: MakeLauncher, quick: Config, tmp_path: Path
) -> None:
    launcher = make_launcher(max_epochs=1)
    with pytest.raises(
        ConfigError, match=r"training\.epochs must be at most 1 on this server, not 2"
    ):
        launcher.start(quick)
    assert not (tmp_path / "runs").exists()


def test_old_runs_make_room_but_for_those_that_are_kept(
    make_launcher: MakeLauncher, quick: Config
) -> None:
    launcher = make_launcher()
    old = launcher.start(quick, name="old").run
    until(lambda: state(old) == "finished" and is_gone(launcher, old))
    launcher.store.keep(old, True)
    newer = launcher.start(quick, name="newer").run
    until(lambda: state(newer) == "finished" and is_gone(launcher, newer))
    launcher.store.max_bytes = old.size() + expected_bytes(quick) + 1
    assert [run.id for run in launcher.store.doomed(quick)] == [newer.id]
    launched = launcher.start(quick)
    assert launched.removed == ["newer"]
    assert {run.id for run in launcher.store.runs()} == {old.id, launched.run.id}
    with pytest.raises(RunError, match="there is no room"):
        launcher.start(override(quick, ["training.epochs=1000"]))


def test_impossible_wishes_are_refused(launcher: Launcher, endless: Config) -> None:
    launched = launcher.start(endless)
    wishes: dict[str, dict[str, Any]] = {
        "learning_rate cannot be -1.0": {"learning_rate": -1.0},
        "learning_rate cannot be nan": {"learning_rate": float("nan")},
        "delay_seconds cannot be 1000000000.0": {"delay_seconds": 1e9},
        "probe cannot be": {"probe": "1 " * 5000},
    }
    for sentence, wish in wishes.items():
        with pytest.raises(LaunchError, match=sentence):
            launcher.adjust(launched.run.id, launched.token, **wish)


@pytest.mark.parametrize(
    "run_id", ["", "..", ".", "../runs", "/etc", "a/b", "a\\b", "x\n", "é", "a" * 65]
)
def test_an_id_that_is_none_never_becomes_a_path(launcher: Launcher, run_id: str) -> None:
    with pytest.raises(RunError, match="there is no run"):
        launcher.command(run_id, "token", "stop")
