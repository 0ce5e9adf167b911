"""What a page that follows a run is told, asked for as feed.js asks."""

import json
import shutil
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import numpy as np
import pytest
import streamlit as st

from seqflip.decoding import trace
from seqflip.race.folder import Race
from seqflip.runs.run import Run
from seqflip.runs.trained import open_trained
from seqflip.server import told_once
from seqflip.server.class_questions import Painting
from seqflip.system.atomic import write_json
from seqflip.ui import feed
from seqflip.ui.attend import parts
from seqflip.ui.attend.parts import typed_parts
from seqflip.ui.feed import attend_feed, race_feed, run_feed
from seqflip.ui.labels import END
from seqflip.ui.train.numbers import number_parts
from tests.ui.asked import Answer, answer_to

EXAMPLES = Path(__file__).parents[2] / "examples"
HadParts = dict[str, dict[str, Any]]
NEW: HadParts = {
    "progress": {},
    "score": {},
    "answer": {},
    "numbers": {},
    "loss_chart": {},
    "attention_chart": {},
    "answers": {},
}


@pytest.fixture(autouse=True)
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SEQFLIP_RUNS", str(tmp_path))
    st.cache_resource.clear()
    return tmp_path


def ask(url: str, had: object = None) -> Answer:
    """Ask for a URL, and say what there is already."""
    said = had if isinstance(had, str) else json.dumps(had or {})
    return answer_to(f"{url}{'&' if '?' in url else '?'}{urlencode({'had': said})}")


def example(name: str = "reverse") -> str:
    return run_feed(Run(EXAMPLES / name))


def test_it_tells_the_state_and_all_that_the_page_shows() -> None:
    told = ask(example(), NEW).told
    assert told["state"] == "finished"
    assert set(told["parts"]) == set(NEW)
    assert "epoch" in told["parts"]["progress"]["data"]["html"]
    assert told["parts"]["loss_chart"]["data"]["series"][0]["x"][0] == 1


def test_nobody_keeps_an_answer_for_later() -> None:
    assert ask(example(), NEW).headers["cache-control"] == "no-store"


def test_many_who_ask_the_same_are_told_what_was_worked_out_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    worked: list[Any] = []

    def counted(*asked: Any, **more: Any) -> dict[str, Any]:
        worked.append(asked)
        return number_parts(*asked, **more)

    monkeypatch.setattr(feed, "number_parts", counted)
    monkeypatch.setattr(told_once, "monotonic", lambda: 1.0)
    answers = [ask(example("copy"), NEW) for _ in range(20)]
    assert len(worked) == 1
    assert all(answer == answers[0] for answer in answers)
    assert float(answers[0].headers["seqflip-pause"]) == told_once.PAUSE


def test_a_class_that_types_the_same_is_answered_once(monkeypatch: pytest.MonkeyPatch) -> None:
    worked: list[Any] = []

    def counted(*asked: Any) -> dict[str, Any]:
        worked.append(asked)
        return typed_parts(*asked)

    monkeypatch.setattr(parts, "typed_parts", counted)
    monkeypatch.setattr(told_once, "monotonic", lambda: 1.0)
    address = f"{attend_feed(Run(EXAMPLES / 'reverse'))}?run=reverse&source="
    answers = [answer_to(f"{address}3+1+4") for _ in range(20)]
    assert len(worked) == 1
    assert all(answer.told == answers[0].told for answer in answers)
    assert answer_to(f"{address}3+1+5").told != answers[0].told
    assert len(worked) == 2


@pytest.mark.parametrize("waited", ["", "x", "nan", "inf", "-1e400", "0x10"])
def test_nonsense_in_the_place_of_a_wait_is_no_fault(waited: str) -> None:
    told = answer_to(f"{example()}?had=%7B%7D", seqflip_waited=waited)
    assert told.status == 200
    assert float(told.headers["seqflip-pause"]) == told_once.PAUSE


def test_it_is_below_the_path_at_which_the_app_is() -> None:
    assert ask("sub/path/" + example(), NEW) == ask(example(), NEW)


def test_what_the_page_does_not_show_is_not_sent() -> None:
    assert set(ask(example(), {"answers": {}}).told["parts"]) == {"answers"}
    assert ask(example(), {}).told["parts"] == {}


def test_what_the_page_has_is_not_sent_again() -> None:
    first = ask(example(), NEW).told["parts"]
    had = {key: {"version": part["version"]} for key, part in first.items()}
    assert ask(example(), had).told["parts"] == {}
    had["answers"] = {"version": 1}
    assert set(ask(example(), had).told["parts"]) == {"answers"}


def test_of_a_curve_only_what_is_new_is_sent() -> None:
    chart = ask(example(), NEW).told["parts"]["loss_chart"]["data"]
    points = {one["name"]: [one["revision"], len(one["x"])] for one in chart["series"]}
    had = {"loss_chart": {"identity": "reverse", "series": points}}
    again = ask(example(), had).told["parts"]["loss_chart"]["data"]["series"][0]
    assert again["from"] == points["training"][1] - 4
    had["loss_chart"]["identity"] = "another run"
    assert ask(example(), had).told["parts"]["loss_chart"]["data"] == chart


def test_a_run_that_grows_is_followed(runs: Path) -> None:
    shutil.copytree(EXAMPLES / "reverse", runs / "mine")
    steps = runs / "mine" / "steps.bin"
    whole = steps.read_bytes()
    steps.write_bytes(whole[: len(whole) // 2])
    url = run_feed(Run(runs / "mine"))

    def newest() -> int:
        chart = ask(url, {"loss_chart": {}}).told["parts"]["loss_chart"]["data"]
        return int(chart["series"][0]["x"][-1])

    half = newest()
    steps.write_bytes(whole)
    assert newest() == 2 * half


def test_the_curves_end_with_the_figures_though_the_log_is_further(runs: Path) -> None:
    shutil.copytree(EXAMPLES / "reverse", runs / "mine")
    run = Run(runs / "mine")
    write_json(run.folder / "status.json", run.status().model_dump() | {"step": 500})
    parts = ask(run_feed(run), {"loss_chart": {}, "progress": {}}).told["parts"]
    assert "step 500 of" in parts["progress"]["data"]["html"]
    assert all(max(one["x"]) <= 500 for one in parts["loss_chart"]["data"]["series"])


RACE: HadParts = {part: {} for part in ("race_standing", "race_chart", "race_table", "race_heat_0")}


def test_a_race_is_told_of_by_measure() -> None:
    race = Race(EXAMPLES / "race-attention")
    assert ask(race_feed(race, "Loss"), RACE).told["parts"]["race_chart"]["data"]["title"] == "Loss"
    other = ask(race_feed(race, "<b>"), RACE).told["parts"]["race_chart"]["data"]
    assert other["title"] == "Exact match"


def test_a_race_shows_pictures_until_its_page_can_answer_what_is_typed(runs: Path) -> None:
    for folder in EXAMPLES.glob("race-attention*"):
        shutil.copytree(folder, runs / folder.name)
    url = race_feed(Race(runs / "race-attention"), "Loss")
    ended = ask(url, RACE).told
    assert (ended["state"], set(ended["parts"])) == ("finished", set(RACE) - {"race_heat_0"})
    status = runs / "race-attention" / "status.json"
    status.write_text(
        status.read_text(encoding="utf-8").replace("finished", "paused"), encoding="utf-8"
    )
    held = ask(url, RACE).told
    assert (held["state"], set(held["parts"])) == ("paused", set(RACE))


def test_whatever_changes_among_all_runs_is_told(runs: Path) -> None:
    states = [ask("live/runs").told["state"] for _ in range(2)]
    assert states[0] == states[1]
    shutil.copytree(EXAMPLES / "reverse", runs / "mine")
    states.append(ask("live/runs").told["state"])
    status = runs / "mine" / "status.json"
    status.write_text(
        status.read_text(encoding="utf-8").replace("finished", "stopped"), encoding="utf-8"
    )
    states.append(ask("live/runs").told["state"])
    assert len(set(states)) == 3


@pytest.mark.parametrize(
    "url",
    [
        "live/run/20200101-000000-reverse-abcdef",
        "live/run/race-attention",
        "live/run/..%2Fexamples%2Freverse",
        "live/run/" + quote("<script>"),
        "live/race/reverse",
        "live/race/nothing",
    ],
)
def test_what_is_gone_is_told(url: str) -> None:
    assert ask(url, NEW)[::2] == (200, {"state": "gone", "parts": {}})


@pytest.mark.parametrize(
    "had",
    [
        "",
        "[]",
        "{",
        "7",
        '{"numbers": 1}',
        '{"numbers": {"version": "x"}}',
        '{"loss_chart": {"series": {"training": [0]}}}',
        '{"loss_chart": {"series": {"training": [0, 1e400]}}}',
    ],
)
def test_what_cannot_be_understood_is_said_to_be_so(had: str) -> None:
    answer = ask(example(), had)
    assert answer.status == 400
    assert "“had” must say in JSON" in answer.told["error"]


def test_what_was_typed_stands_in_html_as_text(runs: Path) -> None:
    shutil.copytree(EXAMPLES / "reverse", runs / "mine")
    live = runs / "mine" / "live.json"
    picture = json.loads(live.read_text(encoding="utf-8"))
    picture["probe"]["error"] = "<img src=x onerror=alert(1)> is not a token"
    live.write_text(json.dumps(picture), encoding="utf-8")
    told = ask(run_feed(Run(runs / "mine")), {"attention_problem": {}}).told
    html = told["parts"]["attention_problem"]["data"]["html"]
    assert "&lt;img" in html
    assert "<img" not in html


def painting_of(run: str, source: str) -> Answer:
    return answer_to(f"live/painting/{run}?{urlencode({'source': source})}")


def test_a_class_paints_what_the_model_then_turns_out_to_look_at() -> None:
    told = painting_of("reverse", "3 1 4 1").told
    trained = open_trained(EXAMPLES / "reverse")
    found = trace(trained.model.network, trained.encode("3 1 4 1"), trained.model.tgt_length)
    assert (told["inputs"], told["outputs"]) == (
        ["3", "1₁", "4", "1₂"],
        ["1₁", "4", "1₂", "3", END],
    )
    assert told["rows"] == list(range(5))
    np.testing.assert_allclose(told["weights"], found.weights, atol=1e-4)
    Painting.model_validate({"kind": "paint", "text": "Where?", **told})


@pytest.mark.parametrize(
    ("run", "source", "sentence"),
    [
        ("reverse", "3 1 x", "token 3, 'x', is not in the vocabulary; valid are 1 to 30."),
        ("reverse", "", "empty"),
        ("bottleneck", "3 1 4", "this model has no attention to paint."),
    ],
)
def test_what_cannot_be_painted_is_told(run: str, source: str, sentence: str) -> None:
    answer = painting_of(run, source)
    assert answer.status == 400
    assert sentence in answer.told["error"]
