"""The forms of the Train page, without a browser."""

from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

APP = Path(__file__).parents[3] / "app.py"


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setenv("SEQFLIP_RUNS", str(tmp_path))
    st.cache_resource.clear()
    return AppTest.from_file(APP, default_timeout=60)


def train_button(app: AppTest) -> bool:
    """Return whether one can press Train."""
    return not app.button(key="do_train").disabled


def test_it_opens_with_the_first_story_and_can_be_started(app: AppTest) -> None:
    app.run()
    assert not app.exception
    assert app.selectbox(key="preset").value == "reverse"
    assert train_button(app)


def test_a_preset_sets_everything(app: AppTest) -> None:
    app.run()
    app.selectbox(key="preset").select("notebook").run()
    assert app.number_input(key="d_model").value == 256
    assert app.selectbox(key="attention").value == "additive"
    assert dict(app.query_params) == {"preset": "notebook"}


def test_all_settings_are_in_the_url_and_a_link_restores_them(app: AppTest) -> None:
    app.run()
    app.number_input(key="d_model").set_value(48).run()
    app.session_state.fold_model = True
    app.run()
    app.toggle(key="bidirectional").set_value(False).run()
    link = dict(app.query_params)
    assert link == {"d_model": "48", "bidirectional": "no"}

    other = AppTest.from_file(APP, default_timeout=60)
    for name, text in link.items():
        other.query_params[name] = text
    other.run()
    assert other.number_input(key="d_model").value == 48
    assert other.session_state.bidirectional is False


def test_a_bad_link_falls_back_control_by_control_and_says_so(app: AppTest) -> None:
    app.query_params["d_model"] = "enormous"
    app.query_params["vocab_size"] = "9"
    app.query_params["preset"] = "nonsense"
    app.run()
    assert app.number_input(key="d_model").value == 32
    assert app.number_input(key="vocab_size").value == 9
    told = app.warning[0].value
    assert "“Width (d_model)” in the link is “enormous”" in told
    assert "There is no preset “nonsense”" in told


def test_what_cannot_be_is_said_at_its_control_and_train_is_disabled(app: AppTest) -> None:
    app.run()
    app.number_input(key="d_model").set_value(33).run()
    assert "must be even" in app.sidebar.error[0].value
    assert not train_button(app)
    app.number_input(key="d_model").set_value(34).run()
    assert not app.sidebar.error
    assert train_button(app)


def test_what_is_wrong_in_a_fold_opens_it(app: AppTest) -> None:
    app.query_params["batch_size"] = "100000"
    app.run()
    assert "“Batch size” must be at most “Examples”" in app.sidebar.error[0].value
    assert app.number_input(key="batch_size").value == 100_000


def test_controls_that_mean_nothing_now_are_not_shown(app: AppTest) -> None:
    app.session_state.fold_data = True
    app.run()
    assert "rotate_by" not in {widget.key for widget in app.number_input}
    app.selectbox(key="task").select("rotate").run()
    assert app.number_input(key="rotate_by").value == 1
    assert "tgt_length" not in {widget.key for widget in app.number_input}


def test_a_configuration_file_can_be_taken_in(app: AppTest) -> None:
    app.session_state.fold_file = True
    app.run()
    text = "model:\n  attention: none\n  d_model: 24\n"
    app.file_uploader(key="config_file").upload("mine.yaml", text.encode()).run()
    assert app.number_input(key="d_model").value == 24
    assert app.selectbox(key="attention").value == "none"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("model:\n  d_model: many\n", "mine.yaml: model.d_model must be a whole number"),
        ("data:\n  task: pairs\n  path: /etc/passwd\n", "data.task is pairs"),
        ("- 1\n", "mine.yaml:"),
    ],
)
def test_a_file_that_cannot_be_changes_nothing_and_says_why(
    app: AppTest, text: str, sentence: str
) -> None:
    app.session_state.fold_file = True
    app.run()
    app.file_uploader(key="config_file").upload("mine.yaml", text.encode()).run()
    assert sentence in app.sidebar.error[0].value
    assert app.number_input(key="d_model").value == 32
    assert app.selectbox(key="task").value == "reverse"


def test_changes_can_be_undone(app: AppTest) -> None:
    app.query_params["vocab_size"] = "9"
    app.run()
    app.button(key="undo_changes").click().run()
    assert app.number_input(key="vocab_size").value == 31
    assert dict(app.query_params) == {}


def test_a_run_that_is_gone_is_told_of(app: AppTest) -> None:
    app.query_params["run"] = "20200101-000000-reverse-abcdef"
    app.run()
    assert "There is no run" in app.error[0].value
    assert train_button(app)
