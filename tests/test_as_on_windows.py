"""All that trains works with what Windows has: see tests/as_on_windows/sitecustomize.py."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from seqflip.runs.lock import is_held
from seqflip.runs.run import Run
from tests.processes import ENVIRONMENT, ROOT, finish, left_behind, start, until, write_config
from tests.test_wheel import running, see_it_run_until_it_is_ended

HOOK = ROOT / "tests" / "as_on_windows"

LACKS = """
import importlib, os, sys
for name in ("fcntl", "resource", "pwd", "grp", "termios"):
    try:
        importlib.import_module(name)
    except ImportError:
        continue
    raise AssertionError(name)
assert not hasattr(os, "killpg")
held = open("held", "wb")
for action in (os.unlink, lambda path: os.replace(path, "other"), lambda path: os.rename(".", "x")):
    try:
        action("held")
    except PermissionError as error:
        assert error.winerror in (5, 32)
        continue
    raise AssertionError(action)
held.close()
os.unlink("held")
"""

PAGES = """
import sys, threading
from pathlib import Path
from seqflip.config.files import load_config
from seqflip.runs.archive import export_run
from seqflip.runs.eventlog import EventReader
from seqflip.runs.lock import is_held
from seqflip.runs.run import RunError
from seqflip.runs.snapshots import read_snapshots
from seqflip.runs.steplog import CurveReader
from seqflip.runs.store import RunStore
from seqflip.server.intake import take_in
from seqflip.server.launcher import Launcher
from seqflip.server.limits import ServerLimits
from seqflip.system import patience
from tests.processes import until

root, config = Path(sys.argv[1]), load_config(sys.argv[2])
store, limits = RunStore(root), ServerLimits(runs=root, workers=1)
over = threading.Event()

def look(run):
    "As pages do, all the time."
    curves, events = CurveReader(run.steps_path), EventReader(run.events_path)
    while not over.wait(0.002):
        run.live(), run.metrics(), run.weights(), curves.update(), events.update()
        if size := run.status().parameters:
            read_snapshots(run.snapshots_path, size)["step"].tolist()

def launched(**wishes):
    found = launcher.start(config, **wishes)
    threading.Thread(target=look, args=(found.run,), daemon=True).start()
    return found.run, found.token

def is_paused_at(step):
    return run.status().state == "paused" and run.status().step == step
"""

STORY = (
    PAGES
    + """
launcher = Launcher(store, limits, spare=True)
run, token = launched(command="pause")
until(lambda: is_paused_at(0) and run.status().pid is not None)
launcher.command(run.id, token, "step")
until(lambda: is_paused_at(1))
launcher.adjust(run.id, token, delay_seconds=0.5)  # it does not end before it is paused
launcher.command(run.id, token, "run")
until(lambda: run.status().step > 2)
launcher.close()
assert (run.status().state, run.status().pid) == ("paused", None), run.status()
assert "as the server was shut down" in run.status().message
assert not is_held(run.folder)

launcher = Launcher(store, limits, spare=True)
launcher.resume(run.id, token)
until(lambda: run.status().state == "running")
launcher.command(run.id, token, "stop")
until(lambda: run.status().state == "stopped" and not is_held(run.folder))
launcher.command(run.id, token, "run")
launcher.adjust(run.id, token, delay_seconds=0)
until(lambda: run.status().state == "finished", 60)

archive = export_run(run)
for spare in (None, launcher.spare):
    copy = take_in(store, archive, limits, "secret", spare=spare)
    assert copy.exists() and copy.may_control("secret")
patience.SECONDS = 0.1
with open(copy.weights_path, "rb"):
    try:
        store.delete(copy)
    except RunError as error:
        assert "cannot be deleted now" in str(error), error
    else:
        raise AssertionError("deleted, though one of its files is open")
store.delete(copy)
assert not copy.exists()
over.set()
launcher.close()
print(run.id)
"""
)

SERVE = (
    PAGES
    + """
launcher = Launcher(store, limits)
run, token = launched()
print(run.id, flush=True)
sys.stdin.read()
"""
)


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "processes").mkdir()
    paths = os.pathsep.join([str(HOOK), ENVIRONMENT["PYTHONPATH"]])
    there = {"AS_ON_WINDOWS": str(tmp_path / "processes"), "PYTHONIOENCODING": "cp1252"}
    return ENVIRONMENT | there | {"PYTHONPATH": paths}


def python(script: str, *arguments: object) -> list[str]:
    return [sys.executable, "-W", "error", "-c", script, *map(str, arguments)]


def test_what_windows_lacks_is_not_there(environment: dict[str, str], tmp_path: Path) -> None:
    subprocess.run(python(LACKS), env=environment, cwd=tmp_path, check=True)


def test_a_run_is_paused_stepped_stopped_resumed_uploaded_and_deleted_while_pages_look(
    environment: dict[str, str], tmp_path: Path
) -> None:
    config = write_config(tmp_path, "epochs: 2")
    finish("--config", config, "--run-dir", tmp_path / "undisturbed", "--quiet")
    story = python(STORY, tmp_path / "runs", config)
    done = subprocess.run(story, env=environment, capture_output=True, text=True, check=False)
    assert (done.stderr, done.returncode) == ("", 0)
    found = left_behind(tmp_path / "runs" / done.stdout.strip())
    assert found == left_behind(tmp_path / "undisturbed")


def test_nothing_outlives_a_killed_server_and_its_run_goes_on(
    environment: dict[str, str], tmp_path: Path
) -> None:
    config = write_config(tmp_path, "epochs: 30")
    serve = python(SERVE, tmp_path / "runs", config)
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(serve, env=environment, **pipes) as server:  # type: ignore[call-overload]
        run = Run(tmp_path / "runs" / server.stdout.readline().strip())
        until(lambda: run.status().step > 5)
        server.kill()
    until(lambda: not is_held(run.folder))
    assert (run.status().state, run.status().pid) == ("interrupted", None)
    assert "as the server ended" in run.status().message
    step = run.status().step
    resumed = start("--resume", run.folder, "--quiet", env=environment)
    until(lambda: run.status().step > step)
    resumed.send_signal(signal.SIGINT)
    resumed.communicate()
    assert resumed.returncode == 128 + signal.SIGINT
    assert run.status().state == "interrupted"


@pytest.mark.thorough
def test_the_app_answers(environment: dict[str, str], tmp_path: Path) -> None:
    command = [sys.executable, "-m", "seqflip"]
    with running(command, environment, tmp_path) as (process, url):
        see_it_run_until_it_is_ended(process, url)


@pytest.mark.thorough
def test_the_command_line_trains_and_goes_on_bit_for_bit(
    environment: dict[str, str], tmp_path: Path
) -> None:
    config = write_config(tmp_path, "epochs: 12")
    finish("--config", config, "--run-dir", tmp_path / "undisturbed", "--quiet")
    (tmp_path / "here").mkdir()
    training = start("--config", config, "--run-dir", tmp_path / "here", env=environment)
    until(lambda: Run(tmp_path / "here").status().step > 5)
    training.send_signal(signal.SIGINT)
    training.communicate()
    assert training.returncode == 128 + signal.SIGINT
    done = finish("--resume", tmp_path / "here", env=environment)
    assert (done.stderr, done.returncode) == ("", 0)
    assert left_behind(tmp_path / "here") == left_behind(tmp_path / "undisturbed")
