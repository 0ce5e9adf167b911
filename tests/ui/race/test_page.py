"""The Race page, without a browser."""

import json
import re
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

APP = Path(__file__).parents[3] / "app.py"


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setenv("SEQFLIP_RUNS", str(tmp_path))
    st.cache_resource.clear()
    app = AppTest.from_file(APP, default_timeout=60)
    app.switch_page("pages/race.py")
    return app


def html(app: AppTest) -> str:
    """Return all HTML on the page, also what a feed may renew, without what isolates a token."""
    still = [element.proto.body for element in app.get("html")]
    mounted = [json.loads(element.proto.json) for element in app.get("bidi_component")]
    found = " ".join([*still, *(data.get("html", "") for data in mounted)])
    return re.sub("</?bdi>", "", found)


def test_the_first_visit_shows_a_race_that_is_over(app: AppTest) -> None:
    app.run()
    assert not app.exception
    assert dict(app.query_params) == {"race": "race-attention"}
    assert re.search("With attention: 99 % exact match after [0-9]+ steps", html(app))
    assert app.text_input(key="race_probe").disabled is False


def test_a_sequence_is_answered_after_the_end_too(app: AppTest) -> None:
    app.run()
    app.text_input(key="race_probe").set_value("3 1 4 1 5").run()
    assert not app.exception
    assert html(app).count("<dt>input</dt><dd>3 1 4 1 5</dd>") == 2
    assert "the decoder knows of the 5 inputs is the encoder's last state, 32 numbers" in html(app)
    app.text_input(key="race_probe").set_value("3 pear").run()
    assert "seqflip-problem" in html(app)
    assert "pear" in html(app)


def test_reset_shows_what_is_about_to_race(app: AppTest) -> None:
    app.run()
    app.button(key="race_do_reset").click().run()
    assert not app.exception
    assert "race" not in app.query_params
    assert "2 variants · 940 steps each · 6,000 examples" in app.markdown[0].value
    assert "Press Train" in html(app)
    assert app.button(key="race_do_train").disabled is False


def test_every_race_can_be_chosen_again(app: AppTest) -> None:
    app.run()
    app.selectbox(key="race_choice").select("").run()
    assert dict(app.query_params) == {"story": "race-attention"}
    app.selectbox(key="race_choice").select("race-attention").run()
    assert not app.exception
    assert dict(app.query_params) == {"race": "race-attention"}


def test_a_story_sets_all_variants(app: AppTest) -> None:
    app.run()
    app.button(key="race_do_reset").click().run()
    app.selectbox(key="race_story").select("race-cells").run()
    assert [fold.label for fold in app.sidebar.expander] == ["GRU", "RNN", "LSTM"]
    assert dict(app.query_params) == {"story": "race-cells"}
    app.segmented_control(key="race_seeds").set_value(3).run()
    assert dict(app.query_params) == {"story": "race-cells", "seeds": "3"}
    assert "3 seeds" in app.markdown[0].value


def test_variants_of_ones_own_are_in_the_url_and_a_link_restores_them(app: AppTest) -> None:
    app.query_params["story"] = "sort"
    app.run()
    app.multiselect(key="race_changes_0").set_value(["d_k"]).run()
    app.number_input(key="race_0_d_k").set_value(2).run()
    app.button(key="race_add").click().run()
    assert not app.exception
    assert [fold.label for fold in app.sidebar.expander] == ["d_k 2", "attention none", "as it is"]
    link = dict(app.query_params)
    assert link == {"story": "sort", "v1": "d_k=2", "v2": "attention=none", "v3": "-"}

    other = AppTest.from_file(APP, default_timeout=60)
    other.switch_page("pages/race.py")
    for name, text in link.items():
        other.query_params[name] = text
    other.run()
    assert other.number_input(key="race_0_d_k").value == 2
    assert [fold.label for fold in other.sidebar.expander] == [
        *("d_k 2", "attention none", "as it is")
    ]
    other.button(key="race_remove").click().run()
    assert "v3" not in other.query_params


def test_a_bad_link_falls_back_item_by_item_and_says_so(app: AppTest) -> None:
    app.query_params["story"] = "nonsense"
    app.query_params["v1"] = "d_k=enormous cell=rnn"
    app.query_params["v2"] = "-"
    app.query_params["seeds"] = "1000"
    app.run()
    assert not app.exception
    told = app.warning[0].value
    for part in ("no story “nonsense”", "“enormous”", "“seeds” in the link is “1000”"):
        assert part in told
    assert app.selectbox(key="race_0_cell").value == "rnn"
    assert app.segmented_control(key="race_seeds").value == 1


def test_a_race_that_is_gone_is_told_of(app: AppTest) -> None:
    app.query_params["race"] = "gone"
    app.run()
    assert not app.exception
    assert "There is no race 'gone'" in app.error[0].value


@pytest.mark.parametrize("bad", ["reverse", "../etc", "race-attention-1"])
def test_what_is_no_race_is_not_shown_as_one(app: AppTest, bad: str) -> None:
    app.query_params["race"] = bad
    app.run()
    assert not app.exception
    assert "There is no race" in app.error[0].value


def test_what_cannot_be_is_said_and_train_is_disabled(app: AppTest) -> None:
    app.query_params["story"] = "race-attention"
    app.run()
    app.multiselect(key="race_changes_0").set_value(["d_model"]).run()
    app.number_input(key="race_0_d_model").set_value(33).run()
    assert "must be even" in app.sidebar.error[0].value
    assert app.button(key="race_do_train").disabled
    app.number_input(key="race_0_d_model").set_value(-1).run()
    assert "must be a whole number of at least 1, not -1" in app.sidebar.error[0].value
    app.number_input(key="race_0_d_model").set_value(16).run()
    assert not app.sidebar.error
    assert not app.button(key="race_do_train").disabled
