"""What the buttons do when they are pressed, and when they are pressed once too often."""

from pathlib import Path

import pytest
import streamlit as st

from seqflip.runs.run import Run
from seqflip.ui.parts.toolbar import Start, Toolbar


class Page:
    """Shows what was started last."""

    def __init__(self, shown: str | None) -> None:
        self.shown = shown
        self.started: list[Start] = []
        self.bar = Toolbar("", {}, self.start, self.show, lambda: self.shown)

    def start(self, command: Start) -> None:
        self.started.append(command)
        self.shown = f"run-{len(self.started)}"

    def show(self, run_id: str | None) -> None:
        self.shown = run_id


@pytest.fixture(autouse=True)
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEQFLIP_RUNS", str(tmp_path))
    st.cache_resource.clear()


@pytest.mark.parametrize("before", [None, "ended"])
def test_a_double_click_starts_one_run(before: str | None) -> None:
    page = Page(before)
    drawn_for = None if before is None else Run(Path(before))
    for _ in range(2):
        page.bar.press("Train", drawn_for, None, 0)
    assert page.started == ["run"]


def test_two_presses_start_two_runs_if_the_page_was_drawn_between_them() -> None:
    page = Page(None)
    page.bar.press("Train", None, None, 0)
    page.bar.press("Reset", Run(Path("run-1")), None, 0)
    assert page.shown is None
    page.bar.press("Step", None, None, 0)
    assert page.started == ["run", "step"]
