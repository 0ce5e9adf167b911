"""What a run keeps that is left before its weights were ever measured on held-out data."""

from pathlib import Path

import numpy as np

from seqflip.config import Config, override
from seqflip.learning.events import Event, StepDone
from seqflip.runs.checkpoint import load_checkpoint
from seqflip.runs.creation import create_run
from seqflip.runs.run import Run, RunInfo
from seqflip.runs.trained import open_trained
from seqflip.session.lane import Leave
from seqflip.session.opening import open_run
from seqflip.session.session import Session

SETTINGS = ["data.n_train=640", "data.n_test=20", "training.evaluate_every=null"]


def trained_until_left(folder: Path, steps: int, *settings: str) -> Run:
    """Train, with a checkpoint after every step, and leave in the middle of the first epoch."""
    run = create_run(folder, override(Config(), [*SETTINGS, *settings]), RunInfo())

    def listen(event: Event) -> None:
        if isinstance(event, StepDone) and event.step == steps:
            session.leave(Leave("interrupted", "Interrupted"))

    session = Session(run, open_run(run), listen)
    session.train()
    return run


def test_a_run_left_before_its_first_evaluation_keeps_what_was_trained_last(tmp_path: Path) -> None:
    run = trained_until_left(tmp_path / "run", 7)
    newest = load_checkpoint(run.checkpoint_path).arrays["parameters"]
    kept = open_trained(run).model.network.parameters.flat
    np.testing.assert_array_equal(kept, newest)


def test_left_twice_it_keeps_what_was_trained_last(tmp_path: Path) -> None:
    run = trained_until_left(tmp_path / "run", 3)
    before = open_trained(run).model.network.parameters.flat.copy()

    def listen(event: Event) -> None:
        if isinstance(event, StepDone) and event.step == 5:
            session.leave(Leave("interrupted", "Interrupted"))

    session = Session(run, open_run(run), listen)
    session.train()
    kept = open_trained(run).model.network.parameters.flat
    assert (kept != before).any()
    np.testing.assert_array_equal(kept, load_checkpoint(run.checkpoint_path).arrays["parameters"])


def test_a_run_that_diverges_before_it_keeps_its_last_good_weights(tmp_path: Path) -> None:
    wild = ["training.optimizer=sgd", "training.learning_rate=1000", "training.clip_norm=null"]
    run = create_run(tmp_path / "run", override(Config(), [*SETTINGS, *wild]), RunInfo())
    status = Session(run, open_run(run), lambda _: None).train()
    assert status.state == "diverged"
    good = load_checkpoint(run.checkpoint_path).arrays["good"]
    np.testing.assert_array_equal(open_trained(run).model.network.parameters.flat, good)
