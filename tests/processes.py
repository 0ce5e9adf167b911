"""Real processes for the tests: SeqFlip's command line, killed or not, and what it left behind."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from seqflip.runs.checkpoint import load_checkpoint
from seqflip.runs.eventlog import read_events_since
from seqflip.runs.run import Run
from seqflip.runs.steplog import RECORD

ROOT = Path(__file__).parent.parent
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"}

# Everything random is in use, and whatever can be pending between two steps is.
SETTINGS = {
    "data": "n_train: 504, n_test: 40, src_length: 6, vocab_size: 12",
    "model": "d_model: 16, d_k: 8, d_v: 16, layers: 2, input_feeding: true, dropout: 0.2",
    "training": (
        "batch_size: 24, evaluate_every: 17, evaluate_examples: 16, teacher_forcing_ratio: 0.7"
    ),
}


def write_config(folder: Path, training: str, model: str = SETTINGS["model"]) -> Path:
    """Write a configuration for a small model, with more settings for its training."""
    settings = {**SETTINGS, "model": model, "training": f"{SETTINGS['training']}, {training}"}
    path = folder / "config.yaml"
    path.write_text(
        "".join(f"{name}: {{{values}}}\n" for name, values in settings.items()), encoding="utf-8"
    )
    return path


def start(*arguments: object, **options: Any) -> subprocess.Popen[str]:
    """Start the command line."""
    command = [sys.executable, "-m", "seqflip", *map(str, arguments)]
    pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(command, **{"env": ENVIRONMENT, "text": True, **pipes, **options})


def finish(*arguments: object, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run the command line to its end."""
    process = start(*arguments, **options)
    output, errors = process.communicate(timeout=120)
    return subprocess.CompletedProcess(process.args, process.returncode, output, errors)


def until(reached: Callable[[], object], seconds: float = 60) -> None:
    """Wait until something is the case."""
    deadline = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.005)


def left_behind(folder: Path) -> dict[str, Any]:
    """Return all that a run's folder says about its training, but for what a clock decided."""
    run = Run(folder)
    checkpoint = load_checkpoint(run.checkpoint_path)
    arrays = {name: array.tobytes() for name, array in checkpoint.arrays.items()}
    meta = {name: value for name, value in checkpoint.meta.items() if name != "seconds"}
    steps = np.fromfile(run.steps_path, RECORD)
    events, _ = read_events_since(run.events_path, 0)
    metrics = run.metrics() or {}
    return {
        "arrays": arrays,
        "meta": meta,
        "steps": {name: steps[name].tolist() for name in RECORD.names or () if name != "seconds"},
        "events": [
            {
                name: value
                for name, value in event.items()
                if name not in ("time", "seconds", "message")
            }
            for event in events
            if event["type"] not in ("Resumed", "Paused")
        ],
        "weights": run.weights_path.read_bytes(),
        "snapshots": run.snapshots_path.read_bytes(),
        "metrics": {name: value for name, value in metrics.items() if name != "seconds"},
    }
