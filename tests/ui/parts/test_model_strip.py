"""The drawn model: every line and bar of it is a number of the model that is shown."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import streamlit as st

from seqflip.config.sections import ModelConfig
from seqflip.decoding import trace
from seqflip.nn import CROSS, Where
from seqflip.runs.held_out import held_out
from seqflip.runs.live import LIKELIEST, STATE_NUMBERS, LivePicture, pooled
from seqflip.runs.run import Run
from seqflip.runs.trained import EXAMPLES, Trained, open_trained
from seqflip.ui.attend.parts import STRIP, typed_parts
from seqflip.ui.attend.through import Through
from seqflip.ui.attend.view import View
from seqflip.ui.charts.live import Chart
from seqflip.ui.parts.model_strip import links, live_strip

SOURCE = "3 1 4 1 5"
KINDS = ("reverse", "bottleneck", "steps", "transformer", "transformer-small")


@pytest.fixture(autouse=True)
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEQFLIP_RUNS", str(tmp_path))
    st.cache_resource.clear()


def traced(name: str) -> tuple[Trained, Any]:
    trained = open_trained(EXAMPLES / name)
    tokens, model = trained.encode(SOURCE), trained.model
    limit = trained.answer_length(len(tokens))
    return trained, trace(model.network, tokens, model.tgt_length, limit=limit)


def on_attend(name: str, **more: Any) -> Chart:
    return typed_parts(Run(EXAMPLES / name), View(run=name, source=SOURCE, **more), 0)[STRIP]


def on_train(name: str) -> Chart:
    run = Run(EXAMPLES / name)
    trained = open_trained(run)
    live = LivePicture(run, trained.config, held_out(run), trained.model.network)
    live.show(SOURCE)
    return live_strip(live.picture(0)["probe"], trained.config.model, trained.vocabulary[0])


@pytest.mark.parametrize("name", KINDS)
def test_arcs_and_bars_are_the_numbers_of_the_trace(name: str) -> None:
    drawn, (trained, found) = on_attend(name), traced(name)
    if trained.config.model.attends:
        assert np.allclose(np.array(drawn["weights"]) / 100, found.weights, atol=0.006)
    else:
        assert drawn["weights"] is None
    assert drawn["inputs"][:1] == trained.words(found.source[:1].tolist())
    for t, step in enumerate(drawn["next"]):
        shares = np.sort(found.probabilities[t])[::-1][:LIKELIEST]
        assert np.allclose([share / 100 for _, share in step], shares, atol=0.006)
        if found.outputs[t]:
            assert step[0][0] == trained.words([int(found.outputs[t])])[0]
    states = np.array(drawn["decoder"]) * np.abs(found.decoder_states).max() / 100
    assert np.allclose(states, found.decoder_states, atol=0.01 * np.abs(found.decoder_states).max())


@pytest.mark.parametrize("name", KINDS)
def test_train_draws_what_attend_draws(name: str) -> None:
    live, still = on_train(name), on_attend(name)
    assert live["inputs"] == still["inputs"]
    assert live["outputs"] == still["outputs"]
    assert live["reads"] == still["reads"]
    assert live["links"] == still["links"]
    assert live["correct"] == still["correct"]
    for part in ("encoder", "decoder"):
        assert np.allclose(live[part], still[part], atol=1.01)
    if still["weights"] is not None:
        assert np.allclose(live["weights"], still["weights"], atol=1.01)


def test_every_head_of_a_transformer_has_arcs_of_its_own() -> None:
    _, found = traced("transformer")
    heads = found.looks[Where(CROSS, 1)].weights
    assert np.allclose(np.array(on_attend("transformer")["heads"]) / 100, heads, atol=0.006)
    one = on_attend("transformer", through=Through(CROSS, 1, 2))
    assert one["heads"] is None
    assert np.allclose(np.array(one["weights"]) / 100, heads[2], atol=0.006)


def test_what_inputs_see_in_each_other_has_another_picture() -> None:
    assert on_attend("transformer", through=Through("encoder", 0, 0))["kind"] == "nothing"


@pytest.mark.parametrize(
    ("model", "ways"),
    [
        (ModelConfig(), 2),
        (ModelConfig(bidirectional=False), 1),
        (ModelConfig(cell="feedforward"), 0),
        (ModelConfig(architecture="transformer"), 0),
    ],
)
def test_the_encoder_is_drawn_as_it_reads(model: ModelConfig, ways: int) -> None:
    assert links(model) == ways


def test_a_wide_state_is_drawn_as_means() -> None:
    states = np.arange(256.0).reshape(2, 128)
    assert pooled(states).shape == (2, STATE_NUMBERS)
    assert pooled(states)[0, 0] == states[0, :4].mean()
    assert pooled(states[:, :20]) is not None
    assert (pooled(states[:, :20]) == states[:, :20]).all()
