"""The Runs page without a browser: the table and what it says."""

import shutil
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

ROOT = Path(__file__).parents[3]


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setenv("SEQFLIP_RUNS", str(tmp_path))
    st.cache_resource.clear()
    app = AppTest.from_file(ROOT / "app.py", default_timeout=60).run()
    return app.switch_page("pages/runs.py")


def test_a_first_visitor_finds_trained_examples(app: AppTest) -> None:
    app.run()
    assert not app.exception
    table = app.dataframe[0].value
    assert {"reverse", "copy", "sort"} <= set(table["task"])
    assert set(table["kept"]) == {"example"}
    assert set(table["state"]) == {"finished"}


def test_all_words_of_the_filter_must_stand_in_a_row(app: AppTest) -> None:
    app.query_params["filter"] = "sort finished"
    app.run()
    assert list(app.dataframe[0].value["task"]) == ["sort"]
    app.text_input(key="run_filter").set_value("sort bottleneck").run()
    assert not app.dataframe
    assert "No run has all these words" in " ".join(one.value for one in app.caption)


def test_a_folder_that_is_no_run_is_left_out(app: AppTest, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "examples" / "copy", tmp_path / "mine")
    (tmp_path / "mine" / "config.yaml").write_text("model: nonsense", encoding="utf-8")
    (tmp_path / "empty").mkdir()
    app.run()
    assert not app.exception
    assert set(app.dataframe[0].value["kept"]) == {"example"}


def test_an_example_has_no_way_to_be_changed(app: AppTest) -> None:
    app.query_params["chosen"] = "reverse"
    app.run()
    labels = {button.label for button in app.button}
    assert "Open" in {link.proto.label for link in app.get("page_link")}
    assert not labels & {"Keep", "Save", "Delete for good"}
