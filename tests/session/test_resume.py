"""Killed at any moment and resumed, a run ends as if nothing had happened, bit for bit."""

import functools
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from seqflip.runs.run import Run
from seqflip.runs.steplog import RECORD
from tests.processes import ENVIRONMENT, finish, left_behind, start, write_config
from tests.thorough import THOROUGH, tries

pytestmark = pytest.mark.xdist_group("resume")  # one process, so that each is trained once
TRAINING = "epochs: 12, optimizer: adam, warmup_steps: 30"


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a run leaves behind that nobody interrupted."""
    folder = tmp_path_factory.mktemp("undisturbed")
    config = write_config(folder, TRAINING)
    done = finish("--config", config, "--run-dir", folder / "run", "--quiet")
    assert (done.returncode, done.stderr) == (0, "")
    return left_behind(folder / "run")


@pytest.mark.parametrize("seed", range(tries(1, 10)))
def test_killed_again_and_again_at_random_moments(
    tmp_path: Path, undisturbed: dict[str, Any], seed: int
) -> None:
    moments = random.Random(seed)
    run = Run(tmp_path / "run")
    begin = ("--config", write_config(tmp_path, TRAINING), "--run-dir", run.folder)
    kills = 0
    while True:
        process = start(*(("--resume", run.folder) if run.exists() else begin), "--quiet")
        if moments.random() < 0.2:  # while it starts, or little later
            wait(process, moments.uniform(0, 0.5), lambda: False)
        else:  # while it trains
            wanted = steps(run) + moments.randint(1, 50)
            wait(process, 60, functools.partial(has_made, run, wanted))
            wait(process, moments.uniform(0, 0.05), lambda: False)
        if process.poll() is not None:
            break
        process.send_signal(signal.SIGKILL)
        process.communicate()
        kills += 1
        # Before its first word it was not started, and after its last it has finished.
        assert not run.exists() or run.status().state in ("interrupted", "paused", "finished")
    _, errors = process.communicate()
    assert (process.returncode, errors) == (0, "")
    assert kills >= 3
    assert left_behind(run.folder) == undisturbed


SHIFT = "attention: shift, source_marks: true, d_model: 16, d_k: 1, d_v: 16, dropout: 0.2"
TRANSFORMER = "architecture: transformer, d_model: 16, heads: 2, layers: 2, dropout: 0.2"


@pytest.mark.parametrize(
    "model",
    [f"cell: feedforward, {SHIFT}", f"{TRANSFORMER}, positions: randomised"],
    ids=["shift", "transformer"],
)
def test_models_of_other_families_are_killed_and_resumed(tmp_path: Path, model: str) -> None:
    """Their steps are tested one by one; this holds that all they remember is in the folder."""
    config = write_config(tmp_path, "epochs: 3", model)
    whole, run = Run(tmp_path / "whole"), Run(tmp_path / "run")
    assert finish("--config", config, "--run-dir", whole.folder, "--quiet").returncode == 0
    process = start("--config", config, "--run-dir", run.folder, "--quiet")
    wait(process, 60, functools.partial(has_made, run, 20))
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    done = finish("--resume", run.folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert left_behind(run.folder) == left_behind(whole.folder)


def has_made(run: Run, wanted: int) -> bool:
    return steps(run) >= wanted


def steps(run: Run) -> int:
    """Return how many steps the run has shown so far."""
    return run.steps_path.stat().st_size // RECORD.itemsize if run.steps_path.exists() else 0


def wait(process: subprocess.Popen[str], seconds: float, reached: Callable[[], bool]) -> None:
    """Wait for a moment in the life of a process, or its end."""
    deadline = time.monotonic() + seconds
    while process.poll() is None and time.monotonic() < deadline and not reached():
        time.sleep(0.002)


DIE_AT_CALL = """
import os, signal, sys
from collections import Counter
from seqflip.system import atomic
from seqflip.system.pace import Pace
from seqflip.cli.main import main

# What is due is counted here, not timed: so a busy machine makes the same calls as an idle one.
asked = Counter()

def is_due(pace):
    asked[pace] += 1
    return asked[pace] % 4 == 1

Pace.is_due = is_due

name, last = sys.argv[1], int(sys.argv[2])
original, calls = getattr(os, name), 0

def call(*arguments):
    global calls
    calls += 1
    if calls == last:
        os.kill(os.getpid(), signal.SIGKILL)
    return original(*arguments)

setattr(os, name, call)
code = main(sys.argv[3:])
print(calls)
sys.exit(code)
"""


def train_a_little(
    folder: Path, call: str, number: int
) -> tuple[subprocess.CompletedProcess[str], list[str]]:
    """Train one epoch, and die instead of making this call; return the options as well."""
    config = write_config(folder, "epochs: 1")
    options = ["--config", str(config), "--run-dir", str(folder / "run"), "--quiet"]
    command = [sys.executable, "-c", DIE_AT_CALL, call, str(number), *options]
    died = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, check=False)
    return died, options


@pytest.fixture(scope="module")
def calls(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[int, dict[str, Any]]]:
    """How often a whole training makes each call, and what it leaves behind."""
    found = {}
    for call in ("replace", "fsync"):
        folder = tmp_path_factory.mktemp("whole")
        done, _ = train_a_little(folder, call, 0)
        assert done.returncode == 0, done.stderr
        found[call] = int(done.stdout.split()[-1]), left_behind(folder / "run")
    return found


@pytest.mark.parametrize("call", ["replace", "fsync"] if THOROUGH else ["replace"])
@pytest.mark.parametrize("number", [3, 6, 8, -4, -3, -2, -1] if THOROUGH else [6, -2])
def test_killed_in_the_middle_of_writing(
    tmp_path: Path, calls: dict[str, tuple[int, dict[str, Any]]], call: str, number: int
) -> None:
    """Negative numbers count from a training's end."""
    total, whole = calls[call]
    died, options = train_a_little(tmp_path, call, number if number > 0 else total + 1 + number)
    assert died.returncode == -signal.SIGKILL, died.stderr
    folder = tmp_path / "run"
    done = finish(*(("--resume", folder) if Run(folder).exists() else options))
    assert done.returncode == 0, done.stderr
    assert left_behind(folder) == whole
    assert not [path.name for path in folder.iterdir() if path.name.startswith(".")]


@pytest.mark.parametrize(
    "number", [signal.SIGTERM, signal.SIGINT] if THOROUGH else [signal.SIGTERM]
)
def test_interrupted_and_resumed(
    tmp_path: Path, undisturbed: dict[str, Any], number: signal.Signals
) -> None:
    folder = tmp_path / "run"
    process = start("--config", write_config(tmp_path, TRAINING), "--run-dir", folder)
    assert process.stdout is not None
    process.stdout.readline()  # training has begun
    process.send_signal(number)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 128 + number
    assert f"Resume with: python -m seqflip --resume {folder}" in errors
    assert Run(folder).status().state == "interrupted"
    done = finish("--resume", folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert left_behind(folder) == undisturbed


def test_watching_a_run_does_not_change_it(tmp_path: Path, undisturbed: dict[str, Any]) -> None:
    """The undisturbed run shows its attention while it trains; this one is never looked at."""
    config = write_config(tmp_path, TRAINING)
    done = finish("--config", config, "--output", tmp_path / "metrics.json")
    assert done.returncode == 0
    metrics = Run(tmp_path).metrics() or {}
    assert {name: metrics[name] for name in undisturbed["metrics"]} == undisturbed["metrics"]
