"""What ``import seqflip`` offers, and what it loads."""

import inspect
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import seqflip

PACKAGE = Path(seqflip.__file__).parent
NOT_LOADED = {"streamlit", "plotly", "distributed", "dask"}


def test_the_public_names() -> None:
    assert seqflip.__all__ == [
        "AttentionRunner",
        "Seq2SeqAttentionModel",
        "generate_copy_task_data",
        "generate_reversal_task_data",
        "main",
        "scaled_dot_product_attention",
    ]
    assert all(callable(getattr(seqflip, name)) for name in seqflip.__all__)


@pytest.mark.parametrize(
    ("function", "positional"),
    [
        (seqflip.scaled_dot_product_attention, "query key value mask"),
        (
            seqflip.Seq2SeqAttentionModel,
            "vocab_size src_length tgt_length d_model d_k d_v",
        ),
        (
            seqflip.Seq2SeqAttentionModel.train,
            "self x_src x_tgt epochs learning_rate batch_size verbose validation",
        ),
        (seqflip.Seq2SeqAttentionModel.predict, "self x_src"),
        (seqflip.Seq2SeqAttentionModel.evaluate, "self x_src x_tgt alignment"),
        (seqflip.Seq2SeqAttentionModel.loss_and_gradients, "self x_src x_tgt"),
        (
            seqflip.generate_copy_task_data,
            "n_samples src_length tgt_length vocab_size random_seed",
        ),
        (
            seqflip.generate_reversal_task_data,
            "n_samples src_length tgt_length vocab_size random_seed",
        ),
        (seqflip.AttentionRunner, "config_path"),
        (seqflip.AttentionRunner.run, "self"),
    ],
)
def test_positional_arguments(function: Callable[..., Any], positional: str) -> None:
    parameters = inspect.signature(function).parameters.values()
    by_place = [p.name for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD]
    assert by_place == positional.split()


def test_the_options_of_a_model_are_named_and_have_these_defaults() -> None:
    parameters = inspect.signature(seqflip.Seq2SeqAttentionModel).parameters.values()
    assert {p.name: p.default for p in parameters if p.kind is p.KEYWORD_ONLY} == {
        "architecture": "recurrent",
        "cell": "gru",
        "layers": 1,
        "bidirectional": True,
        "attention": "scaled_dot",
        "input_feeding": False,
        "source_marks": False,
        "dropout": 0.0,
        "heads": 4,
        "feed_forward": 128,
        "norm": "before",
        "positions": "sinusoidal",
        "max_positions": 128,
        "seed": None,
        "dtype": "float32",
    }


def test_the_calls_of_the_documentation_work() -> None:
    x_src, x_tgt = seqflip.generate_copy_task_data(12, 3, 3, 5, 0)
    model = seqflip.Seq2SeqAttentionModel(5, 3, 3, 8, 4, 4)
    history = model.train(x_src, x_tgt, 2, 0.01, 4, False)
    assert history.keys() == {"loss", "accuracy"}
    assert model.predict(x_src).shape == (12, 3)
    output, weights = seqflip.scaled_dot_product_attention([[1.0]], [[1.0]], [[2.0]], [[1]])
    assert (output.tolist(), weights.tolist()) == ([[2.0]], [[1.0]])


def test_importing_seqflip_loads_neither_a_screen_nor_a_cluster() -> None:
    code = "import sys, seqflip.__main__; print(*{name.split('.')[0] for name in sys.modules})"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=PACKAGE.parent, capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.split())
    assert {"seqflip", "numpy"} <= loaded
    assert not loaded & NOT_LOADED
