"""A run's training as its folder has it: at the start, or where its checkpoint left it."""

import dataclasses
from typing import NamedTuple

from seqflip.config import Config
from seqflip.data.tasks import Dataset, make_dataset
from seqflip.learning.training import TrainingState
from seqflip.runs.checkpoint import CheckpointError, load_checkpoint
from seqflip.runs.run import Run, RunError


class Opened(NamedTuple):
    """A run's training, ready to begin or to go on."""

    config: Config
    dataset: Dataset
    state: TrainingState
    resumed: bool


def open_run(run: Run, dataset: Dataset | None = None) -> Opened:
    """Take up a run's training where its checkpoint left it, or at the start if there is none yet.

    Parameters
    ----------
    run : Run
    dataset : Dataset, optional
        Its data, if they have been made already.

    Raises
    ------
    RunError, CheckpointError, ConfigError
        If there is nothing in the folder that could be trained.
    """
    if not run.exists():
        raise RunError(f"{run.folder}: there is no run in this folder")
    config = run.config()
    try:
        checkpoint = load_checkpoint(run.checkpoint_path)
    except FileNotFoundError:
        dataset = dataset or make_dataset(config.data)
        return Opened(config, dataset, TrainingState.begin(config, dataset), resumed=False)
    if checkpoint.config.model_copy(update={"data": config.data}) != config:
        raise RunError(
            f"{run.folder}: config.yaml is not what this run began with; "
            "a changed configuration is a new run"
        )
    dataset = dataset or make_dataset(config.data)
    try:
        checkpoint = dataclasses.replace(checkpoint, config=config)
        return Opened(config, dataset, checkpoint.restore(dataset), resumed=True)
    except CheckpointError as error:
        raise CheckpointError(f"{run.checkpoint_path}: {error}") from error
