"""Every number of a trace, against the network computed by hand."""

from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from seqflip.decoding import Flatten, Forbid, Force, Temperature
from seqflip.model import Seq2SeqAttentionModel
from tests.decoding import by_hand
from tests.decoding.conftest import lively, trace

SOURCE = [3, 1, 4, 1, 5]

VARIANTS: list[dict[str, Any]] = [
    {},
    {"attention": "dot"},
    {"attention": "additive"},
    {"attention": "additive", "input_feeding": True, "layers": 2},
    {"input_feeding": True},
    {"cell": "lstm", "layers": 2},
    {"cell": "rnn", "bidirectional": False},
    {"attention": "shift", "source_marks": True, "cell": "feedforward"},
    {"attention": "shift"},
    {"attention": "shift", "input_feeding": True},
    {"attention": "location"},
    {"attention": "location_dot", "source_marks": True},
]


def assert_close(actual: Any, desired: Any, name: str = "") -> None:
    assert_allclose(actual, desired, rtol=2e-4, atol=2e-5, err_msg=name)


@pytest.mark.parametrize("settings", VARIANTS, ids=str)
@pytest.mark.parametrize("target", [None, [5, 1, 4, 1, 3, 0]], ids=["free", "forced"])
def test_all_numbers_are_those_computed_by_hand(
    settings: dict[str, Any], target: list[int] | None
) -> None:
    model = lively(**settings)
    traced = trace(model, SOURCE, target=target)
    expected = by_hand.run(model, SOURCE, traced.inputs.tolist())
    for name, value in expected._asdict().items():
        assert_close(getattr(traced, name), value, name)
    assert_close(traced.products, expected.terms.sum(axis=2))
    assert_close(traced.products * traced.scale, traced.scores)
    assert_close(traced.weighted_values.sum(axis=1), traced.context)
    assert_array_equal(traced.outputs, expected.logits.argmax(axis=1))


@pytest.mark.parametrize("settings", VARIANTS, ids=str)
@pytest.mark.parametrize("changes", [{"temperature": 0.5}, {"forbidden": (1, 3)}], ids=str)
def test_changed_numbers_are_those_computed_by_hand(
    settings: dict[str, Any], changes: dict[str, Any]
) -> None:
    model = lively(**settings)
    interventions: list[Any] = [Forbid(place) for place in changes.get("forbidden", ())]
    if "temperature" in changes:
        interventions.append(Temperature(changes["temperature"]))
    traced = trace(model, SOURCE, interventions=interventions)
    expected = by_hand.run(model, SOURCE, traced.inputs.tolist(), **changes)
    for name in ("weights", "context", "logits", "probabilities"):
        assert_close(getattr(traced, name), getattr(expected, name), name)


def test_marks_are_read_and_looked_at_like_tokens() -> None:
    traced = trace(lively(source_marks=True), SOURCE)
    assert traced.source.tolist() == [9, *SOURCE, 10]
    assert traced.weights.shape == (len(traced.outputs), 7)
    assert (traced.weights > 0).all()


def test_every_stage_of_a_look_that_moves_is_there() -> None:
    traced = trace(lively(attention="shift"), SOURCE, target=[5, 1, 4, 1, 3, 0])
    made = traced.stages
    assert_array_equal(made["before"][0], [1, 0, 0, 0, 0])
    assert_array_equal(made["before"][1:], traced.weights[:-1])
    mixed = made["gate"] * made["content"] + (1 - made["gate"]) * made["before"]
    assert_allclose(made["mixed"], mixed, rtol=1e-5, atol=1e-7)
    powers = made["moved"] ** made["power"]
    assert_allclose(traced.weights, powers / powers.sum(axis=1, keepdims=True), rtol=1e-4)
    assert trace(lively(), SOURCE).stages == {}


def test_a_free_decoder_reads_its_own_words(model: Seq2SeqAttentionModel) -> None:
    traced = trace(model, SOURCE)
    assert traced.inputs.tolist() == [9, *traced.outputs[:-1].tolist()]


def test_a_free_answer_is_the_models_prediction(model: Seq2SeqAttentionModel) -> None:
    for source in ([1], [2, 7], SOURCE, [8, 8, 8, 8, 8, 8]):
        answer = trace(model, source).outputs
        predicted = model.predict(np.array([source]))[0]
        assert_array_equal(predicted[: len(answer)], answer)
        assert not predicted[len(answer) :].any()


def test_a_forced_decoder_reads_the_target(model: Seq2SeqAttentionModel) -> None:
    assert trace(model, SOURCE, target=[5, 1, 4, 0]).inputs.tolist() == [9, 5, 1, 4]


def test_decoding_stops_behind_an_end_mark_or_at_the_limit(model: Seq2SeqAttentionModel) -> None:
    model.parameters()["output.bias"][0] = 100
    assert trace(model, SOURCE).outputs.tolist() == [0]
    model.parameters()["output.bias"][0] = -100
    assert len(trace(model, SOURCE).outputs) == 6
    assert len(trace(model, [1] * 9).outputs) == 9
    assert len(trace(model, SOURCE, limit=2).outputs) == 2


def test_without_attention_there_are_no_weights() -> None:
    traced = trace(lively(attention="none"), SOURCE)
    steps = len(traced.outputs)
    assert traced.weights.shape == (steps, 5)
    assert not traced.weights.any()
    assert traced.terms.shape == (steps, 5, 0)
    assert traced.context.shape == (steps, 0)


def test_the_decoder_starts_from_the_encoders_last_states() -> None:
    forwards = trace(lively(bidirectional=False), SOURCE)
    assert_array_equal(forwards.start_states[-1], forwards.encoder_states[-1])
    both = trace(lively(layers=2), SOURCE)
    assert both.start_states.shape == (2, 8)
    assert_array_equal(both.start_states[-1, :4], both.encoder_states[-1, :4])
    assert_array_equal(both.start_states[-1, 4:], both.encoder_states[0, 4:])


def test_what_was_fed_is_the_context_of_the_step_before() -> None:
    traced = trace(lively(input_feeding=True), SOURCE)
    assert traced.fed is not None
    assert not traced.fed[0].any()
    assert_array_equal(traced.fed[1:], traced.context[:-1])
    assert trace(lively(), SOURCE).fed is None


def test_confidence_is_the_product_of_the_outputs_probabilities(
    model: Seq2SeqAttentionModel,
) -> None:
    traced = trace(model, SOURCE)
    best = traced.probabilities.max(axis=1)
    assert_array_equal(traced.output_probabilities, best)
    assert traced.confidence == pytest.approx(float(best.astype(float).prod()), rel=1e-5)


def test_the_likeliest_tokens_come_first(model: Seq2SeqAttentionModel) -> None:
    traced = trace(model, SOURCE)
    top = traced.top(4)
    assert_array_equal(top[:, 0], traced.outputs)
    falling = np.take_along_axis(traced.probabilities, top, axis=1)
    assert (np.diff(falling, axis=1) <= 0).all()


def test_entropy_counts_bits(model: Seq2SeqAttentionModel) -> None:
    assert_allclose(trace(model, [1, 2, 3, 4], interventions=[Flatten()]).entropy, 2, rtol=1e-6)
    assert_array_equal(trace(model, [1, 2, 3, 4], interventions=[Force(2)]).entropy, 0)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"source": []}, "one sequence of at least one token"),
        ({"source": [[1, 2]]}, "one sequence of at least one token"),
        ({"source": [1, 9]}, "token ids from 1 to 8, got 9"),
        ({"source": [1, 0]}, "token ids from 1 to 8, got 0"),
        ({"source": [1], "target": [1, 0, 1]}, "0 only at its end"),
        ({"source": [1], "target": [-1]}, "token ids from 0 to 8, got -1"),
        ({"source": [1], "limit": 0}, "limit must be at least 1"),
    ],
)
def test_what_cannot_be_traced_is_said(
    model: Seq2SeqAttentionModel, arguments: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        trace(model, **arguments)


def test_only_whole_numbers_are_tokens(model: Seq2SeqAttentionModel) -> None:
    with pytest.raises(TypeError, match="integer token ids"):
        trace(model, [1.5])


@pytest.mark.parametrize("settings", [*VARIANTS, {"architecture": "transformer"}], ids=str)
@pytest.mark.parametrize("row", [0, 3])
def test_a_step_with_more_changes_is_that_of_an_answer_with_them(
    settings: dict[str, Any], row: int
) -> None:
    model = lively(**settings)
    before = [Temperature(2.0)]
    more = [Forbid(1, row=row), Forbid(2, row=row)]
    target = [5, 1, 4, 1, 3, 0]
    found = trace(model, SOURCE, target=target, interventions=before)
    changed = trace(model, SOURCE, target=target, interventions=[*before, *more])
    assert_close(found.logits_with(row, more), changed.logits[row])
    assert_close(found.logits_with(row, []), found.logits[row])


def test_a_transformers_last_block_is_what_its_states_are_normed_of() -> None:
    model = lively(architecture="transformer", layers=2)
    found = trace(model, SOURCE)
    p = model.parameters()
    last = found.encoder_layers[-1]
    centred = last - last.mean(axis=1, keepdims=True)
    normed = centred / np.sqrt((centred**2).mean(axis=1, keepdims=True) + 1e-5)
    states = normed * p["encoder.norm.weight"] + p["encoder.norm.bias"]
    assert_close(found.encoder_states, states)
    assert found.encoder_layers.shape == (2, *found.encoder_states.shape)
