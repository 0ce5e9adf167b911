"""What the Train page offers once a run has ended: each press does what it says."""

from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from seqflip.config.config import Config
from seqflip.config.sections import DataConfig, TrainingConfig
from seqflip.runs.run import Run, RunInfo
from seqflip.runs.status import Status
from seqflip.runs.store import RunStore
from seqflip.runs.trained import EXAMPLES
from seqflip.server.launcher import Launched, Launcher
from seqflip.server.limits import ServerLimits
from seqflip.system.atomic import write_json

APP = Path(__file__).parents[3] / "app.py"
_SMALL = TrainingConfig(batch_size=8)


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SEQFLIP_RUNS", str(tmp_path / "runs"))
    st.cache_resource.clear()
    return tmp_path / "runs"


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[Config]:
    """Start nothing, but keep what was to be started."""
    configs: list[Config] = []

    def start(self: Launcher, config: Config, **_: Any) -> Launched:
        configs.append(config)
        return Launched(Run(EXAMPLES / "bottleneck"), "token", [])

    monkeypatch.setattr(Launcher, "start", start)
    return configs


def opened(**params: str) -> AppTest:
    app = AppTest.from_file(APP, default_timeout=60)
    for name, text in params.items():
        app.query_params[name] = text
    app.run()
    assert not app.exception
    return app


def of_pairs(runs: Path, name: str = "words") -> Run:
    """Make a run of somebody's own pairs that has ended."""
    pairs = runs.with_name("mine.tsv")
    pairs.write_text("".join(f"a{i}\tb{i} c\n" for i in range(24)), encoding="utf-8")
    data = DataConfig(task="pairs", path=str(pairs), n_train=16, n_test=8)
    run = RunStore(runs).create(Config(data=data, training=_SMALL), RunInfo(name="*words*"), name)
    write_json(run.folder / "status.json", Status(state="stopped", parameters=5).model_dump())
    words = {"tokens": list(map(str, range(50))), "src_length": 1, "tgt_length": 2}
    write_json(run.folder / "vocabulary.json", words)
    return run


@pytest.mark.usefixtures("runs")
def test_now_without_attention_starts_the_same_training_so(started: list[Config]) -> None:
    app = opened(run="reverse")
    app.button(key="other_attention").click().run()
    (config,) = started
    plain = Run(EXAMPLES / "reverse").config()
    assert config.model.attention == "none"
    assert config.data == plain.data
    assert config.training == plain.training
    assert app.session_state["shown_run"] == "bottleneck"
    assert app.selectbox(key="attention").value == "none"


@pytest.mark.usefixtures("runs")
def test_compare_it_opens_the_runs_with_both_chosen() -> None:
    app = opened(run="reverse")
    found = {link.proto.label: link.proto.query_string for link in app.get("page_link")}
    assert found["Compare it"] == "chosen=reverse+bottleneck"


def test_a_run_of_own_pairs_is_counted_as_it_is_and_keeps_its_pairs(
    runs: Path, started: list[Config]
) -> None:
    run = of_pairs(runs)
    app = opened(run=run.id)
    assert dict(app.query_params) == {"run": run.id}  # a link that was followed stays as it is
    app.run()
    assert app.query_params["pairs"] == run.id
    assert "task" not in {choice.key for choice in app.selectbox}
    app.button(key="other_attention").click().run()
    assert started[0].data == run.config().data
    assert started[0].model.attention == "none"

    ready = opened(pairs=run.id, batch_size="8")
    size = run.config().size(vocab_size=50).parameters
    assert f"{size:,} parameters" in ready.main.markdown[0].value
    assert not ready.button(key="do_train").disabled
    ready.button(key="do_train").click().run()
    assert started[1].data == run.config().data


def test_pairs_that_no_run_here_has_are_told_of_and_never_read(runs: Path) -> None:
    app = opened(pairs="../../etc/passwd")
    assert "with pairs of its own" in app.error[0].value
    app.run()
    assert app.query_params["pairs"] == "own"  # they have to be brought
    assert app.info[0].value.startswith("Paste pairs")

    elsewhere = runs.with_name("pairs.tsv")
    elsewhere.write_text("a\tb\n", encoding="utf-8")
    data = DataConfig(task="pairs", path=str(elsewhere), n_train=8, n_test=1)
    limits = ServerLimits(runs=runs)
    assert "data.task" in limits.problems(Config(data=data, training=_SMALL))


def test_the_name_of_a_run_is_shown_as_it_is(runs: Path) -> None:
    app = opened(run=of_pairs(runs).id)
    assert "`*words*`" in [caption.value for caption in app.main.caption]


@pytest.mark.usefixtures("runs")
def test_the_sequence_and_the_logarithmic_axis_are_in_the_link() -> None:
    app = opened(sequence="3 1 4", log="yes")
    assert app.text_input(key="probe").value == "3 1 4"
    assert app.session_state["log_loss"] is True
    assert dict(app.query_params) == {"sequence": "3 1 4", "log": "yes"}
