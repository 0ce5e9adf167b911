"""All that is needed to go on with a training, in one file.

What training knows about itself (weights, optimizer, data order, random states, counters,
history) comes as arrays and as JSON-able values; the JSON, together with the configuration,
travels in the same .npz as an array of bytes. So a checkpoint is always consistent with itself,
and holds nothing that could be executed.
"""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from seqflip.config.config import Config
from seqflip.config.section import ConfigError
from seqflip.data.tasks import Dataset
from seqflip.learning.training import TrainingState
from seqflip.system.npz import MAX_BYTES, Arrays, NpzError, load_npz, save_npz

FORMAT = "seqflip checkpoint"
VERSION = 1


class CheckpointError(ValueError):
    """A file that is no checkpoint, or one that does not fit; the message says what is wrong."""


@dataclass(frozen=True)
class Checkpoint:
    """A training as it was between two steps.

    Attributes
    ----------
    config : Config
        The complete configuration that it runs under.
    data : str
        The :func:`fingerprint` of the data that it was training on.
    arrays, meta : dict
        What :meth:`TrainingState.restore` takes.
    """

    config: Config
    data: str
    arrays: Arrays
    meta: dict[str, Any]

    def restore(self, dataset: Dataset) -> TrainingState:
        """Return the training, ready to go on with the next step.

        Raises
        ------
        CheckpointError
            If the data are not those that it was training on, or the arrays are not those of its
            model.
        """
        if fingerprint(dataset) != self.data:
            raise CheckpointError("The data are not those that this training began with")
        try:
            return TrainingState.restore(self.config, dataset, self.arrays, self.meta)
        except (ValueError, TypeError, LookupError, ArithmeticError, AttributeError) as error:
            raise CheckpointError(
                f"The checkpoint does not fit its own configuration ({error})"
            ) from error


def fingerprint(dataset: Dataset) -> str:
    """Return a short text that differs for different data."""
    digest = hashlib.sha256()
    for array in (dataset.x_src_train, dataset.x_tgt_train, dataset.x_src_test, dataset.x_tgt_test):
        digest.update(repr(array.shape).encode())
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()[:32]


def save_checkpoint(path: Path, config: Config, data: str, state: TrainingState) -> None:
    """Write the training's state in place of what ``path`` held before, whole or not at all."""
    header = {
        "format": FORMAT,
        "version": VERSION,
        "config": config.model_dump(mode="json"),
        "data": data,
        "meta": state.meta(),
    }
    encoded = np.frombuffer(json.dumps(header).encode(), np.uint8)
    save_npz(path, {**state.arrays(), "meta": encoded})


def load_checkpoint(path: Path, *, max_bytes: int = MAX_BYTES) -> Checkpoint:
    """Read a checkpoint.

    Raises
    ------
    CheckpointError
        If the file is damaged, foreign, or of another version.
    FileNotFoundError
        If there is no such file.
    """
    try:
        arrays = load_npz(path, max_bytes=max_bytes)
    except NpzError as error:
        raise CheckpointError(str(error)) from error
    header = _header(path, arrays)
    try:
        config = Config(**header["config"])
    except ConfigError as error:
        raise CheckpointError(f"{path}: invalid configuration: {error}") from error
    return Checkpoint(config, header["data"], arrays, header["meta"])


def _header(path: Path, arrays: Arrays) -> dict[str, Any]:
    """Take the JSON out of ``arrays`` and check what it is."""
    encoded = arrays.pop("meta", np.empty(0, np.uint8))
    try:
        if encoded.dtype != np.uint8:
            raise ValueError("its meta is no text")
        header = json.loads(encoded.tobytes())
    except (ValueError, RecursionError) as error:
        raise CheckpointError(f"{path}: not a checkpoint of SeqFlip") from error
    if not isinstance(header, dict) or header.get("format") != FORMAT:
        raise CheckpointError(f"{path}: not a checkpoint of SeqFlip")
    if header.get("version") != VERSION:
        raise CheckpointError(
            f"{path}: a checkpoint of version {header.get('version')!r:.20}; "
            f"this SeqFlip reads version {VERSION}"
        )
    kinds = {"config": dict, "data": str, "meta": dict}
    if not all(isinstance(header.get(name), kind) for name, kind in kinds.items()):
        raise CheckpointError(f"{path}: the checkpoint is incomplete")
    return header
