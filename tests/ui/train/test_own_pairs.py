"""Pairs pasted on the Train page: read at once, shown, and trained on."""

import json
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from seqflip.config.config import Config
from seqflip.data.tasks import make_dataset
from seqflip.runs.run import Run
from seqflip.runs.trained import EXAMPLES
from seqflip.server.launcher import Launched, Launcher
from seqflip.ui.train.own_pairs import ENOUGH, FEW, OWN, verdict

APP = Path(__file__).parents[3] / "app.py"
PAIRS = "".join(f"number {i},nombre {i}\n" for i in range(40))


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setenv("SEQFLIP_RUNS", str(tmp_path / "runs"))
    st.cache_resource.clear()
    page = AppTest.from_file(APP, default_timeout=60)
    page.query_params["pairs"] = "own"
    page.run()
    assert not page.exception
    return page


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[Config]:
    configs: list[Config] = []

    def start(self: Launcher, config: Config, **_: Any) -> Launched:
        self.limits.check(config)
        configs.append(config)
        return Launched(Run(EXAMPLES / "bottleneck"), "token", [])

    monkeypatch.setattr(Launcher, "start", start)
    return configs


def paste(app: AppTest, text: str) -> None:
    app.text_area(key="pairs_text").set_value(text).run()
    assert not app.exception


def said(app: AppTest) -> str:
    return " ".join(one.value for one in [*app.markdown, *app.caption])


def shown(app: AppTest) -> str:
    return "".join(str(one.proto.body) for one in app.get("html"))


def test_a_link_to_pairs_says_that_they_must_be_brought(app: AppTest) -> None:
    assert app.info[0].value.startswith("Paste pairs")
    assert app.button(key="do_train").disabled
    assert app.query_params["pairs"] == "own"
    assert "vocab_size" not in {one.key for one in app.number_input}


def test_what_is_pasted_is_read_and_shown_at_once(app: AppTest) -> None:
    paste(app, PAIRS)
    assert "**40 pairs** · 36 to train on, 4 held out · 42 different words · up to 2 → 2" in said(
        app
    )
    assert "<bdi>number</bdi>" in shown(app)
    assert not app.button(key="do_train").disabled
    app.segmented_control(key="pairs_tokens").set_value("letters").run()
    assert "different letters" in said(app)
    app.number_input(key="pairs_held_out").set_value(50).run()
    assert "20 to train on, 20 held out" in said(app)


def test_each_way_of_reading_shows_its_effect(app: AppTest) -> None:
    paste(app, "Hello there!,salut !\nHello you,salut toi\nhello you again there,toi\n")
    assert "9 different words" in said(app)
    app.toggle(key="pairs_lower_case").set_value(True).run()
    assert "8 different words" in said(app)
    app.toggle(key="pairs_punctuation").set_value(True).run()
    assert "7 different words" in said(app)
    assert "<bdi>there</bdi></span><span><bdi>!</bdi>" in shown(app)
    app.number_input(key="pairs_min_count").set_value(2).run()
    assert "<bdi>&lt;unknown&gt;</bdi>" in shown(app)
    assert "1 token that occurs less than 2 times is read as" in said(app)
    app.number_input(key="pairs_max_tokens").set_value(3).run()
    assert "**2 pairs**" in said(app)
    assert any("more than 3 tokens" in one.value for one in app.text)
    app.number_input(key="pairs_max_tokens").set_value(None).run()
    app.toggle(key="pairs_header").set_value(True).run()
    assert "Line 1 names the columns" in said(app)


def test_train_trains_on_what_was_brought(app: AppTest, started: list[Config]) -> None:
    paste(app, PAIRS)
    app.button(key="do_train").click().run()
    (config,) = started
    assert (config.data.n_train, config.data.n_test) == (36, 4)
    assert config.training.batch_size == 36
    assert (config.data.punctuation, config.data.min_count) == (False, 1)
    dataset = make_dataset(config.data)
    assert len(dataset.x_src_train) == 36
    assert "nombre" in dataset.vocabulary


def test_what_is_left_out_is_told_line_by_line(app: AppTest) -> None:
    paste(app, PAIRS + "nothing to pair\n")
    labels = [one.label for one in app.expander]
    assert "Left out: 1 line" in labels
    assert any("line 41" in one.value for one in app.text)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("one line without a pair", "There are no pairs"),
        ("a,b", "One pair alone cannot be learned"),
        ("a," + "b " * 200 + "\nc,d\n", "tokens in the longest are more than this server's 100"),
    ],
)
def test_what_cannot_be_is_told_at_the_box(app: AppTest, text: str, told: str) -> None:
    paste(app, text)
    assert told in app.error[0].value
    assert app.button(key="do_train").disabled


def test_what_is_pasted_becomes_no_html(app: AppTest) -> None:
    paste(app, "<b>bold</b> <img>,x\nc,d\n")
    assert "<img>" not in shown(app)
    assert "<b>bold" not in shown(app)


def test_where_the_server_keeps_them_is_told_to_nobody(app: AppTest, tmp_path: Path) -> None:
    paste(app, PAIRS)
    app.session_state.fold_file = True
    app.run()
    everything = json.dumps(
        [str(one.proto) for one in app.main] + [str(one) for one in app.sidebar]
    )
    assert ".brought" not in everything


def test_going_back_to_a_built_in_task_is_one_press(app: AppTest) -> None:
    paste(app, PAIRS)
    app.segmented_control(key="data_source").set_value("A built-in task").run()
    assert app.selectbox(key="task").value == "reverse"
    assert "pairs" not in app.query_params
    app.segmented_control(key="data_source").set_value(OWN).run()
    assert "**40 pairs**" in said(app)


def test_more_epochs_are_offered_where_few_pairs_make_few_steps(app: AppTest) -> None:
    paste(app, PAIRS)
    offer = app.button(key="pairs_epochs")
    assert offer.label == "10 epochs of these are 10 steps: take 800"
    offer.click().run()
    assert app.session_state.epochs == 800
    assert "pairs_epochs" not in {one.key for one in app.button}


def test_the_verdict_depends_on_how_many_there_are() -> None:
    assert "by heart" in verdict(FEW - 1, "words")
    assert "may do" in verdict(FEW, "words")
    assert verdict(ENOUGH, "letters") == "Enough to begin with."
