"""Where keys and values come from: each vector that is shown, computed again by hand."""

import html
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import streamlit as st
from numpy.typing import NDArray

from seqflip.config import Config, ModelConfig
from seqflip.decoding import trace
from seqflip.model import Seq2SeqAttentionModel
from seqflip.nn import CROSS, DECODER, ENCODER, POSITIONS
from seqflip.runs.run import Run
from seqflip.runs.trained import EXAMPLES, Trained
from seqflip.ui.attend import encoder_html
from seqflip.ui.attend.drawn import drawn_model
from seqflip.ui.attend.parts import opened_sections, typed_parts
from seqflip.ui.attend.picture import Answer
from seqflip.ui.attend.step_html import Place
from seqflip.ui.attend.through import Through
from seqflip.ui.attend.understand import Scene, answered
from seqflip.ui.attend.view import PLAIN, View
from seqflip.ui.parts.subject import open_subject
from tests.decoding import by_hand
from tests.ui.attend.test_page import opened

SOURCE = [3, 1, 4, 1, 5, 9]
KEY = "attend_step_encoder"
_VECTOR = re.compile(r'aria-label="(.*?): \d+ numbers.*?>((?:<i>[^<]*</i>)+)</span>')


def untrained(**settings: Any) -> Answer:
    """Return what a model that begins with lively numbers answers."""
    if settings.get("architecture") != "transformer":
        settings |= {"d_k": 5, "d_v": 7}
    config = ModelConfig(d_model=8, **settings)
    model = Seq2SeqAttentionModel.from_config(config, 10, 6, 6, seed=0)
    flat = model.network.parameters.flat
    flat += np.random.default_rng(0).normal(0, 0.4, flat.shape)
    trained = Trained(Config(model=config), model, [str(i) for i in range(10)], None)
    return Answer(trained, trace(model.network, SOURCE, 6), None)


def vectors(answer: Answer, column: int, through: Through | None = None) -> dict[str, Any]:
    """Return the vectors of the section by their formulas, in the order in which they stand."""
    said = encoder_html.encoder(answer, Place(0, column), through, numbers=True)
    return {
        html.unescape(name): np.array(
            [float(one.replace("−", "-")) for one in re.findall("<i>(.*?)</i>", cells)]
        )
        for name, cells in _VECTOR.findall(said)
    }


def read(answer: Answer, column: int, through: Through | None = None) -> str:
    """Return the section's words without its tags."""
    said = encoder_html.encoder(answer, Place(0, column), through, numbers=False)
    return html.unescape(re.sub("<.*?>", "", said))


def assert_shown(shown: NDArray[Any], expected: NDArray[Any]) -> None:
    np.testing.assert_allclose(shown, expected, atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("column", [0, 2, 5])
@pytest.mark.parametrize(
    "settings",
    [{}, {"cell": "lstm", "layers": 2}, {"cell": "rnn"}, {"attention": "additive"}, {"layers": 3}],
    ids=str,
)
def test_both_directions_the_key_and_the_value(settings: dict[str, Any], column: int) -> None:
    answer = untrained(**settings)
    model = answer.trained.model
    expected = by_hand.run(model, SOURCE, answer.trace.inputs.tolist())
    *lower, top = expected.encoder_layers[:, column]
    embedding = model.parameters()["embedding.weight"][SOURCE[column]]
    found = list(vectors(answer, column).values())
    wanted = [embedding, *lower, top[:4], top[4:], top]
    for shown, one in zip(
        found, [*wanted, expected.key[column], expected.value[column]], strict=True
    ):
        assert_shown(shown, one)


def test_each_vector_stands_behind_its_formula() -> None:
    assert list(vectors(untrained(), 1)) == [
        "x2 = embedding of 1",
        "→h2 = GRU(x2, →h1)",
        "←h2 = GRU(x2, ←h3)",
        "h2 = [→h2 ; ←h2]",
        "k2 = Wk h2",
        "v2 = Wv h2",
    ]
    first, last = (list(vectors(untrained(), column)) for column in (0, 5))
    assert first[1:3] == ["→h1 = GRU(x1, 0)", "←h1 = GRU(x1, ←h2)"]
    assert last[1:3] == ["→h6 = GRU(x6, →h5)", "←h6 = GRU(x6, 0)"]
    assert list(vectors(untrained(layers=2), 1))[1:3] == ["h2 of layer 1", "→h2 = GRU(h2, →h1)"]


def test_what_each_direction_has_read_is_said_in_its_order() -> None:
    said = read(untrained(), 2)
    assert "Forwards, it has read 3 1 4. First half of h3." in said
    assert "Backwards, it has read 9 5 1 4. Second half of h3." in said


@pytest.mark.parametrize("column", [1, 4])
def test_a_half_depends_on_what_it_has_read_and_on_nothing_else(column: int) -> None:
    answer = untrained()
    model = answer.trained.model
    before, behind = list(SOURCE), list(SOURCE)
    before[:column] = [7] * column
    behind[column + 1 :] = [7] * (len(SOURCE) - column - 1)
    for source, kept, changed in ((behind, "→", "←"), (before, "←", "→")):
        other = Answer(answer.trained, trace(model.network, source, 6), None)
        ours, theirs = vectors(answer, column), vectors(other, column)
        for name in ours:
            if name.startswith((kept, changed)):
                same = np.allclose(ours[name], theirs[name], atol=1e-4)
                assert same == name.startswith(kept), name


def test_one_direction_is_the_whole_state() -> None:
    answer = untrained(bidirectional=False)
    found = vectors(answer, 2)
    assert_shown(found["→h3 = GRU(x3, →h2)"], answer.trace.encoder_states[2])
    assert not any(name.startswith("←") for name in found)
    assert "of what comes later this encoder knows nothing here" in read(answer, 2)


def test_a_cell_that_forgets_has_read_its_token_alone() -> None:
    said = read(untrained(cell="feedforward"), 2)
    assert "Forwards, it has read 4 alone: this cell forgets all before. First half" in said
    assert "Both halves, side by side" in said


def test_the_roles_of_key_and_value_are_said() -> None:
    said = read(untrained(), 2)
    assert "The key: what this input offers" in said
    assert "The value: what this input hands over" in said


def test_without_attention_the_last_states_are_all_that_is_handed_over() -> None:
    answer = untrained(attention="none")
    said = read(answer, 2)
    assert "No output looks at h3" in said
    assert "The decoder starts from [→h6 ; ←h1]" in said
    ends = (vectors(answer, 5)["→h6 = GRU(x6, →h5)"], vectors(answer, 0)["←h1 = GRU(x1, ←h2)"])
    assert_shown(np.concatenate(ends), answer.trace.start_states[-1])


def test_of_a_long_source_the_last_tokens_are_said() -> None:
    answer = untrained()
    longer = trace(answer.trained.model.network, [1, 2, 3, 4, 5, 6, 7, 8, 9, 1], 6)
    said = read(Answer(answer.trained, longer, None), 9)
    assert "Forwards, it has read … 3 4 5 6 7 8 9 1." in said
    assert "Backwards, it has read 1." in said


@pytest.mark.parametrize("positions", POSITIONS)
@pytest.mark.parametrize("through", [Through(CROSS, 0, 1), Through(CROSS, 1, None)], ids=str)
def test_a_transformers_input_from_its_token_to_a_heads_key(
    positions: str, through: Through
) -> None:
    settings: dict[str, Any] = {"architecture": "transformer", "layers": 2, "heads": 2}
    answer = untrained(positions=positions, **settings)
    p, column = answer.trained.model.parameters(), 3
    token, *place, state, key, value = vectors(answer, column, through).values()
    assert_shown(token, p["embedding.weight"][SOURCE[column]])
    added = positions not in ("rotary", "none")
    assert len(place) == (2 if added else 0)
    if added:
        into = answer.trace.between[0]["encoder.layers.0.self_attn.x"][column]
        assert_shown(place[0] + token, place[1])
        assert_shown(place[1], into)
    assert_shown(state, answer.trace.encoder_states[column])
    name = f"decoder.layers.{through.layer}.multihead_attn.in_proj_"
    _, all_keys, all_values = np.split(
        p[f"{name}weight"] @ answer.trace.encoder_states[column] + p[f"{name}bias"], 3
    )
    head = slice(None) if through.head is None else slice(4 * through.head, 4 * through.head + 4)
    assert_shown(key, all_keys[head])
    assert_shown(value, all_values[head])


def shown(view: View) -> Scene:
    found, _ = answered(open_subject(Run(EXAMPLES / view.run)), view)
    assert found is not None
    return found


@pytest.mark.parametrize("run", ["reverse", "bottleneck", "steps", "transformer"])
def test_it_comes_first_below_the_drawn_model_which_leads_to_it(run: str) -> None:
    one = shown(replace(PLAIN, run=run))
    assert opened_sections(one)[0].key == KEY
    assert drawn_model(one.opened, Place(0, 0), one.through)["opens"]["encoder"] == KEY


@pytest.mark.parametrize("kind", [ENCODER, DECODER])
def test_a_look_that_is_not_at_the_encoders_states_has_no_such_section(kind: str) -> None:
    one = shown(replace(PLAIN, run="transformer", through=Through(kind, 0, 1)))
    assert KEY not in [section.key for section in opened_sections(one)]


def test_it_follows_what_is_typed_and_which_input_is_chosen() -> None:
    run = Run(EXAMPLES / "reverse")

    def told(source: str, column: int) -> str:
        view = replace(PLAIN, source=source, column=column)
        return re.sub("<.*?>", "", str(typed_parts(run, view, 0)[KEY]["html"]))

    assert "Input 2, 7, as the encoder reads it" in told("2 7 8", 1)
    assert "Input 3, 8, as the encoder reads it" in told("2 7 8", 2)
    assert "Forwards, it has read 2 7 8 6." in told("2 7 8 6", 3)


@pytest.mark.parametrize(
    ("run", "first"), [("reverse", "def read_both_ways("), ("transformer", "def scaled_dot(")]
)
def test_its_code_is_shown_as_that_of_the_other_steps(
    run: str, first: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEQFLIP_RUNS", str(tmp_path))
    st.cache_resource.clear()
    page = opened(run=run)
    page.session_state.attend_code_encoder = True
    page.run()
    assert not page.exception
    assert page.code[0].value.splitlines()[0].startswith(first)


def test_a_token_is_never_read_as_html() -> None:
    answer = untrained()
    trained = replace(answer.trained, vocabulary=["0", *["<b>x"] * 9])
    said = encoder_html.encoder(replace(answer, trained=trained), Place(0, 1), None, numbers=False)
    assert "<b>x" not in said
    assert "&lt;b&gt;x" in said


def test_where_no_heatmap_keeps_the_choice_of_a_cell_the_drawn_model_does() -> None:
    for run, column in (("bottleneck", 3), ("reverse", None)):
        one = shown(replace(PLAIN, run=run, column=3))
        assert drawn_model(one.opened, one.place_in(one.opened), one.through)["column"] == column
