"""All that is needed to go on, in one file; and files that are something else."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from seqflip.config.config import Config
from seqflip.config.files import override
from seqflip.data.tasks import Dataset, make_dataset
from seqflip.learning.events import StepDone
from seqflip.learning.training import TrainingState, train
from seqflip.runs.checkpoint import CheckpointError, fingerprint, load_checkpoint, save_checkpoint
from seqflip.system.npz import Arrays, load_npz, save_npz

SMALL = override(
    Config(),
    [
        *("data.n_train=60", "data.n_test=10", "data.src_length=5", "data.min_length=3"),
        *("model.d_model=8", "model.d_k=4", "model.d_v=8", "model.dropout=0.1"),
        *("training.epochs=3", "training.batch_size=8", "training.teacher_forcing_ratio=0.5"),
    ],
)


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    return make_dataset(SMALL.data)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "checkpoint.npz"


def saved_at(path: Path, dataset: Dataset, step: int) -> TrainingState:
    """Train up to a step, save, and go on to the end."""
    state = TrainingState.begin(SMALL, dataset)
    for event in train(state, dataset):
        if isinstance(event, StepDone) and event.step == step:
            save_checkpoint(path, SMALL, fingerprint(dataset), state)
    return state


@pytest.mark.parametrize("step", [1, 8, 13, 24])
def test_from_any_step_training_goes_on_to_the_same_weights(
    path: Path, dataset: Dataset, step: int
) -> None:
    undisturbed = saved_at(path, dataset, step)
    checkpoint = load_checkpoint(path)
    assert checkpoint.config == SMALL
    state = checkpoint.restore(dataset)
    assert state.step == step
    for _ in train(state, dataset):
        pass
    for name, array in undisturbed.arrays().items():
        assert state.arrays()[name].tobytes() == array.tobytes(), name
    ours, theirs = state.meta(), undisturbed.meta()
    del ours["seconds"], theirs["seconds"]
    assert ours == theirs


def test_other_data_are_refused(path: Path, dataset: Dataset) -> None:
    saved_at(path, dataset, 1)
    other = make_dataset(override(SMALL, ["data.random_seed=1"]).data)
    assert fingerprint(other) != fingerprint(dataset)
    with pytest.raises(CheckpointError, match="not those that this training began with"):
        load_checkpoint(path).restore(other)


def rewrite(path: Path, change: Callable[[Arrays, dict[str, Any]], None]) -> None:
    arrays = load_npz(path)
    header = json.loads(arrays.pop("meta").tobytes())
    change(arrays, header)
    save_npz(path, {**arrays, "meta": np.frombuffer(json.dumps(header).encode(), np.uint8)})


CHANGES: dict[str, tuple[Callable[[Arrays, dict[str, Any]], Any], str]] = {
    "other format": (lambda a, h: h.update(format="x"), "not a checkpoint of SeqFlip"),
    "newer version": (lambda a, h: h.update(version=9), "version 9; this SeqFlip reads version 1"),
    "no data": (lambda a, h: h.pop("data"), "incomplete"),
    "no meta": (lambda a, h: h.update(meta=None), "incomplete"),
    "no configuration": (lambda a, h: h.pop("config"), "incomplete"),
    "impossible model": (
        lambda a, h: h["config"]["model"].update(d_model=-1),
        "model.d_model must",
    ),
    "other model": (lambda a, h: h["config"]["model"].update(d_model=10), "does not fit"),
    "missing weights": (lambda a, h: a.pop("parameters"), "does not fit"),
    "wrong shape": (lambda a, h: a.update(best=a["best"][:-1]), "does not fit"),
    "wrong type": (lambda a, h: a.update(best=a["best"].astype("f8")), "does not fit"),
    "wrong order": (lambda a, h: a.update(order=a["order"][:-1]), "does not fit"),
    "no step": (lambda a, h: h["meta"].pop("step"), "does not fit"),
    "no generator": (lambda a, h: h["meta"].update(chance={}), "does not fit"),
}


@pytest.mark.parametrize("kind", CHANGES)
def test_what_does_not_belong_together_is_refused_in_one_sentence(
    path: Path, dataset: Dataset, kind: str
) -> None:
    saved_at(path, dataset, 3)
    change, sentence = CHANGES[kind]
    rewrite(path, change)
    with pytest.raises(CheckpointError, match=sentence) as caught:
        load_checkpoint(path).restore(dataset)
    assert "\n" not in str(caught.value)


def test_weights_are_no_checkpoint(path: Path) -> None:
    save_npz(path, {"embedding.weight": np.zeros((3, 2))})
    with pytest.raises(CheckpointError, match="not a checkpoint of SeqFlip"):
        load_checkpoint(path)
    path.write_bytes(b"PK")
    with pytest.raises(CheckpointError, match=r"not a whole \.npz file"):
        load_checkpoint(path)
