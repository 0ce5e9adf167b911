"""What the importer takes can be opened: whatever was changed in an archive, on every page.

Each example changes some values of a run's archive. If it is still taken, all that the pages
compute of a run is computed. ``SEQFLIP_TEST_UPLOADS=5000`` tries as many.
"""

import csv
import io
import json
import os
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import streamlit as st
import yaml
from streamlit.testing.v1 import AppTest

from seqflip.config import Config, DataConfig, ModelConfig, TrainingConfig
from seqflip.config.sections import LoggingConfig
from seqflip.decoding.trace import trace
from seqflip.runs.archive import ArchiveError, export_run, import_run
from seqflip.runs.creation import create_run
from seqflip.runs.run import Run, RunInfo
from seqflip.runs.store import RunStore
from seqflip.server.limits import ServerLimits
from seqflip.session.opening import open_run
from seqflip.session.session import Session
from seqflip.study.lengths import open_test
from seqflip.study.replay import Replay
from seqflip.ui.feed import run_feed, runs_state
from seqflip.ui.parts.logs import read_logs
from seqflip.ui.parts.subject import open_subject
from seqflip.ui.replay.reel import reel
from seqflip.ui.runs.table import _columns_of, read_rows
from seqflip.ui.shell.server import server
from tests.runs.test_archive import MEGABYTE, Files, rezip, unzip
from tests.thorough import tries
from tests.ui.test_feed import NEW, ask

EXAMPLES = int(os.environ.get("SEQFLIP_TEST_UPLOADS", tries(25, 300)))
PAGED = 100
"""Of how many that were taken one is drawn by the pages themselves, besides the first."""
APP = Path(__file__).parents[2] / "app.py"
VALUES: list[Any] = [
    None, True, -1, 0, 1, 3, 10**6, 2**53, 10**400, -0.0, 1e-320, 0.5, 1e30, float("inf"),
    float("nan"), "", "x", "1", "![x](http://evil.example)", "\u202e\x00", [], [None], {}, {"x": 1},
]  # fmt: skip
SETTINGS = ("data", "model", "training", "logging")


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Files:
    """The files of a small run with all that a run may have."""
    config = Config(
        data=DataConfig(n_train=40, n_test=6, src_length=4, min_length=2, vocab_size=6),
        model=ModelConfig(d_model=4, d_k=2, d_v=2),
        training=TrainingConfig(epochs=3, batch_size=8, evaluate_every=3),
        logging=LoggingConfig(snapshots=5),
    )
    run = create_run(tmp_path_factory.mktemp("made") / "run", config, RunInfo(name="run"))
    Session(run, open_run(run), lambda event: None).train()
    return {name.split("/")[1]: content for name, content in unzip(export_run(run)).items()}


def test_what_is_taken_opens_on_every_page(
    archive: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEQFLIP_RUNS", str(tmp_path / "runs"))
    st.cache_resource.clear()
    taken = 0
    for seed in range(EXAMPLES):
        changed = _changed(archive, random.Random(seed))
        store: RunStore = server().store
        try:
            run = import_run(store, changed, 50 * MEGABYTE, "token", ServerLimits().check_opened)
        except ArchiveError:
            continue
        try:
            _open_everywhere(run)
            if taken % PAGED == 0:
                _draw_everywhere(run)
        except Exception as error:
            raise AssertionError(f"example {seed}") from error
        store.delete(run)
        taken += 1
    assert taken > EXAMPLES / 10, "hardly anything is taken, so nothing is tried"


def _open_everywhere(run: Run) -> None:
    """Compute what the pages show of a run."""
    assert ask(run_feed(run), NEW).status == 200
    runs_state()
    _columns_of(read_rows(server().store))
    subject = open_subject(run)
    subject.ranking()
    source = subject.hard_source(0)
    for text in (subject.example, subject.opening):
        assert text
    trace(subject.trained.model.network, source, subject.trained.answer_length(len(source)))
    right = subject.right_answer(source)
    replay = Replay(subject.trained, run.snapshots_path, source, right)
    if run.snapshots_path.exists() and replay.update() and replay.frames:
        json.dumps(reel(subject.trained, replay, *read_logs(run)))
    for point in open_test(run, count=3).points(6):
        assert point.sequences
    export_run(run)


def _draw_everywhere(run: Run) -> None:
    for page in ("train", "attend", "replay", "lengths", "runs"):
        app = AppTest.from_file(APP, default_timeout=60)
        app.query_params["runs" if page == "lengths" else "run"] = run.id
        app = app.run() if page == "train" else app.switch_page(f"pages/{page}.py").run()
        assert not app.exception, page


def _changed(files: Files, chance: random.Random) -> bytes:
    """Return the archive with some of its values changed."""
    files = dict(files)
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        name = chance.choice(
            ("history.json",) * 4
            + ("vocabulary.json", "config.yaml", "config.yaml", "history.csv", "weights.npz")
            + ("snapshots.bin",)
        )
        files[name] = _CHANGES[name](files[name], chance)
    return rezip({f"run/{name}": content for name, content in files.items()})


def _json(content: bytes, chance: random.Random) -> bytes:
    found = json.loads(content)
    _change_somewhere(found, chance)
    return json.dumps(found).encode()


def _yaml(content: bytes, chance: random.Random) -> bytes:
    """Change a setting, more often to a value that it may have than in other files."""
    settings = yaml.safe_load(content)
    section = chance.choice(SETTINGS)
    fields = getattr(Config(), section).model_dump()
    name = chance.choice(sorted(fields))
    values = [*VALUES, 2, 5, 6, 7, 20, 1000, 20_000, 0.1, False, "reverse", "copy", "gru", "lstm"]
    settings.setdefault(section, {})[name] = chance.choice(values)
    return yaml.safe_dump(settings).encode()


def _csv(content: bytes, chance: random.Random) -> bytes:
    rows = list(csv.reader(io.StringIO(content.decode())))
    row = chance.choice(rows[1:])
    row[chance.randrange(len(row))] = str(chance.choice([*VALUES, "1e999", "-5", "nan", "1e30"]))
    if chance.random() < 0.2:
        del rows[chance.randrange(1, len(rows)) :]
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()


def _npz(content: bytes, chance: random.Random) -> bytes:
    arrays = dict(np.load(io.BytesIO(content)))
    name = chance.choice(sorted(arrays))
    value = chance.choice([0.0, 1e30, -1e30, 3e38, np.inf, np.nan, 1e-30])
    arrays[name] = arrays[name] * 0 + np.float32(value)
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **arrays)
    return buffer.getvalue()


def _bytes(content: bytes, chance: random.Random) -> bytes:
    changed = bytearray(content)
    for _ in range(chance.choice((1, 8))):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed[: chance.choice((len(changed), chance.randrange(len(changed))))])


def _change_somewhere(found: Any, chance: random.Random) -> None:
    """Change, drop or repeat one value, wherever it stands."""
    while True:
        keys = list(found) if isinstance(found, dict) else list(range(len(found)))
        if not keys:
            return
        key = chance.choice(keys)
        if not isinstance(found[key], dict | list) or not found[key] or chance.random() < 0.1:
            break
        found = found[key]
    how = chance.random()
    if how < 0.15:
        del found[key]
    elif how < 0.25 and isinstance(found, list):
        found.insert(key, found[key])
    else:
        found[key] = chance.choice(VALUES)


_CHANGES = {
    "history.json": _json,
    "vocabulary.json": _json,
    "config.yaml": _yaml,
    "history.csv": _csv,
    "weights.npz": _npz,
    "snapshots.bin": _bytes,
}
