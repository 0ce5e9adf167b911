"""A link hands on the key of the run that it shows, and nothing else."""

from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from seqflip.config.config import Config
from seqflip.runs.ownership import hash_token
from seqflip.runs.run import RunInfo
from seqflip.runs.store import RunStore

APP = Path(__file__).parents[3] / "app.py"


@pytest.mark.parametrize(
    ("key", "taken"),
    [("secret", ["secret"]), (".".join("abcdefgh" * 8), []), ("x" * 4200, []), ("wrong", [])],
)
def test_only_the_key_of_the_run_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str, taken: list[str]
) -> None:
    monkeypatch.setenv("SEQFLIP_RUNS", str(tmp_path))
    st.cache_resource.clear()
    RunStore(tmp_path).create(Config(), RunInfo(owner=hash_token("secret")), "mine")
    app = AppTest.from_file(APP, default_timeout=60)
    app.query_params["run"], app.query_params["key"] = "mine", key
    app.run()
    assert not app.exception
    assert app.session_state["keys"] == taken
