"""One training in three lines of Python."""

import inspect
from pathlib import Path

import numpy as np
import pytest
from threadpoolctl import threadpool_info

from seqflip import AttentionRunner, Seq2SeqAttentionModel
from seqflip.config.config import Config
from seqflip.config.files import override
from seqflip.config.section import ConfigError
from seqflip.data.tasks import make_dataset
from seqflip.learning.results import final_metrics, kept_parameters
from seqflip.learning.training import TrainingState, train
from seqflip.system.blas import one_blas_thread
from tests.processes import write_config


def test_it_needs_no_file() -> None:
    assert AttentionRunner().config == Config()
    assert list(inspect.signature(AttentionRunner).parameters) == ["config_path"]


def test_the_numbers_are_those_of_the_model_that_is_kept(tmp_path: Path) -> None:
    path = write_config(tmp_path, "epochs: 3")
    metrics = AttentionRunner(path).run()
    config = AttentionRunner(str(path)).config
    dataset = make_dataset(config.data)
    state = TrainingState.begin(config, dataset)
    for _ in train(state, dataset):
        pass
    model = Seq2SeqAttentionModel.from_config(config.model, dataset.vocab_size, 6, 6)
    model.load_parameters(kept_parameters(state))
    test = model.evaluate(dataset.x_src_test, dataset.x_tgt_test, state.truth)
    assert {name: metrics[f"test_{name}"] for name in test} == test
    train_ = model.evaluate(dataset.x_src_train[:40], dataset.x_tgt_train[:40])
    assert {name: metrics[f"train_{name}"] for name in train_} == train_
    assert (metrics["train_examples"], metrics["test_examples"]) == (40, 40)
    assert (metrics["steps"], metrics["epochs"], metrics["reason"]) == (63, 3, "completed")
    assert metrics["parameters"] == state.network.parameter_count
    assert isinstance(metrics["seconds"], float)
    assert metrics["seconds"] > 0


def test_measuring_leaves_the_training_as_it_is(tmp_path: Path) -> None:
    config = AttentionRunner(write_config(tmp_path, "epochs: 1")).config
    dataset = make_dataset(config.data)
    state = TrainingState.begin(config, dataset)
    for _ in train(state, dataset):
        pass
    state.best[...] = 0
    before = {name: array.copy() for name, array in state.arrays().items()}
    final_metrics(config, dataset, state, "completed")
    for name, array in state.arrays().items():
        assert (array == before[name]).all()


def test_before_any_evaluation_the_newest_parameters_are_kept() -> None:
    dataset = make_dataset(override(Config(), ["data.n_train=100"]).data)
    state = TrainingState.begin(Config(), dataset)
    state.network.parameters.values["output.bias"][...] = 7
    assert (kept_parameters(state)["output.bias"] == 7).all()


def test_a_task_without_attention_has_no_alignment(tmp_path: Path) -> None:
    path = write_config(tmp_path, "max_steps: 2")
    path.write_text(
        path.read_text(encoding="utf-8").replace("input_feeding: true", "attention: none"),
        encoding="utf-8",
    )
    assert AttentionRunner(path).run()["test_alignment"] is None


def test_a_file_that_cannot_be_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="there is no such file"):
        AttentionRunner(tmp_path / "missing.yaml")


def test_training_uses_one_blas_thread_and_gives_the_others_back() -> None:
    def threads() -> list[int]:
        return [pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"]

    np.ones((2, 2)) @ np.ones((2, 2))
    before = threads()
    with one_blas_thread():
        assert set(threads()) == {1}
    assert threads() == before


def test_numbers_that_are_none_are_said_to_be_none() -> None:
    config = override(Config(), ["data.n_train=100", "data.n_test=10"])
    dataset = make_dataset(config.data)
    state = TrainingState.begin(config, dataset)
    state.network.parameters.values["output.bias"][...] = np.nan
    metrics = final_metrics(config, dataset, state, "diverged")
    assert (metrics["test_loss"], metrics["reason"]) == (None, "diverged")
