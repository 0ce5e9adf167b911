"""Through a head of a Transformer: what is seen, and that its block's numbers follow each other."""

import numpy as np
import pytest

from seqflip import Seq2SeqAttentionModel
from seqflip.config import Config, ModelConfig
from seqflip.decoding import SwitchOff, trace
from seqflip.nn import CROSS, DECODER, ENCODER, POSITIONS, Looks
from seqflip.nn.functional import softmax
from seqflip.runs.run import Run
from seqflip.runs.trained import EXAMPLES, Trained
from seqflip.ui.attend.block_html import Row
from seqflip.ui.attend.edits import read as read_edit
from seqflip.ui.attend.picture import Answer, answer
from seqflip.ui.attend.positions import told_of_places
from seqflip.ui.attend.through import (
    Through,
    all_heads,
    at_place,
    fitting,
    place_of,
    read,
    seen,
    through_head,
    write,
)
from seqflip.ui.parts.subject import open_subject

SOURCE = [3, 1, 4, 1, 5, 9]
KINDS = (CROSS, ENCODER, DECODER)


@pytest.fixture(scope="module", params=["transformer", "transformer-small"])
def plain(request: pytest.FixtureRequest) -> Answer:
    return answer(open_subject(Run(EXAMPLES / request.param)), SOURCE, None)


@pytest.mark.parametrize(
    "through", [Through(CROSS, 1, 2), Through(ENCODER, 0), Through(DECODER, 11, 0)]
)
def test_a_link_brings_it_back(through: Through) -> None:
    assert read(write(through)) == through


@pytest.mark.parametrize("text", ["", "cross", "cross-0-1", "cross-1-0", "cross-1-2-3", "x-1-1"])
def test_what_is_no_head_is_none(text: str) -> None:
    assert read(text) is None


def test_a_head_that_a_model_has_not_is_told() -> None:
    usual = Through(CROSS, 1, None)
    assert fitting(None, Looks(2, 4)) == (usual, "")
    assert fitting(Through(ENCODER, 1, 3), Looks(2, 4)) == (Through(ENCODER, 1, 3), "")
    assert fitting(Through(ENCODER, 1, 4), Looks(2, 4)) == (
        usual,
        "There is no “encoder-2-5”: this model has 2 layers of 4 heads.",
    )
    assert fitting(Through(CROSS, 0, 0), None) == (
        None,
        "This model has one look alone, and no heads.",
    )


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_has_its_own_rows_and_columns(plain: Answer, kind: str) -> None:
    shown = seen(plain, Through(kind, 0, 0))
    assert shown.weights.shape == (len(shown.rows), len(shown.columns))
    np.testing.assert_allclose(shown.weights.sum(axis=1), 1, rtol=1e-5)
    assert (shown.truth is not None) == (kind == CROSS)
    if kind == DECODER:
        assert not np.triu(shown.weights, 1).any(), "no word that is still to come is looked at"


def test_the_mean_is_that_of_the_heads_and_each_has_its_alignment(plain: Answer) -> None:
    heads, layers = plain.trace.heads, len(plain.trace.looks) // 3
    found = all_heads(plain, Through(CROSS, layers - 1))
    assert len(found) == (layers * heads if layers * heads > 1 else 0)
    assert all(head.note.startswith("aligned") for head in found)
    mean = seen(plain, Through(CROSS, layers - 1)).weights
    if found:
        np.testing.assert_allclose(mean, np.mean([one.weights for one in found[-heads:]], axis=0))
    for place in range(-1, layers * heads):
        assert place_of(plain, at_place(plain, CROSS, place)) == place


@pytest.mark.parametrize("row", [0, 3])
@pytest.mark.parametrize("kind", KINDS)
def test_a_heads_numbers_follow_from_each_other(plain: Answer, kind: str, row: int) -> None:
    through = Through(kind, 0, 0)
    one = through_head(plain, through, row).trace
    d = one.query.shape[1]
    at = Row(plain, through, row)
    part = at.values[f"{at.part}.in_proj_weight"], at.values[f"{at.part}.in_proj_bias"]
    query = (part[0] @ at(f"{at.part}.part.x") + part[1])[:d]
    np.testing.assert_allclose(one.query[row], query, rtol=1e-4, atol=1e-5)
    places = len(one.key)
    scores = one.query[row] @ one.key.T / np.sqrt(d)
    np.testing.assert_allclose(one.scores[row][:places], scores, rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(one.weights[row], softmax(scores), rtol=1e-4, atol=1e-5)
    context = one.weights[row] @ one.value
    np.testing.assert_allclose(one.context[row], context, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_what_came_in_goes_past_each_part_of_the_block(plain: Answer, kind: str) -> None:
    at = Row(plain, Through(kind, 0, 0), 2)
    seen_by_all = at(f"{at.part}.part.look.context")
    out = at.values[f"{at.part}.out_proj.weight"] @ seen_by_all
    out = out + at.values[f"{at.part}.out_proj.bias"]
    np.testing.assert_allclose(at(f"{at.part}.y"), at(f"{at.part}.x") + out, rtol=1e-4, atol=1e-5)
    name = f"{at.block}.feed_forward"
    first, second = (at.values[f"{at.block}.linear{i}.weight"] for i in (1, 2))
    biases = [at.values[f"{at.block}.linear{i}.bias"] for i in (1, 2)]
    hidden = np.maximum(0, first @ at(f"{name}.part.x") + biases[0])
    np.testing.assert_allclose(at(f"{name}.part.hidden"), hidden, rtol=1e-4, atol=1e-4)
    y = at(f"{name}.x") + second @ hidden + biases[1]
    np.testing.assert_allclose(at(f"{name}.y"), y, rtol=1e-4, atol=1e-4)


def test_a_head_that_is_switched_off_sees_nothing_and_is_missed() -> None:
    subject = open_subject(Run(EXAMPLES / "transformer-small"))
    off = read_edit("off-cross-1-1")
    assert off == SwitchOff(0, 0, CROSS)
    before, after = (answer(subject, SOURCE, None, made) for made in ((), (off,)))
    assert not seen(after, Through(CROSS, 0, 0)).weights.any()
    assert before.trace.outputs.tolist() == before.right
    assert after.trace.outputs.tolist() != after.right


@pytest.mark.parametrize("kind", POSITIONS)
def test_what_is_told_of_places_is_what_words_get(kind: str) -> None:
    config = ModelConfig(architecture="transformer", d_model=8, heads=2, positions=kind)
    model = Seq2SeqAttentionModel.from_config(config, 10, 6, 6, seed=0)
    trained = Trained(Config(model=config), model, [str(i) for i in range(10)], None)
    told = told_of_places(Answer(trained, trace(model.network, SOURCE, 6), None))
    if kind == "none":
        assert told is None
        return
    assert told is not None
    assert told.shape == (len(SOURCE), 2 if kind == "rotary" else 8)
    assert len(np.unique(told, axis=0)) == len(SOURCE)
    if kind == "sinusoidal":  # Vaswani et al. (2017), section 3.5
        place, i = np.arange(len(SOURCE))[:, None], np.arange(4)
        np.testing.assert_allclose(told[:, ::2], np.sin(place / 10000 ** (i / 4)), atol=1e-5)
