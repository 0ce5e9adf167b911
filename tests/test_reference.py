"""The model against a second, independent one: arrays made with PyTorch from the same weights.

How they were made stands in ``tests/reference/make_reference.py``.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from seqflip import Seq2SeqAttentionModel
from seqflip.nn.attention import ATTENTIONS
from seqflip.nn.network import Pass
from seqflip.nn.optim import Adam, clip_by_global_norm

FILES = sorted((Path(__file__).parent / "reference").glob("*.npz"))
Arrays = Mapping[str, NDArray[Any]]


@dataclass(frozen=True)
class Case:
    """A model with the reference's weights, and what the reference says about one batch."""

    model: Seq2SeqAttentionModel
    expected: Arrays
    layout: dict[str, list[int]]
    learning_rate: float
    clip_norm: float | None

    @property
    def x_src(self) -> NDArray[np.int64]:
        return self.expected["x_src"].astype(np.int64)

    @property
    def x_tgt(self) -> NDArray[np.int64]:
        return self.expected["x_tgt"].astype(np.int64)

    def named(self, flat: NDArray[Any]) -> dict[str, NDArray[Any]]:
        return unflatten(flat, self.layout)

    def forward(self) -> Pass:
        network = self.model.network
        return network.forward(self.x_src, network.shifted(self.x_tgt))


def unflatten(flat: NDArray[Any], layout: dict[str, list[int]]) -> dict[str, NDArray[Any]]:
    """Cut a flat vector into named arrays."""
    sizes = [int(np.prod(shape)) for shape in layout.values()]
    pieces = np.split(flat, np.cumsum(sizes)[:-1])
    return {
        name: piece.reshape(shape)
        for (name, shape), piece in zip(layout.items(), pieces, strict=True)
    }


def load(path: Path, batch: str) -> Case:
    with np.load(path) as file:
        stored = dict(file)
    options, layout, training = (
        json.loads(str(stored[name])) for name in ("options", "layout", "training")
    )
    model = Seq2SeqAttentionModel(**options, dtype="float64")
    model.load_parameters(unflatten(stored["parameters"], layout))
    expected = {
        name.removeprefix(f"{batch}."): array
        for name, array in stored.items()
        if name.startswith(f"{batch}.")
    }
    return Case(model, expected, layout, training["learning_rate"], training[batch])


@pytest.fixture(params=FILES, ids=lambda path: path.stem)
def path(request: pytest.FixtureRequest) -> Path:
    file: Path = request.param
    return file


@pytest.fixture(params=["full", "padded"])
def case(request: pytest.FixtureRequest, path: Path) -> Case:
    return load(path, request.param)


def assert_equal(actual: NDArray[Any], expected: NDArray[Any], what: str) -> None:
    """Compare float64 numbers with ones that were stored as float32."""
    assert actual.dtype == np.float64
    np.testing.assert_allclose(actual, expected, rtol=1e-6, atol=1e-7, err_msg=what)


def test_there_are_references_for_every_cell_and_attention() -> None:
    stems = {path.stem for path in FILES}
    cells, attentions = ("rnn", "gru", "lstm"), ("scaled_dot", "additive", "none")
    assert stems >= {f"{cell}-{attention}" for cell in cells for attention in attentions}
    recurrent = (stem.split("-") for stem in stems if not stem.startswith("transformer"))
    assert {attention for _, attention, *_ in recurrent} == set(ATTENTIONS)


def test_parameters_have_the_names_and_shapes_of_torch(path: Path) -> None:
    case = load(path, "full")
    ours = {name: list(array.shape) for name, array in case.model.parameters().items()}
    assert ours == case.layout


def test_logits(case: Case) -> None:
    assert_equal(case.forward().logits, case.expected["logits"], "logits")


def test_attention_weights(case: Case) -> None:
    assert_equal(case.forward().weights, case.expected["weights"], "weights")


def test_loss_and_all_gradients(case: Case) -> None:
    loss, gradients = case.model.loss_and_gradients(case.x_src, case.x_tgt)
    expected = case.named(case.expected["gradients"])
    assert loss == pytest.approx(float(case.expected["loss"]), rel=1e-6)
    assert gradients.keys() == expected.keys()
    for name, gradient in gradients.items():
        assert_equal(gradient, expected[name], name)


def test_greedy_decoding(case: Case) -> None:
    np.testing.assert_array_equal(case.model.predict(case.x_src), case.expected["greedy_tokens"])


def test_ten_adam_steps(case: Case) -> None:
    parameters = case.model.network.parameters
    adam = Adam(parameters.flat.size, parameters.flat.dtype)
    for step, expected_loss in enumerate(case.expected["adam_losses"]):
        loss, _ = case.model.loss_and_gradients(case.x_src, case.x_tgt)
        assert loss == pytest.approx(float(expected_loss), rel=2e-6), f"loss before step {step}"
        clip_by_global_norm(parameters.flat_grad, case.clip_norm)
        adam.update(parameters.flat, parameters.flat_grad, case.learning_rate)
    expected = case.named(case.expected["adam_parameters"])
    for name, value in case.model.parameters().items():
        # torch divides by the norm plus 1e-6 when it clips, SeqFlip by the norm itself.
        np.testing.assert_allclose(value, expected[name], rtol=1e-6, atol=1e-6, err_msg=name)
