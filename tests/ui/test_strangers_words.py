"""What strangers write is text on every page: no picture is fetched, no link is shown."""

from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from seqflip.config.config import Config
from seqflip.runs.run import Run, RunInfo
from seqflip.runs.status import State
from seqflip.runs.store import RunStore
from seqflip.runs.trained import EXAMPLES
from seqflip.system.atomic import write_json
from tests.thorough import THOROUGH

APP = Path(__file__).parents[2] / "app.py"
EVIL = "![x](http://evil.example/x.png) [log in](http://evil.example) <b>x</b> $x$ :material/home:"
SHOWN = ("markdown", "caption", "error", "warning", "info", "success", "title", "header", "toast")


def texts(app: AppTest) -> list[str]:
    return [str(one.value) for kind in SHOWN for one in getattr(app, kind, [])]


STATES: list[State] = ["failed", "interrupted", "paused", "stopped", "diverged"]
PAGES = ["attend", "replay", "lengths", "runs"]


@pytest.mark.parametrize(
    ("page", "state"),
    [("train", state) for state in STATES]  # where each is told in another way
    + [(page, state) for page in PAGES for state in (STATES if THOROUGH else STATES[:1])],
)
def test_a_name_and_a_message_are_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, page: str, state: State
) -> None:
    monkeypatch.setenv("SEQFLIP_RUNS", str(tmp_path))
    st.cache_resource.clear()
    run = RunStore(tmp_path).create(Config(), RunInfo(name=EVIL[:80]), "evil")
    status = run.status().model_copy(update={"state": state, "message": EVIL})
    write_json(run.folder / "status.json", status.model_dump())
    for name in ("weights.npz", "vocabulary.json"):
        content = (Run(EXAMPLES / "reverse").folder / name).read_bytes()
        (run.folder / name).write_bytes(content)
    app = AppTest.from_file(APP, default_timeout=60)
    app.query_params["runs" if page == "lengths" else "run"] = "evil"
    app = app.run() if page == "train" else app.switch_page(f"pages/{page}.py").run()
    assert not app.exception
    for text in texts(app):
        outside = "".join(text.split("`")[::2])  # what stands in code is shown as it is
        assert "](http" not in outside
        assert "<b>" not in outside
