"""The Lengths page without a browser: what is chosen, linked to and brought along."""

import os
import shutil
import threading
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from seqflip.config.config import Config
from seqflip.config.files import override
from seqflip.data.tasks import make_dataset
from seqflip.learning.training import TrainingState
from seqflip.runs.creation import create_run
from seqflip.runs.lock import RunLock
from seqflip.runs.run import RunInfo
from seqflip.runs.trained import EXAMPLES
from seqflip.session.opening import Opened
from seqflip.session.session import Session
from seqflip.ui.lengths.measuring import THREAD
from tests.standing import stand

APP = Path(__file__).parents[3] / "app.py"
FEW = {"max": "16", "count": "50"}


@pytest.fixture(autouse=True)
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SEQFLIP_RUNS", str(tmp_path))
    st.cache_resource.clear()
    return tmp_path


def opened(**link: str) -> AppTest:
    """Open the page."""
    page = AppTest.from_file(APP, default_timeout=60)
    for name, text in link.items():
        page.query_params[name] = text
    page.switch_page("pages/lengths.py")
    return finished(page)


def finished(page: AppTest) -> AppTest:
    """Look at it until all is tried."""
    page.run()
    while "seqflip-done" not in written(page) and not page.error:
        rest()
        page.run()
    assert not page.exception
    return page


def rest() -> None:
    """Wait until nothing is being tried, instead of drawing the page again and again."""
    for thread in threading.enumerate():
        if thread.name == THREAD:
            thread.join(60)


def written(page: AppTest) -> str:
    """Return all that is written in HTML, but for the style sheets."""
    bodies = [str(one.proto.body) for one in page.get("html")]
    return "".join(one for one in bodies if "<style" not in one).replace("&nbsp;", " ")


def captions(page: AppTest) -> str:
    return " ".join(one.value for one in page.caption)


def test_a_first_visitor_finds_three_examples_tried_to_three_times_their_length() -> None:
    page = opened()
    assert page.multiselect(key="lengths_runs").value == ["reverse", "bottleneck", "steps"]
    assert "Lengths 1 to 36, 200 sequences of each: all tried" in written(page)
    assert "“Reverse” has at least 95 % exact match at lengths 4 to 12" in written(page)
    remembers = (
        "“With a memory of where it looked” has at least 95 % exact match at lengths 1 to 36"
    )
    assert remembers in written(page)
    assert page.selectbox(key="lengths_of").value == "reverse"
    assert page.selectbox(key="lengths_at").value == 13
    assert "sequences of 13 tokens that were tried" in captions(page)


def test_a_link_brings_back_runs_measure_and_point() -> None:
    page = opened(runs="bottleneck copy", measure="token_accuracy", of="copy", length="14", **FEW)
    assert page.multiselect(key="lengths_runs").value == ["bottleneck", "copy"]
    assert "at least 95 % token accuracy" in written(page)
    assert "of the 50 sequences of 14 tokens that were tried" in captions(page)


def test_another_point_is_chosen_without_a_mouse() -> None:
    page = opened(runs="reverse bottleneck", **FEW)
    page.selectbox(key="lengths_at").select(8).run()
    assert "None of the 50 sequences of 8 tokens" in captions(page)
    page.selectbox(key="lengths_of").select("bottleneck").run()
    assert "50 of the 50 sequences of 8 tokens that were tried" in captions(page)


def test_longer_sequences_can_be_asked_for() -> None:
    page = opened(runs="copy", **FEW)
    page.number_input(key="lengths_longest").set_value(18)
    finished(page)
    assert "Lengths 1 to 18" in written(page)


def test_what_a_link_says_wrong_is_told() -> None:
    page = AppTest.from_file(APP, default_timeout=60)
    page.query_params.update(runs="reverse nobody", max="9999", count="50")
    page.switch_page("pages/lengths.py").run()
    told = page.error[0].value
    assert "“max” in the link is “9999”, which is not a whole number from 2 to 200." in told
    assert "There is no run “nobody” with weights to test." in told
    assert page.multiselect(key="lengths_runs").value == ["reverse"]


def test_a_run_whose_data_are_gone_is_told_of_and_the_others_are_tried(runs: Path) -> None:
    shutil.copytree(EXAMPLES / "pairs", runs / "mine")
    (runs / "mine" / "pairs.tsv").unlink()
    page = opened(runs="mine reverse", **FEW)
    while "seqflip-done" not in written(page):
        rest()
        page.run()
    assert "there is no such file" in page.error[0].value
    assert "“Reverse” has at least" in written(page)


def test_a_run_that_is_shown_on_the_train_page_is_brought_along_with_its_counterpart(
    runs: Path,
) -> None:
    shutil.copytree(EXAMPLES / "bottleneck", runs / "mine")
    page = AppTest.from_file(APP, default_timeout=60)
    page.query_params["run"] = "mine"
    page.run()
    page.switch_page("pages/lengths.py").run()
    assert not page.exception
    assert page.multiselect(key="lengths_runs").value == ["mine", "reverse"]


def test_of_a_race_that_was_shown_since_its_lanes_are_brought_along() -> None:
    page = AppTest.from_file(APP, default_timeout=60)
    page.query_params["run"] = "sort"
    page.run()
    page.switch_page("pages/race.py").run()  # which shows the example
    page.switch_page("pages/lengths.py").run()
    assert not page.exception
    assert page.multiselect(key="lengths_runs").value == ["race-attention-1", "race-attention-2"]


def test_without_a_model_there_is_nothing_to_say() -> None:
    page = opened(runs="reverse", **FEW)
    page.multiselect(key="lengths_runs").set_value([]).run()
    assert not page.exception
    assert "Choose a model above" in written(page)


def test_of_a_run_that_is_being_trained_the_newest_weights_can_be_taken(runs: Path) -> None:
    config = override(Config(), ["training.max_steps=3", "model.d_model=8", "data.src_length=5"])
    run = create_run(runs / "mine", config, RunInfo(name="Mine"))
    dataset = make_dataset(config.data)
    opened_run = Opened(config, dataset, TrainingState.begin(config, dataset), resumed=False)
    Session(run, opened_run, lambda _: None, scratch=False).train()
    with RunLock(run.folder):
        stand(run, state="running", pid=os.getpid())
        page = opened(runs="mine", **FEW)
        assert "Mine: tested are its weights after step 3" in captions(page)
        page.button(key="lengths_newest_mine").click()
        finished(page)
        assert "after step 3" in captions(page)
    stand(run, state="finished")
    page.button(key="lengths_newest_mine").click()
    finished(page)
    assert "tested are its weights" not in captions(page)
