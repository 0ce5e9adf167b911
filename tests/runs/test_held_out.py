"""The held-out sequences that a run keeps to be shown: the true ones, and drawn by nobody again."""

from pathlib import Path

import numpy as np
import pytest

from seqflip.config import Config, DataConfig, ModelConfig, TrainingConfig
from seqflip.data.tasks import Dataset, make_dataset
from seqflip.runs import held_out as module
from seqflip.runs.archive import export_run, import_run
from seqflip.runs.creation import create_run
from seqflip.runs.held_out import held_out
from seqflip.runs.run import Run, RunInfo
from seqflip.runs.store import RunStore
from seqflip.runs.trained import open_trained
from seqflip.session.opening import open_run
from seqflip.session.session import Session
from seqflip.study.lengths import LengthTest, open_test

CONFIG = Config(
    data=DataConfig(n_train=300, n_test=40, src_length=6, vocab_size=6),
    model=ModelConfig(d_model=4, d_k=2, d_v=2),
    training=TrainingConfig(epochs=1, batch_size=300),
)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run that has ended."""
    run = create_run(tmp_path_factory.mktemp("runs") / "run", CONFIG, RunInfo())
    Session(run, open_run(run), lambda event: None).train()
    return run


def _never(data: DataConfig) -> Dataset:
    raise AssertionError("all data were drawn only to show some")


def test_they_are_the_first_that_are_held_out(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = make_dataset(CONFIG.data)
    monkeypatch.setattr(module, "make_dataset", _never)
    _assert_shown(held_out(run), whole)


def test_a_test_of_lengths_takes_own_pairs_from_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [f"{'a ' * i}b,{'c ' * i}d\n" for i in range(1, 10)]
    (tmp_path / "pairs.csv").write_text("".join(lines), encoding="utf-8")
    path = str(tmp_path / "pairs.csv")
    data = DataConfig(task="pairs", path=path, n_train=6, n_test=3)
    training = TrainingConfig(epochs=1, batch_size=6)
    config = CONFIG.model_copy(update={"data": data, "training": training})
    run = create_run(tmp_path / "run", config, RunInfo())
    Session(run, open_run(run), lambda event: None).train()
    whole = LengthTest(open_trained(run), make_dataset(run.config().data))
    monkeypatch.setattr("seqflip.study.lengths.make_dataset", _never)
    monkeypatch.setattr(module, "make_dataset", _never)
    kept = open_test(run)
    assert kept.seen == whole.seen
    assert list(kept.points()) == list(whole.points())


def test_of_many_only_the_first_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST", 7)
    whole = make_dataset(CONFIG.data)
    module.save_held_out(tmp_path, whole)
    kept = np.load(tmp_path / "held_out.npz")
    assert (kept["x_src"] == whole.x_src_test[:7]).all()
    assert (kept["x_tgt"] == whole.x_tgt_test[:7]).all()


def test_a_folder_of_before_is_drawn_once_more(run: Run) -> None:
    (run.folder / "held_out.npz").rename(run.folder / "away.npz")
    try:
        _assert_shown(held_out(run), make_dataset(CONFIG.data))
    finally:
        (run.folder / "away.npz").rename(run.folder / "held_out.npz")


def test_an_upload_has_them_from_the_process_that_reads_it(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = import_run(RunStore(tmp_path / "runs"), export_run(run), 10**7)
    monkeypatch.setattr(module, "make_dataset", _never)
    _assert_shown(held_out(taken), make_dataset(CONFIG.data))


def _assert_shown(shown: Dataset, whole: Dataset) -> None:
    assert (shown.x_src_test == whole.x_src_test).all()
    assert (shown.x_tgt_test == whole.x_tgt_test).all()
    assert len(shown.x_src_train) == 0
    assert (shown.vocabulary, shown.vocab_size) == (whole.vocabulary, whole.vocab_size)
    assert (shown.src_length, shown.tgt_length) == (whole.src_length, whole.tgt_length)
