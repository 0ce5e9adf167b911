"""A run in one zip: out, in again, and what is no run."""

import contextlib
import gc
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd  # type: ignore[import-untyped]
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqflip.config import Config, ConfigError
from seqflip.runs.archive import ArchiveError, export_run, import_run
from seqflip.runs.ownership import hash_token
from seqflip.runs.run import Run
from seqflip.runs.steplog import RECORD
from seqflip.runs.store import RunStore
from seqflip.runs.trained import open_trained
from tests.promptness import takes_at_most

EXAMPLES = Path(__file__).parents[2] / "examples"
MEGABYTE = 10**6
CSV_HEADER = b"step,epoch,tokens,loss,accuracy,grad_norm,learning_rate,seconds\n"

Files = dict[str, bytes]


@pytest.fixture
def no_search_for_garbage() -> Iterator[None]:
    """As in the process that reads uploads."""
    gc.disable()
    yield
    gc.enable()


@pytest.fixture(scope="module")
def archive() -> bytes:
    return export_run(Run(EXAMPLES / "reverse"))


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    return RunStore(tmp_path / "runs")


def unzip(data: bytes) -> Files:
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        return {name: file.read(name) for name in file.namelist()}


def rezip(files: Files) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in files.items():
            file.writestr(name, content)
    return buffer.getvalue()


def changed(data: bytes, name: str, content: bytes) -> bytes:
    return rezip({**unzip(data), f"reverse/{name}": content})


def test_history_and_weights_load_in_two_lines(archive: bytes) -> None:
    files = unzip(archive)
    history = pd.read_csv(io.BytesIO(files["reverse/history.csv"]))
    weights = dict(np.load(io.BytesIO(files["reverse/weights.npz"])))
    run = Run(EXAMPLES / "reverse")
    steps = np.fromfile(run.steps_path, RECORD)
    assert list(history) == list(steps.dtype.names or ())
    for name in history:
        assert (history[name].to_numpy() == steps[name]).all()
    assert weights.keys() == (run.weights() or {}).keys()
    assert "pandas.read_csv" in files["reverse/README.md"].decode()
    assert json.loads(files["reverse/history.json"])["metrics"] == run.metrics()


@pytest.mark.parametrize("example", ["reverse", "bottleneck", "pairs"])
def test_what_went_out_comes_in_again(store: RunStore, example: str) -> None:
    original = Run(EXAMPLES / example)
    run = import_run(store, export_run(original), 50 * MEGABYTE, "secret")
    assert [found.id for found in store.runs()] == [run.id]
    assert run.steps_path.read_bytes() == original.steps_path.read_bytes()
    assert run.events_path.read_text(encoding="utf-8") == original.events_path.read_text(
        encoding="utf-8"
    )
    assert run.snapshots_path.read_bytes() == original.snapshots_path.read_bytes()
    assert run.metrics() == original.metrics()
    assert run.status() == original.status()
    assert run.info().name == original.info().name
    assert (run.info().source, run.info().owner) == ("upload", hash_token("secret"))
    ours, theirs = open_trained(run).model, open_trained(original).model
    for name, array in theirs.parameters().items():
        assert (ours.parameters()[name] == array).all()
    assert (run.config().data.task, run.vocabulary()) == (
        original.config().data.task,
        original.vocabulary(),
    )


def test_a_run_can_go_out_and_in_and_out(store: RunStore, archive: bytes) -> None:
    run = import_run(store, archive, 50 * MEGABYTE)
    again = {name.split("/")[1]: content for name, content in unzip(export_run(run)).items()}
    before = {name.split("/")[1]: content for name, content in unzip(archive).items()}
    assert again == before


def scaled(npz: bytes) -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, **{name: 1e30 * one for name, one in np.load(io.BytesIO(npz)).items()})
    return buffer.getvalue()


def compressed(npz: bytes) -> bytes:
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **np.load(io.BytesIO(npz)))
    return buffer.getvalue()


@pytest.mark.parametrize(
    "written",
    [
        lambda files: {name.replace("/", "\\"): content for name, content in files.items()},
        lambda files: {
            name: b"\xef\xbb\xbf" + content.replace(b"\n", b"\r\n") if "csv" in name else content
            for name, content in files.items()
        },
        lambda files: {
            name: compressed(content) if name.endswith("npz") else content
            for name, content in files.items()
        },
    ],
    ids=["backslashes", "a spreadsheet's history", "compressed weights"],
)
def test_what_other_programs_wrote_is_the_same_run(
    archive: bytes, store: RunStore, written: Callable[[Files], Files]
) -> None:
    run = import_run(store, rezip(written(unzip(archive))), 50 * MEGABYTE)
    before = {name.split("/")[1]: content for name, content in unzip(archive).items()}
    after = {name.split("/")[1]: content for name, content in unzip(export_run(run)).items()}
    assert after == before


def test_damaged_data_are_no_whole_zip(archive: bytes, store: RunStore) -> None:
    for method in (zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", method) as file:
            for name, content in unzip(archive).items():
                file.writestr(name, content)
        whole = buffer.getvalue()
        place = whole.index(b"history.csv") + 100
        damaged = whole[:place] + bytes(byte ^ 0x5A for byte in whole[place : place + 40])
        with pytest.raises(ArchiveError, match="not a whole zip"):
            import_run(store, damaged + whole[place + 40 :], 50 * MEGABYTE)


def told(data: bytes, **changes: object) -> bytes:
    history = json.loads(unzip(data)["reverse/history.json"])
    return changed(data, "history.json", json.dumps({**history, **changes}).encode())


FOREIGN: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "nothing": (lambda data: b"", "not a whole zip"),
    "text": (lambda data: b"hello", "not a whole zip"),
    "half a zip": (lambda data: data[: len(data) // 2], "not a whole zip"),
    "an empty zip": (lambda data: rezip({}), r"it has no config\.yaml"),
    "two runs": (lambda data: rezip({**unzip(data), "b/config.yaml": b""}), "is in it twice"),
    "no weights": (lambda data: changed(data, "weights.npz", b"x"), "not a whole .npz file"),
    "an impossible model": (
        lambda data: changed(data, "config.yaml", b"model: {d_model: 0}"),
        r"model\.d_model must be",
    ),
    "another model": (
        lambda data: changed(data, "config.yaml", b"model: {d_model: 30}"),
        "must have shape",
    ),
    "a file of ours": (
        lambda data: changed(data, "config.yaml", b"data: {task: pairs, path: /etc/passwd}"),
        "reads a file that is not in it",
    ),
    "a file above": (
        lambda data: changed(data, "config.yaml", b"data: {task: pairs, path: ../pairs.csv}"),
        "reads a file that is not in it",
    ),
    "no numbers": (
        lambda data: changed(data, "history.csv", b"a,b\n1,2\n"),
        "must have the columns",
    ),
    "texts for numbers": (
        lambda data: changed(data, "history.csv", CSV_HEADER + b"1,1,1,a,1,1,1,1\n"),
        "could not convert",
    ),
    "more steps than it could make": (
        lambda data: changed(data, "history.csv", CSV_HEADER + b"1,1,1,1,1,1,1,1\n" * 2000),
        "more steps than the 940 that it could make",
    ),
    "steps that go back": (
        lambda data: changed(data, "history.csv", CSV_HEADER + b"2,1,1,1,1,1,1,1\n" * 2),
        "do not ascend",
    ),
    "no history": (lambda data: changed(data, "history.json", b"[]"), "is no mapping"),
    "deep history": (lambda data: changed(data, "history.json", b"[" * 100_000), "recursion"),
    "an unknown event": (
        lambda data: changed(data, "history.json", b'{"events": [{"type": "Boo", "step": 1}]}'),
        "there is no event 'Boo'",
    ),
    "an unknown state": (
        lambda data: changed(
            data,
            "history.json",
            b'{"events": [], "metrics": {}, "status": {"state": "winning"}}',
        ),
        "its status has an impossible state",
    ),
    "an event without its field": (
        lambda data: told(data, events=[{"type": "LearningRateChanged", "step": 1}]),
        "LearningRateChanged has an impossible learning_rate",
    ),
    "a step beyond all": (
        lambda data: told(data, events=[{"type": "Paused", "step": 1e30}]),
        "Paused has an impossible step",
    ),
    "a step before all": (
        lambda data: told(data, events=[{"type": "Paused", "step": -5}]),
        "Paused has an impossible step",
    ),
    "endless seconds": (
        lambda data: told(data, status={"state": "finished", "seconds": 1e999}),
        "its status has an impossible seconds",
    ),
    "endless metrics": (lambda data: told(data, metrics={"a": 1e999}), "its metrics has"),
    "a vocabulary of gigabytes": (
        lambda data: changed(data, "vocabulary.json", b" " * 5 * MEGABYTE),
        "vocabulary.json unpacks to more than 1,000,000 bytes",
    ),
    "a history of gigabytes": (
        lambda data: changed(data, "history.json", b"[" + b"[]," * 6 * MEGABYTE),
        "history.json unpacks to more than 16,000,000 bytes",
    ),
    "millions of lists": (
        lambda data: changed(data, "history.json", b"[" + b"[]," * 3 * MEGABYTE + b"[]]"),
        "history.json has too many lists and mappings",
    ),
    "weights beyond all": (
        lambda data: changed(data, "weights.npz", scaled(unzip(data)["reverse/weights.npz"])),
        "its weights are larger than any that are trained",
    ),
    "half a snapshot": (
        lambda data: changed(data, "snapshots.bin", unzip(data)["reverse/snapshots.bin"][:-1]),
        "its last snapshot is not whole",
    ),
    "snapshots of something else": (
        lambda data: changed(data, "snapshots.bin", b"x" * 100),
        "not a file of snapshots",
    ),
    "more snapshots than it may have": (
        lambda data: changed(
            data, "config.yaml", b"{data: {vocab_size: 31}, logging: {snapshots: 3}}"
        ),
        "snapshots are too many",
    ),
    "a vocabulary of numbers": (
        lambda data: changed(
            data, "vocabulary.json", b'{"tokens": [1], "src_length": 1, "tgt_length": 1}'
        ),
        "is no short text",
    ),
}


@pytest.mark.parametrize("kind", FOREIGN)
def test_anything_else_is_refused_in_one_sentence(
    store: RunStore, archive: bytes, kind: str
) -> None:
    make, sentence = FOREIGN[kind]
    with pytest.raises(ArchiveError, match=sentence) as caught:
        import_run(store, make(archive), 50 * MEGABYTE)
    assert "\n" not in str(caught.value)
    assert "/tmp" not in str(caught.value)
    assert store.runs() == []


def test_what_is_refused_is_refused_at_once(
    store: RunStore, archive: bytes, no_search_for_garbage: None
) -> None:
    """However many events there are, and the last of them alone is none."""
    events = b'{"type":"Paused","step":1},' * 100_000 + b'{"type":"Paused","step":-1}'
    many = changed(archive, "history.json", b'{"events": [' + events + b"]}")

    def refused() -> None:
        with pytest.raises(ArchiveError, match="the event Paused has an impossible step"):
            import_run(store, many, 50 * MEGABYTE)

    assert takes_at_most(1, refused)


def test_a_bomb_is_not_unpacked(store: RunStore, archive: bytes) -> None:
    files = unzip(archive)
    del files["reverse/snapshots.bin"]
    bomb = changed(rezip(files), "history.csv", b"0" * 20 * MEGABYTE)
    assert len(bomb) < MEGABYTE
    with pytest.raises(ArchiveError, match=r"history\.csv unpacks to more than 7,9[0-9,]+ bytes"):
        import_run(store, bomb, MEGABYTE)


def test_what_is_too_large_is_not_looked_at(store: RunStore, archive: bytes) -> None:
    with pytest.raises(ArchiveError, match="at most 1,000 are taken"):
        import_run(store, archive, 1000)


def test_what_may_not_be_opened_here_is_not_built(store: RunStore, archive: bytes) -> None:
    def check(config: Config) -> None:
        raise ConfigError("data.n_train", "data.n_train must be at most 10 here")

    with pytest.raises(ArchiveError, match="must be at most 10 here"):
        import_run(store, archive, 50 * MEGABYTE, check=check)


def test_it_needs_the_room_that_it_takes_however_long_it_says_to_train(
    tmp_path: Path, archive: bytes
) -> None:
    config = unzip(archive)["reverse/config.yaml"] + b"training: {epochs: 20000}\n"
    store = RunStore(tmp_path / "runs", max_bytes=12 * MEGABYTE)
    first = import_run(store, archive, 50 * MEGABYTE)
    second = import_run(store, changed(archive, "config.yaml", config), 50 * MEGABYTE)
    assert {run.id for run in store.runs()} == {first.id, second.id}


def test_a_run_may_have_no_snapshots(store: RunStore, archive: bytes) -> None:
    files = unzip(archive)
    del files["reverse/snapshots.bin"]
    assert not import_run(store, rezip(files), 50 * MEGABYTE).snapshots_path.exists()


def test_a_path_out_of_it_leads_nowhere(store: RunStore, archive: bytes, tmp_path: Path) -> None:
    files = {**unzip(archive), "../../../evil.txt": b"x", "/etc/evil": b"x"}
    run = import_run(store, rezip(files), 50 * MEGABYTE)
    assert not list(tmp_path.rglob("evil*"))
    assert {path.name for path in run.folder.iterdir()} == {
        "config.yaml",
        "events.jsonl",
        "held_out.npz",
        "metrics.json",
        "run.json",
        "snapshots.bin",
        "status.json",
        "steps.bin",
        "vocabulary.json",
        "weights.npz",
    }


def test_an_upload_says_nothing_about_this_server(store: RunStore, archive: bytes) -> None:
    """Neither a log file, nor an owner, nor a process, nor being kept comes in with an archive."""
    config = unzip(archive)["reverse/config.yaml"]
    config = config.replace(b"logging:", b"logging:\n  file: /tmp/log")
    history = json.loads(unzip(archive)["reverse/history.json"])
    history["status"] |= {"pid": 1, "state": "running"}
    data = changed(archive, "config.yaml", config)
    data = changed(
        data, "history.json", json.dumps({**history, "kept": True, "owner": "x"}).encode()
    )
    run = import_run(store, data, 50 * MEGABYTE)
    assert run.config().logging.file is None
    assert (run.status().state, run.status().pid) == ("stopped", None)
    assert (run.info().kept, run.info().owner) == (False, None)


@given(place=st.integers(0, 10**6), byte=st.integers(0, 255))
def test_damage_is_never_a_crash(
    tmp_path_factory: pytest.TempPathFactory, archive: bytes, place: int, byte: int
) -> None:
    damaged = bytearray(archive)
    damaged[place % len(damaged)] = byte
    store = RunStore(tmp_path_factory.mktemp("runs"))
    with contextlib.suppress(ArchiveError):
        import_run(store, bytes(damaged), 50 * MEGABYTE)
