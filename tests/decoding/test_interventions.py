"""Interventions do to a look what they say, and to nothing before it."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from seqflip.decoding import (
    Flatten,
    Forbid,
    Force,
    Intervention,
    Shuffle,
    Swap,
    Temperature,
    beam_search,
)
from seqflip.model import Seq2SeqAttentionModel
from seqflip.nn import ATTENTIONS, scaled_dot_product_attention
from seqflip.nn.functional import softmax
from tests.decoding.conftest import lively, trace

SOURCE = [3, 1, 4, 1, 5]
TARGET = [5, 1, 4, 1, 3, 0]


@pytest.mark.parametrize("closed", [[0], [4], [1, 2], [0, 1, 2, 3, 4]])
def test_forbidding_is_a_mask(model: Seq2SeqAttentionModel, closed: list[int]) -> None:
    traced = trace(model, SOURCE, target=TARGET, interventions=[Forbid(p) for p in closed])
    mask = ~np.isin(np.arange(5), closed)
    output, weights = scaled_dot_product_attention(traced.query, traced.key, traced.value, mask)
    assert_allclose(traced.weights, weights, rtol=1e-5)
    assert_allclose(traced.context, output, rtol=1e-5, atol=1e-6)
    assert not traced.weights[:, closed].any()


def test_forbidding_in_one_row_is_a_mask_of_that_row(model: Seq2SeqAttentionModel) -> None:
    traced = trace(model, SOURCE, target=TARGET, interventions=[Forbid(2, row=3)])
    mask = np.ones((6, 5), np.bool_)
    mask[3, 2] = False
    output, weights = scaled_dot_product_attention(traced.query, traced.key, traced.value, mask)
    assert_allclose(traced.weights, weights, rtol=1e-5)
    assert_allclose(traced.context, output, rtol=1e-5, atol=1e-6)


def test_a_temperature_divides_the_scores(model: Seq2SeqAttentionModel) -> None:
    traced = trace(model, SOURCE, target=TARGET, interventions=[Temperature(0.25)])
    _, weights = scaled_dot_product_attention(4 * traced.query, traced.key, traced.value)
    assert_allclose(traced.weights, weights, rtol=1e-5)
    assert_array_equal(traced.scores, trace(model, SOURCE, target=TARGET).scores)


def test_a_forced_row_has_all_its_weight_in_one_place(model: Seq2SeqAttentionModel) -> None:
    traced = trace(model, SOURCE, target=TARGET, interventions=[Force(2, row=1)])
    assert traced.weights[1].tolist() == [0, 0, 1, 0, 0]
    assert_array_equal(traced.context[1], traced.value[2])


def test_a_flat_row_leaves_out_what_is_forbidden(model: Seq2SeqAttentionModel) -> None:
    traced = trace(model, SOURCE, target=TARGET, interventions=[Flatten(row=1), Forbid(0)])
    assert traced.weights[1].tolist() == [0, 0.25, 0.25, 0.25, 0.25]


def test_a_shuffled_row_has_the_same_weights_elsewhere(model: Seq2SeqAttentionModel) -> None:
    plain = trace(model, SOURCE, target=TARGET)
    rows = [
        trace(model, SOURCE, target=TARGET, interventions=[Shuffle(seed, row=1)]).weights[1]
        for seed in range(5)
    ]
    for row in rows:
        assert_array_equal(np.sort(row), np.sort(plain.weights[1]))
    assert len({row.tobytes() for row in rows}) > 1
    forbidden: list[Intervention] = [Shuffle(0), Forbid(2)]
    assert not trace(model, SOURCE, target=TARGET, interventions=forbidden).weights[:, 2].any()


def test_swapping_is_another_source(model: Seq2SeqAttentionModel) -> None:
    swapped = trace(model, SOURCE, interventions=[Swap(0, 4)])
    other = trace(model, [5, 1, 4, 1, 3])
    assert_array_equal(swapped.source, other.source)
    assert_array_equal(swapped.logits, other.logits)


def test_from_where_the_answer_changes_the_model_reads_the_changed_answer(
    model: Seq2SeqAttentionModel,
) -> None:
    model.parameters()["output.weight"][:, 8:] *= 20  # an answer that depends on the context
    model.parameters()["output.bias"][0] = -1000
    plain = trace(model, SOURCE)
    forced = next(
        candidate
        for position in range(5)
        if (candidate := trace(model, SOURCE, interventions=[Force(position, row=2)])).outputs[2]
        != plain.outputs[2]
    )
    assert_array_equal(forced.logits[:2], plain.logits[:2])
    assert forced.inputs[3] == forced.outputs[2] != plain.inputs[3]
    assert (forced.query[3] != plain.query[3]).any()


@pytest.mark.parametrize("settings", [{}, {"input_feeding": True}], ids=str)
def test_a_changed_look_reaches_the_next_state_only_with_input_feeding(
    settings: dict[str, Any],
) -> None:
    model = lively(**settings)
    plain = trace(model, SOURCE, target=TARGET)
    changed = trace(model, SOURCE, target=TARGET, interventions=[Force(0, row=2)])
    assert_array_equal(changed.decoder_states[:3], plain.decoder_states[:3])
    reached = bool((changed.decoder_states[3] != plain.decoder_states[3]).any())
    assert reached == bool(settings)


@pytest.mark.parametrize("attention", ATTENTIONS)
def test_beam_search_of_width_one_is_greedy_under_the_same_interventions(attention: Any) -> None:
    model = lively(attention=attention)
    changes: list[Intervention] = [Temperature(0.3), Forbid(1), Force(0, row=1), Swap(2, 3)]
    found = beam_search(model.network, SOURCE, 6, 1, interventions=changes)
    assert (
        list(found.hypotheses[0].tokens)
        == trace(model, SOURCE, interventions=changes).outputs.tolist()
    )


def test_attention_that_moves_goes_on_from_where_it_was_forced_to_look() -> None:
    model = lively(attention="shift")
    p = model.parameters()
    p["attention.gate.bias"][...] = -100
    p["attention.shift.weight"][...], p["attention.shift.bias"][...] = 0, [0, 0, 100]
    plain = trace(model, SOURCE, target=TARGET)
    assert plain.weights.argmax(axis=1)[:3].tolist() == [1, 2, 3]
    forced = trace(model, SOURCE, target=TARGET, interventions=[Force(0, row=2)])
    assert forced.weights.argmax(axis=1)[:5].tolist() == [1, 2, 0, 1, 2]
    forbidden = trace(model, SOURCE, target=TARGET, interventions=[Forbid(2)])
    assert not forbidden.weights[:, 2].any()


@pytest.mark.parametrize("attention", ["location", "location_dot"])
def test_attention_that_is_told_where_it_looked_is_told_of_a_forced_look(attention: str) -> None:
    model = lively(attention=attention)
    forced = trace(model, SOURCE, target=TARGET, interventions=[Force(0, row=2)])
    assert forced.stages["before"][3].tolist() == [1, 0, 0, 0, 0]


def test_marks_can_be_forced_and_forbidden_like_tokens() -> None:
    model = lively(source_marks=True)
    traced = trace(model, SOURCE, interventions=[Force(6, row=0), Forbid(0)])
    assert traced.weights[0].argmax() == 6
    assert not traced.weights[:, 0].any()


def test_what_the_last_softmax_got_of_attention_that_moves_can_be_looked_up() -> None:
    changes: list[Intervention] = [Temperature(0.5), Forbid(1, row=0)]
    traced = trace(lively(attention="shift"), SOURCE, target=TARGET, interventions=changes)
    for row in range(2):
        given = traced.given_to_softmax(row)
        assert_allclose(given.scores, 2 * traced.stages["raised"][row], rtol=1e-6)
        assert_allclose(softmax(given.scores, given.allowed), traced.weights[row], rtol=1e-5)


def test_what_the_softmax_got_can_be_looked_up(model: Seq2SeqAttentionModel) -> None:
    changes: list[Intervention] = [Temperature(0.5), Forbid(1, row=0), Flatten(row=1)]
    traced = trace(model, SOURCE, target=TARGET, interventions=changes)
    first, second = traced.given_to_softmax(0), traced.given_to_softmax(1)
    assert_allclose(first.scores, 2 * traced.scores[0], rtol=1e-6)
    assert first.allowed.tolist() == [True, False, True, True, True]
    assert second.allowed.all()
    assert_array_equal(softmax(first.scores, first.allowed), traced.weights[0])


def test_the_model_is_left_as_it_was(model: Seq2SeqAttentionModel) -> None:
    before = trace(model, SOURCE)
    trace(model, SOURCE, interventions=[Flatten(), Swap(0, 1), Temperature(9)])
    assert_array_equal(trace(model, SOURCE).logits, before.logits)


def test_interventions_are_values() -> None:
    assert Forbid(1) == Forbid(1) != Forbid(1, row=0)
    assert len({Temperature(2.0), Temperature(2.0), Flatten(), Shuffle(), Swap(0, 1)}) == 4
    with pytest.raises(AttributeError):
        Forbid(1).position = 2  # type: ignore[misc]


@pytest.mark.parametrize(
    ("interventions", "message"),
    [
        ([Forbid(5)], "positions go from 0 to 4, got 5"),
        ([Force(-1)], "positions go from 0 to 4, got -1"),
        ([Swap(0, 7)], "positions go from 0 to 4, got 7"),
        ([Flatten(row=-1)], "rows are counted from 0"),
        ([Temperature(0.0)], "temperature must be from"),
        ([Temperature(float("nan"))], "temperature must be from"),
        ([Temperature(float("inf"))], "temperature must be from"),
        ([Shuffle(-1)], "seed of a shuffle"),
        ([Forbid(1), Force(1, row=2)], "position 1 is both forbidden and forced"),
    ],
)
def test_what_cannot_be_changed_is_said(
    model: Seq2SeqAttentionModel, interventions: list[Intervention], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        trace(model, SOURCE, interventions=interventions)
    with pytest.raises(ValueError, match=message):
        beam_search(model.network, SOURCE, 6, 2, interventions=interventions)


rows = st.none() | st.integers(0, 8)
places = st.integers(0, 4)
any_intervention = st.one_of(
    st.builds(Temperature, st.floats(1e-3, 1e3), rows),
    st.builds(Forbid, places, rows),
    st.builds(Flatten, rows),
    st.builds(Shuffle, st.integers(0, 99), rows),
    st.builds(Swap, places, places),
)


@given(st.lists(any_intervention, max_size=6), st.sampled_from(["dot", "additive", "none"]))
def test_weights_stay_weights_whatever_is_done(changes: list[Intervention], attention: Any) -> None:
    traced = trace(lively(attention=attention), SOURCE, interventions=changes)
    total = traced.weights.sum(axis=1)
    assert (traced.weights >= 0).all()
    assert (np.isclose(total, 1, atol=1e-5) | (total == 0)).all()
    assert np.isfinite(traced.logits).all()
