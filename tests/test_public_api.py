"""What ``import seqflip`` offers, what it loads, and which way imports point."""

import ast
import inspect
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import seqflip

PACKAGE = Path(seqflip.__file__).parent
SCREEN = {"streamlit", "plotly"}

# From the bottom: a module may import from its own layer and from those below.
BELOW_THE_MODEL = {"config", "limits", "section", "strict_yaml", "metrics"}
LAYERS = [
    {"nn"},
    BELOW_THE_MODEL | {"decoding", "evaluation", "model"},
    {"blas", "events", "tasks", "pairs", "vocabulary", "training", "fitting"},
]
TOP = "ui"  # what is not named stands in between


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
        "cell": "gru",
        "layers": 1,
        "bidirectional": True,
        "attention": "scaled_dot",
        "input_feeding": False,
        "dropout": 0.0,
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


def test_importing_seqflip_loads_neither_streamlit_nor_plotly() -> None:
    code = "import sys, seqflip.__main__; print(*{name.split('.')[0] for name in sys.modules})"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=PACKAGE.parent, capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.split())
    assert {"seqflip", "numpy"} <= loaded
    assert not loaded & SCREEN


# ------------------------------------------------------------------ which way imports point


def modules() -> Iterator[tuple[str, Path]]:
    """Yield the first name below ``seqflip`` and the file of every module but the package's own."""
    for path in sorted(PACKAGE.rglob("*.py")):
        place = path.relative_to(PACKAGE)
        if place.name != "__init__.py" or len(place.parts) > 1:
            yield place.parts[0].removesuffix(".py"), path


def loaded_by(path: Path) -> set[str]:
    """Return the full names that a module imports when it is loaded.

    Imports inside functions happen later, and those under TYPE_CHECKING never.
    """
    names: set[str] = set()
    for node in ast.parse(path.read_text("utf-8")).body:
        for inner in ast.walk(node) if isinstance(node, ast.Try) else [node]:
            if isinstance(inner, ast.Import):
                names |= {alias.name for alias in inner.names}
            elif isinstance(inner, ast.ImportFrom):
                assert inner.level == 0, f"{path}: imports are absolute"
                names |= {f"{inner.module}.{alias.name}" for alias in inner.names}
    return names


def layer(name: str) -> int:
    for number, members in enumerate(LAYERS):
        if name in members:
            return number
    return len(LAYERS) + (name == TOP)


@pytest.mark.parametrize(
    ("name", "path"),
    [pytest.param(*found, id=str(found[1].relative_to(PACKAGE))) for found in modules()],
)
def test_imports_point_down(name: str, path: Path) -> None:
    for imported in loaded_by(path):
        package, _, rest = imported.partition(".")
        if package == "seqflip":
            below = rest.split(".")[0]
            assert layer(below) <= layer(name), f"{path.name} imports {imported}"
        if package in SCREEN:
            assert name == TOP, f"{path.name} imports {imported}, which only seqflip.ui may"
        if name == "nn":
            assert package in sys.stdlib_module_names | {"numpy", "seqflip"}


def test_all_layers_exist() -> None:
    names = {name for name, _ in modules()}
    for members in (*LAYERS, {TOP}):
        assert members <= names


def test_pages_and_the_app_are_imported_by_nothing() -> None:
    for _, path in modules():
        for imported in loaded_by(path):
            assert imported.split(".")[0] not in {"app", "pages", "tests"}
