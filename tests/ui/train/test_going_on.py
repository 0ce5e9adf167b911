"""What the Train page offers to whoever comes without a link."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from seqflip.runs.ownership import hash_token
from seqflip.runs.trained import EXAMPLES

APP = Path(__file__).parents[3] / "app.py"
MINE = "my-token"


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SEQFLIP_RUNS", str(tmp_path))
    st.cache_resource.clear()
    return tmp_path


def make(runs: Path, name: str, state: str, **info: Any) -> Path:
    """Make a run that stands at step 60 of 940."""
    folder = runs / name
    shutil.copytree(EXAMPLES / "copy", folder)
    status = json.loads((folder / "status.json").read_text(encoding="utf-8"))
    status |= {"state": state, "step": 60, "total_steps": 940, "pid": None, "message": ""}
    (folder / "status.json").write_text(json.dumps(status), encoding="utf-8")
    (folder / "run.json").write_text(
        json.dumps({"name": name, "source": "app", **info}), encoding="utf-8"
    )
    return folder


def opened() -> AppTest:
    app = AppTest.from_file(APP, default_timeout=60)
    app.session_state["keys"] = [MINE]
    return app.run()


def links(app: AppTest) -> dict[str, tuple[str, str]]:
    """Return the links of the page: what each says, to where it leads and what it tells."""
    found = (link.proto for link in app.main.get("page_link"))
    return {one.label: (f"{one.page}?{one.query_string}", one.help) for one in found}


def written(app: AppTest) -> list[str]:
    return [caption.value for caption in app.main.caption]


def test_where_nothing_trains_nothing_is_offered(runs: Path) -> None:
    make(runs, "over", "finished", owner=hash_token(MINE))
    assert links(opened()) == {}


def test_ones_own_newest_that_has_not_ended_is_offered(runs: Path) -> None:
    make(runs, "older", "paused", owner=hash_token(MINE), created=1.0)
    make(runs, "newer", "paused", owner=hash_token(MINE), created=2.0)
    make(runs, "others", "paused", owner=hash_token("another"), created=3.0)
    app = opened()
    assert "Continue where you were:" in written(app)
    assert links(app) == {"newer": ("?run=newer", "Paused, step 60 of 940")}


def test_all_that_trains_now_is_listed_as_it_is_called(runs: Path) -> None:
    make(runs, "star", "running", owner=hash_token("another"))
    info = json.loads((runs / "star" / "run.json").read_text(encoding="utf-8"))
    (runs / "star" / "run.json").write_text(json.dumps(info | {"name": "*=1+1*"}), encoding="utf-8")
    app = opened()
    assert "Training now:" in written(app)
    assert links(app) == {"`*=1+1*`": ("?run=star", "Training, step 60 of 940")}


def test_with_a_run_in_the_link_nothing_else_is_offered(runs: Path) -> None:
    make(runs, "mine", "paused", owner=hash_token(MINE))
    app = AppTest.from_file(APP, default_timeout=60)
    app.query_params["run"] = "mine"
    assert "Continue where you were:" not in written(app.run())
