"""The stored example of a preset, which the first screen plays until somebody does something.

Each frame holds what a feed would have told when that training was so far: the same parts, made by
the same functions.
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from seqflip.config.config import Config
from seqflip.model import Seq2SeqAttentionModel
from seqflip.runs.held_out import held_out
from seqflip.runs.live import LivePicture
from seqflip.runs.run import Run, RunError
from seqflip.runs.snapshots import read_snapshots
from seqflip.runs.status import Status
from seqflip.runs.trained import open_trained
from seqflip.system.blas import one_blas_thread
from seqflip.ui.charts.live.updates import Had
from seqflip.ui.parts.logs import read_logs
from seqflip.ui.parts.tables import progress_bar
from seqflip.ui.shell.server import server
from seqflip.ui.train.numbers import LOSS, PROGRESS, SHARES, number_parts
from seqflip.ui.train.picture import picture_parts

_METRICS = (
    ("val_loss", "loss"),
    ("val_forced_accuracy", "forced_accuracy"),
    ("val_accuracy", "accuracy"),
    ("val_sequence_accuracy", "sequence_accuracy"),
    ("val_alignment", "alignment"),
)

Frame = Mapping[str, Mapping[str, Any]]


def stored_example(preset: str, config: Config) -> Run | None:
    """Return the example that was trained with these very settings, if one is stored."""
    try:
        found = server().store.get(preset)
    except RunError:
        return None
    if not found.bundled or not found.snapshots_path.exists():
        return None
    stored = found.config()
    same = (stored.data, stored.model, stored.training) == (
        config.data,
        config.model,
        config.training,
    )
    return found if same else None


def frames(run: Run) -> tuple[Frame, ...]:
    """Return what there was to see at each of the example's snapshots."""
    return _all(run.folder)


@lru_cache(maxsize=4)
def _all(folder: Path) -> tuple[Frame, ...]:
    with one_blas_thread():
        return tuple(_frames(Run(folder, bundled=True)))


def _frames(run: Run) -> Iterator[Frame]:
    trained = open_trained(run)
    model = Seq2SeqAttentionModel.from_config(
        trained.config.model,
        trained.model.vocab_size,
        trained.model.src_length,
        trained.model.tgt_length,
        seed=0,
    )
    live = LivePicture(run, trained.config, held_out(run), model.network)
    drawn: dict[str, Had] = {}
    for snapshot in read_snapshots(run.snapshots_path, model.parameter_count):
        model.network.parameters.flat[...] = snapshot["parameters"]
        yield _frame(run, live.picture(int(snapshot["step"])), drawn)


def _frame(run: Run, picture: dict[str, Any], drawn: dict[str, Had]) -> Frame:
    """Return all parts at one snapshot; of curves, only what is not ``drawn`` yet."""
    step, total = picture["step"], run.config().total_steps
    numbers = number_parts(
        run,
        _status(run, step),
        lambda key, _: drawn.get(key, {}),
        first_right=picture["first_right"],
    )
    for key in (LOSS, SHARES):
        drawn[key] = {one["name"]: _held(one) for one in numbers[key]["series"]}
    done = f"a stored training · step {step:,} of {total:,}"
    return {
        **numbers,
        **picture_parts(run, picture, run.config()),
        PROGRESS: {"html": progress_bar(step / total, done)},
    }


def _held(update: Mapping[str, Any]) -> tuple[int, int]:
    return update["revision"], update["from"] + len(update["x"])


def _status(run: Run, step: int) -> Status:
    """Return what was known at a step of the held-out sequences."""
    lines = read_logs(run).happened.lines
    evaluated = lines["sequence_accuracy"].step
    count = int((evaluated <= step).sum())
    known = {
        name: float(lines[metric].value[count - 1])
        for name, metric in _METRICS
        if count and len(lines[metric].value) >= count
    }
    return Status(step=step, val_step=int(evaluated[count - 1]) if count else None, **known)
