"""A race on pairs that somebody brought: from a run that was trained on them."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st

from seqflip.race.folder import create_race
from seqflip.runs.run import RunInfo
from seqflip.runs.trained import EXAMPLES
from seqflip.ui.race.variants import begin_with, race_of, stories, story, variants_of


@pytest.fixture
def of_pairs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("SEQFLIP_RUNS", str(tmp_path))
    st.cache_resource.clear()
    shutil.copytree(EXAMPLES / "pairs", tmp_path / "mine")
    yield "run-mine"
    st.cache_resource.clear()


def test_a_run_of_pairs_is_a_story_to_begin_with(of_pairs: str) -> None:
    assert stories()[of_pairs].startswith("Your own, from “")
    assert story(of_pairs).startswith("The pairs and settings of that run.")
    race = begin_with(of_pairs)
    assert race.data.own_pairs
    assert [lane.model.attends for lane in race.lanes().values()] == [True, False]


def test_its_lanes_have_the_pairs_with_them(of_pairs: str, tmp_path: Path) -> None:
    base = begin_with(of_pairs)
    race = create_race(tmp_path, race_of(base, variants_of(base), 1), RunInfo(), "race")
    pairs = (EXAMPLES / "pairs" / "pairs.tsv").read_bytes()
    shutil.rmtree(tmp_path / "mine")
    assert all((lane.folder / "pairs.tsv").read_bytes() == pairs for lane in race.lanes())
    assert Path(str(race.race_config().data.path)).read_bytes() == pairs
