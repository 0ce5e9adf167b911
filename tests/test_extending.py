"""What docs/architecture.md says of adding a cell and an attention, followed to the letter."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from seqflip import AttentionRunner
from seqflip.nn.arrays import FloatArray
from seqflip.nn.attention import ATTENTIONS, Attention, AttentionCache
from seqflip.nn.buffers import Buffers
from seqflip.nn.rnn.cells import CELLS, Cell, State, Tape
from seqflip.ui.parts.fields import BY_KEY
from tests.nn.gradients import assert_directional_gradients, network
from tests.nn.test_network import PADDED, differentiate

APP = Path(__file__).parents[1] / "app.py"


def softsign(
    x: FloatArray,
    state: State,
    weight_ih: FloatArray,
    weight_hh: FloatArray,
    bias_ih: FloatArray,
    bias_hh: FloatArray,
) -> State:
    a = x @ weight_ih.T + bias_ih + state[0] @ weight_hh.T + bias_hh
    return (a / (1 + np.abs(a)),)


class Softsign(Cell):
    """``h' = a / (1 + |a|)`` with ``a = W_ih x + b_ih + W_hh h + b_hh``."""

    name, label = "softsign", "Softsign"
    plain = staticmethod(softsign)
    gates = slots = 1
    recurrent_slots = ((slice(0, 1), slice(0, 1)),)

    def step(self, tape: Tape, t: int) -> None:
        np.matmul(tape.rows[t], tape.weight, tape.products)
        a = tape.scratch[0] + tape.gates[t, 0]
        tape.states[0][t + 1] = a / (1 + np.abs(a))

    def derive(self, tape: Tape, d_gates: FloatArray) -> None:
        d_gates[0] = (1 - np.abs(tape.states[0][1:].swapaxes(0, 1))) ** 2

    def step_backward(self, d_state: State, tape: Tape, t: int, d_gates: FloatArray) -> State:
        d_gates *= d_state[0]
        self._through_weights(d_gates, tape)
        return (tape.scratch[0].copy(),)


class Distance(Attention):
    """``score = -|query - key|²``."""

    name, label = "distance", "Distance"
    plain = staticmethod(lambda query, key: -((query[..., None, :] - key[:, None]) ** 2).sum(-1))

    def score(
        self, query: FloatArray, key: FloatArray, buffers: Buffers
    ) -> tuple[FloatArray, FloatArray | None]:
        away = query[:, :, None] - key[:, None]
        return -(away**2).sum(axis=-1), away

    def terms(self, query: FloatArray, key: FloatArray) -> FloatArray:
        products: FloatArray = -((query[:, None] - key) ** 2)
        return products

    def score_backward(
        self, d_scores: FloatArray, cache: AttentionCache, buffers: Buffers
    ) -> tuple[FloatArray, FloatArray]:
        assert cache.hidden is not None
        d_away = -2 * cache.hidden * d_scores[..., None]
        return d_away.sum(axis=2), -d_away.sum(axis=1)


@pytest.fixture(autouse=True)
def registered() -> Iterator[None]:
    CELLS.register(Softsign)
    ATTENTIONS.register(Distance)
    yield
    del CELLS["softsign"], ATTENTIONS["distance"]


@pytest.mark.parametrize(
    ("section", "options"),
    [
        ("cell: softsign", {"cell": "softsign", "layers": 2}),
        ("attention: distance", {"attention": "distance", "input_feeding": True}),
    ],
    ids=["cell", "attention"],
)
def test_a_new_kind_is_differentiated_and_trained_from_a_file(
    section: str, options: dict[str, Any], tmp_path: Path
) -> None:
    made = network(**options)
    rng = np.random.default_rng(0)
    assert_directional_gradients(differentiate(made, PADDED, rng), made.parameters, rng)

    file = tmp_path / "toy.yaml"
    file.write_text(
        f"data: {{n_train: 2000, n_test: 100, src_length: 5, vocab_size: 8}}\n"
        f"model: {{{section}}}\ntraining: {{epochs: 8}}\n",
        encoding="utf-8",
    )
    found: dict[str, Any] = AttentionRunner(file).run()
    assert found["test_sequence_accuracy"] > 0.9
    assert found["parameters"] == AttentionRunner(file).config.size().parameters


def test_new_kinds_are_offered_on_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert BY_KEY["model.cell"].kind[-1] == "softsign"
    assert BY_KEY["model.d_k"].applies({"attention": "distance"})

    monkeypatch.setenv("SEQFLIP_RUNS", str(tmp_path))
    st.cache_resource.clear()
    app = AppTest.from_file(APP, default_timeout=60).run()
    app.session_state.fold_model = True
    app.run()
    assert app.selectbox(key="attention").options[-1] == "Distance"
    assert app.selectbox(key="cell").options[-1] == "Softsign"
