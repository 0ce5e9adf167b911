"""The Replay page without a browser: what is chosen, typed and linked to."""

import json
import os
import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
import streamlit as st
from hypothesis import given, settings
from hypothesis import strategies as some
from streamlit.testing.v1 import AppTest

from seqflip.runs.run import Run
from seqflip.ui.attend.view import from_link as attend_view
from seqflip.ui.parts.logs import read_logs
from seqflip.ui.replay.show import told_of
from tests.thorough import tries
from tests.ui.opening import open_page

opened = partial(open_page, "replay")

APP = Path(__file__).parents[3] / "app.py"
EXAMPLES = APP.parent / "examples"


@pytest.fixture(autouse=True)
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("runs")
        patch.setenv("SEQFLIP_RUNS", str(folder))
        st.cache_resource.clear()
        yield folder


def sent(page: AppTest) -> dict[str, Any]:
    """Return what the page has sent to the player: its frames and where to begin."""
    replay = page.session_state["replay_of"][1]
    view = page.session_state["replay_view"]
    return {"source": replay.source, "frames": replay.frames, "step": view.step}


def bodies(page: AppTest) -> str:
    written = [str(one.proto.body) for one in page.get("html")]
    return "".join(one for one in written if "<style" not in one)


def test_it_opens_on_an_example() -> None:
    page = opened()
    assert page.selectbox(key="replay_run").value == "reverse"
    assert sent(page)["source"] == (3, 1, 4, 1, 5, 9)
    assert len(sent(page)["frames"]) >= 14
    assert page.caption[-1].value.startswith(f"{len(sent(page)['frames'])} snapshots")


def test_what_is_typed_is_replayed_and_nonsense_changes_nothing() -> None:
    page = opened()
    page.text_input(key="replay_source").set_value("7 8 2 9").run()
    assert sent(page)["source"] == (7, 8, 2, 9)
    page.text_input(key="replay_source").set_value("7 99").run()
    assert "Token 2, &#39;99&#39;, is not in the vocabulary" in bodies(page)
    assert sent(page)["source"] == (7, 8, 2, 9)
    page.button(key="replay_random").click().run()
    assert not page.exception
    assert sent(page)["source"] != (7, 8, 2, 9)


def test_a_link_brings_back_all_of_it() -> None:
    page = opened(run="sort", source="5 5 3", step="222", truth="yes")
    assert page.selectbox(key="replay_run").value == "sort"
    assert page.text_input(key="replay_source").value == "5 5 3"
    view = page.session_state["replay_view"]
    assert (view.step, view.truth) == (222, True)


def test_another_run_begins_at_its_start() -> None:
    page = opened(step="222")
    page.selectbox(key="replay_run").select("copy").run()
    assert not page.exception
    assert sent(page)["step"] is None


_said: dict[str, some.SearchStrategy[str]] = {
    "run": some.sampled_from(["pairs", "bottleneck", "sort"]),
    "source": some.sampled_from(["3 1 4", "1", "3 may 2024", "1 " * 201, "$a$"]),
    "step": some.integers(-1, 10**10).map(str),
    "truth": some.sampled_from(["yes", "no", "1"]),
}


@settings(max_examples=tries(5, 100), deadline=None)
@given(
    some.fixed_dictionaries(
        {}, optional={name: value | some.text(max_size=20) for name, value in _said.items()}
    )
)
def test_no_link_breaks_the_page(link: dict[str, str]) -> None:
    assert sent(opened(**link))["frames"]


@pytest.mark.parametrize(
    ("name", "source", "said"),
    [
        ("bottleneck", "3 1 4", "3 tokens: shorter than the"),
        ("pairs", "3 may 2024", ""),
        ("reverse", "1 " * 13, "13 tokens: longer than the 12"),
    ],
)
def test_every_kind_of_run_is_replayed(name: str, source: str, said: str) -> None:
    page = opened(run=name, source=source)
    assert sent(page)["frames"]
    assert said in bodies(page)
    assert ("no true alignment" in page.caption[-1].value) == (name == "pairs")


def test_the_run_that_was_shown_on_the_train_page_is_replayed() -> None:
    page = AppTest.from_file(APP, default_timeout=60)
    page.session_state["shown_run"] = "sort"
    page.switch_page("pages/replay.py").run()
    assert page.selectbox(key="replay_run").value == "sort"


@pytest.mark.parametrize(
    ("logging", "sentence"),
    [
        ("", "no snapshots of its weights, so there is nothing to replay; train it again"),
        ("logging: {snapshots: 0}", "told to keep no snapshots (logging.snapshots)"),
    ],
)
def test_a_run_without_snapshots_says_so(runs: Path, logging: str, sentence: str) -> None:
    shutil.copytree(EXAMPLES / "reverse", runs / "old")
    os.unlink(runs / "old" / "snapshots.bin")
    config = runs / "old" / "config.yaml"
    config.write_text(
        config.read_text(encoding="utf-8").split("logging:")[0] + logging, encoding="utf-8"
    )
    page = opened(run="old")
    assert sentence in page.info[0].value


def test_damaged_snapshots_are_told_in_a_sentence(runs: Path) -> None:
    shutil.copytree(EXAMPLES / "reverse", runs / "damaged")
    (runs / "damaged" / "snapshots.bin").write_bytes(b"something else entirely, and long")
    page = opened(run="damaged")
    assert "not a file of snapshots" in page.error[0].value
    assert str(runs) not in page.error[0].value


@pytest.mark.parametrize("run", ["pairs", "reverse"])
def test_the_order_of_things_is_told_with_what_guessing_gives(run: str) -> None:
    page = opened(run=run)
    folder = Run(EXAMPLES / run, bundled=True)
    told = told_of(folder, page.session_state["replay_of"][1], read_logs(folder))
    kinds = {one.kind for one in told.chapters}
    assert {"steep", "whole"} <= kinds
    assert ("rise" in kinds) == (run == "reverse")
    said = page.caption[-1].value
    tokens = page.session_state["replay_of"][1].frames[0].likely.shape[1]
    assert f"giving all {tokens} tokens alike: log {tokens}" in said
    assert ("looking at all inputs alike" in said) == ("rise" in kinds)
    if run == "reverse":
        assert "token occurs (3.39)" in told.chapters[0].text


def test_a_run_that_diverged_says_so(runs: Path) -> None:
    shutil.copytree(EXAMPLES / "reverse", runs / "broken")
    with open(runs / "broken" / "events.jsonl", "a", encoding="utf-8") as events:
        events.write('{"type": "Diverged", "time": 1, "step": 940}\n')
    page = opened(run="broken")
    folder = Run(runs / "broken")
    told = told_of(folder, page.session_state["replay_of"][1], read_logs(folder))
    assert told.chapters[-1].text.startswith("At step 940 training diverges")


@pytest.mark.parametrize("run", ["pairs", "reverse", "bottleneck"])
def test_a_page_opens_with_a_sequence_of_the_models_own(run: str) -> None:
    page = opened(run=run)
    assert 'class="problem"' not in bodies(page)
    assert sent(page)["frames"][-1].right is not (run == "bottleneck")
    page.selectbox(key="replay_run").select("pairs" if run != "pairs" else "copy").run()
    assert 'class="problem"' not in bodies(page)


def sent_link(page: AppTest) -> str | None:
    """Return the link to why attention moves, as the player is sent it."""
    drawn = [json.loads(one.proto.json) for one in page.get("bidi_component")]
    link: str | None = next(one for one in drawn if "why" in one)["why"]
    return link


def test_it_leads_to_why_attention_moved() -> None:
    page = opened(run="sort", source="5 5 3", step="222")
    link = sent_link(page)
    assert link is not None
    address, params = link.split("?")
    assert address == "attend"
    found, complaints = attend_view(dict(parse_qsl(f"{params}&step=222&row=2")))
    assert complaints == []
    assert (found.run, found.source, found.panel) == ("sort", "5 5 3", "why")
    assert (found.step, found.row) == (222, 1)


def test_where_there_is_no_attention_there_is_no_such_link() -> None:
    assert sent_link(opened(run="bottleneck")) is None
