"""The stored training that the first screen plays."""

import re
from pathlib import Path
from typing import Any

import pytest
import streamlit as st

from seqflip.config.config import Config
from seqflip.config.files import override
from seqflip.runs.run import Run
from seqflip.runs.trained import EXAMPLES
from seqflip.ui.parts.presets import FIRST, presets
from seqflip.ui.train.stored import frames, stored_example

EXAMPLE = Run(EXAMPLES / FIRST, bundled=True)


@pytest.fixture(autouse=True)
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEQFLIP_RUNS", str(tmp_path))
    st.cache_resource.clear()


def first() -> Config:
    return presets()[FIRST].config


def steps() -> list[int]:
    bars = [str(frame["progress"]["html"]) for frame in frames(EXAMPLE)]
    return [
        int(found[1].replace(",", ""))
        for bar in bars
        if (found := re.search(r"step ([\d,]+) of", bar))
    ]


def test_the_first_story_has_one_and_only_with_its_own_settings() -> None:
    found = stored_example(FIRST, first())
    assert found is not None
    assert found.id == FIRST
    assert stored_example(FIRST, override(first(), ["model.d_model=34"])) is None
    assert stored_example("nothing", first()) is None


def test_it_goes_from_the_first_step_to_the_last() -> None:
    assert steps()[0] == 0
    assert steps()[-1] == first().total_steps
    assert steps() == sorted(set(steps()))


def test_the_picture_is_that_of_its_step_and_what_is_measured_is_no_later() -> None:
    for step, frame in zip(steps(), frames(EXAMPLE), strict=True):
        assert frame["attention_chart"]["title"] == f"Attention at step {step:,}"
        measured = re.search(r"at step ([\d,]+)", str(frame["score"]["html"]))
        assert measured is None or int(measured[1].replace(",", "")) <= step


def test_the_curves_are_sent_piece_by_piece_and_end_complete() -> None:
    drawn: dict[str, list[float]] = {}
    for frame in frames(EXAMPLE):
        for one in frame["loss_chart"]["series"]:
            had = drawn.get(one["name"], [])
            assert one["from"] <= len(had)
            drawn[one["name"]] = had[: one["from"]] + one["x"]
    assert drawn["training"][0] == 1
    assert drawn["held-out"][-1] == first().total_steps
    assert all(x == sorted(set(x)) for x in drawn.values())


def test_the_first_right_answer_is_marked_from_then_on() -> None:
    def mark(frame: Any) -> list[int]:
        written = [one for one in frame["loss_chart"]["marks"] if one["written"]]
        return [one["x"] for one in written]

    right = [frame["attention_chart"]["right"] for frame in frames(EXAMPLE)]
    came = right.index(True)
    assert not right[0]
    for place, frame in enumerate(frames(EXAMPLE)):
        assert mark(frame) == ([] if place < came else [steps()[came]])
