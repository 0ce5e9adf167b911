"""``held_out.npz``: the first held-out sequences of a run, for whoever only wants to show some.

To know which sequences are held out, all that are trained on must be drawn first: a hundred
thousand of them take a second and hundreds of megabytes. So whoever trains leaves the first ones
beside the weights.
"""

import dataclasses
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from seqflip.config.sections import DataConfig
from seqflip.data.tasks import Dataset, make_dataset
from seqflip.runs.run import Run
from seqflip.system.npz import NpzError, load_npz, save_npz
from seqflip.tasks import lengths

MOST: Final = 2000
"""How many held-out sequences are shown at most."""

_NAME: Final = "held_out.npz"
_LARGEST: Final = 100_000_000  # bytes


def save_held_out(folder: Path, dataset: Dataset) -> None:
    """Keep the first held-out sequences in a run's folder."""
    sides = {"x_src": dataset.x_src_test, "x_tgt": dataset.x_tgt_test}
    kept = {name: side[:MOST].astype(np.int32) for name, side in sides.items()}
    trained = lengths(dataset.x_src_train)
    save_npz(folder / _NAME, {**kept, "lengths": np.array([trained.min(), trained.max()])})


def has_held_out(folder: Path) -> bool:
    """Whether they are kept there."""
    return (folder / _NAME).exists()


def held_out(run: Run) -> Dataset:
    """Return a run's data as far as it is shown: the first held-out sequences, and no others.

    Raises
    ------
    ConfigError
        If a folder of before there was such a file has data that cannot be made any more.
    """
    data, vocabulary = run.config().data, run.vocabulary() or []
    kept = _kept(run, "x_src", "x_tgt")
    if kept is None:
        return first_held_out(data)
    x_src, x_tgt = (side.astype(np.int64) for side in kept)
    return Dataset(
        x_src_train=x_src[:0],
        x_tgt_train=x_tgt[:0],
        x_src_test=x_src,
        x_tgt_test=x_tgt,
        vocabulary=vocabulary,
        vocab_size=len(vocabulary),
        src_length=x_src.shape[1],
        tgt_length=x_tgt.shape[1],
    )


def trained_lengths(run: Run) -> range | None:
    """Return the lengths of what the run trains on; None of a folder that does not tell."""
    kept = _kept(run, "lengths")
    if kept is None:
        return None
    shortest, longest = kept[0].tolist()
    return range(shortest, longest + 1)


def _kept(run: Run, *names: str) -> list[NDArray[Any]] | None:
    """Return what is kept under these names; None of a folder of before it was."""
    try:
        arrays = load_npz(run.folder / _NAME, max_bytes=_LARGEST)
        return [arrays[name] for name in names]
    except (FileNotFoundError, NpzError, KeyError):
        return None


def first_held_out(data: DataConfig) -> Dataset:
    """Draw all that is described, and keep the same of it."""
    made = make_dataset(data)
    sides = ("x_src_train", "x_tgt_train", "x_src_test", "x_tgt_test")
    kept = {
        side: getattr(made, side)[: 0 if side.endswith("train") else MOST].copy() for side in sides
    }
    return dataclasses.replace(made, **kept)
