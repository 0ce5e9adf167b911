"""The run folder and the store of all runs."""

import json
import os
import time
from pathlib import Path

import pytest

from seqflip.config.config import Config
from seqflip.config.files import load_config, override
from seqflip.config.section import ConfigError
from seqflip.runs.creation import create_run
from seqflip.runs.lock import RunLock
from seqflip.runs.ownership import hash_token
from seqflip.runs.quota import expected_bytes
from seqflip.runs.run import Run, RunError, RunInfo, UnknownRun, clean_name, is_run_id, new_run_id
from seqflip.runs.store import RunStore, default_root
from tests.standing import stand

CONFIG = override(Config(), ["data.n_train=100", "training.epochs=2"])


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    return RunStore(tmp_path / "runs")


def make(store: RunStore, name: str, created: float = 1.0, **status: object) -> Run:
    run = store.create(CONFIG, RunInfo(name=name, created=created), name)
    stand(run, **{"state": "finished", **status})
    return run


class TestFolder:
    def test_a_new_run_is_there_as_a_whole(self, tmp_path: Path) -> None:
        run = create_run(tmp_path / "a" / "b", CONFIG, RunInfo(name="first"))
        assert run.exists()
        assert run.config() == CONFIG
        assert run.info().name == "first"
        assert (run.status().state, run.status().step) == ("paused", 0)
        assert [path.name for path in (tmp_path / "a").iterdir()] == ["b"]

    def test_an_empty_folder_is_welcome(self, tmp_path: Path) -> None:
        assert create_run(tmp_path, CONFIG, RunInfo()).exists()

    def test_a_folder_with_something_in_it_is_left_as_it_is(self, tmp_path: Path) -> None:
        (tmp_path / "thesis.tex").write_text("precious", encoding="utf-8")
        with pytest.raises(RunError, match="this folder is not empty"):
            create_run(tmp_path, CONFIG, RunInfo())
        assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]
        assert not [path for path in tmp_path.parent.iterdir() if path.name.endswith(".new")]

    def test_what_cannot_be_a_folder_is_said_in_one_sentence(self, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        with pytest.raises(RunError, match=r"file/run: this folder cannot be made \(Not a dir"):
            create_run(tmp_path / "file" / "run", CONFIG, RunInfo())

    def test_a_users_pairs_come_along(self, tmp_path: Path) -> None:
        pairs = tmp_path / "my.tsv"
        pairs.write_text("".join(f"a{i} b\tb a{i}\n" for i in range(9)), encoding="utf-8")
        (tmp_path / "c.yaml").write_text(
            "data: {task: pairs, path: my.tsv, n_train: 6, n_test: 3}\ntraining: {batch_size: 2}",
            encoding="utf-8",
        )
        run = create_run(tmp_path / "run", load_config(tmp_path / "c.yaml"), RunInfo())
        pairs.unlink()
        assert (
            Path(run.config().data.path or "")
            .read_text(encoding="utf-8")
            .startswith("a0 b\tb a0\n")
        )

    def test_what_is_not_there_yet_reads_as_empty(self, tmp_path: Path) -> None:
        run = create_run(tmp_path / "run", CONFIG, RunInfo())
        assert run.live() is None
        assert run.metrics() is None
        assert run.weights() is None
        assert run.vocabulary() is None
        assert run.last_words() == ""

    @pytest.mark.parametrize(
        "content", [b"", b"{", b"[1]", b"\xff", b'{"step": "many"}', b"[" * 9**6]
    )
    def test_what_cannot_be_read_reads_as_empty(self, tmp_path: Path, content: bytes) -> None:
        run = create_run(tmp_path / "run", CONFIG, RunInfo())
        for name in ("status.json", "run.json", "live.json"):
            (run.folder / name).write_bytes(content)
        assert run.status().step == 0
        assert run.info() == RunInfo()
        assert run.live() in (None, {"step": "many"})

    def test_a_folder_without_a_configuration_is_no_run(self, tmp_path: Path) -> None:
        assert not Run(tmp_path).exists()
        with pytest.raises(ConfigError):
            Run(tmp_path).config()


class TestStatus:
    @pytest.mark.parametrize("state", ["queued", "running", "paused"])
    def test_a_run_without_its_process_was_interrupted(self, store: RunStore, state: str) -> None:
        run = make(store, "run", state=state, pid=1, step=7)
        status = run.status()
        assert (status.state, status.pid, status.step) == ("interrupted", None, 7)
        assert "it was killed, or the disk was full" in status.message
        (run.folder / "worker.log").write_text(
            "Traceback\n\nMemoryError: no more\n\n", encoding="utf-8"
        )
        assert run.status().message == "MemoryError: no more"

    @pytest.mark.parametrize("state", ["queued", "running", "paused"])
    def test_a_run_with_its_process_is_what_it_says(self, store: RunStore, state: str) -> None:
        run = make(store, "run", state=state, pid=1)
        with RunLock(run.folder):
            assert run.status().state == state

    def test_a_run_that_was_put_aside_is_paused(self, store: RunStore) -> None:
        assert make(store, "run", state="paused", pid=None).status().state == "paused"


class TestStore:
    def test_the_newest_run_comes_first_and_examples_last(
        self, store: RunStore, tmp_path: Path
    ) -> None:
        examples = RunStore(tmp_path / "examples")
        make(examples, "example", created=9.0)
        for name, created in (("a", 1.0), ("b", 3.0), ("c", 2.0)):
            make(store, name, created)
        both = RunStore(store.root, examples=examples.root)
        assert [(run.id, run.bundled) for run in both.runs()] == [
            ("b", False),
            ("c", False),
            ("a", False),
            ("example", True),
        ]

    def test_other_things_in_the_folder_are_no_runs(self, store: RunStore) -> None:
        run = make(store, "run")
        (store.root / "file").touch()
        (store.root / "folder").mkdir()
        (store.root / ".hidden").mkdir()
        (store.root / ".hidden" / "config.yaml").touch()
        assert [found.id for found in store.runs()] == [run.id]

    def test_nothing_is_there_before_the_first_run(self, store: RunStore) -> None:
        assert store.runs() == []
        assert not store.root.exists()

    @pytest.mark.parametrize(
        "run_id", ["", ".", "..", "../x", "a/b", ".x", "-x", "x\n", "a" * 65, "ä"]
    )
    def test_an_id_that_is_none_is_unknown(self, store: RunStore, run_id: str) -> None:
        make(store, "x")
        assert not is_run_id(run_id)
        with pytest.raises(UnknownRun):
            store.get(run_id)
        with pytest.raises(RunError):
            store.create(CONFIG, RunInfo(), run_id)

    def test_new_ids_are_ids_and_differ(self) -> None:
        ids = {new_run_id(CONFIG) for _ in range(100)}
        assert len(ids) == 100
        assert all(map(is_run_id, ids))

    def test_a_run_can_be_renamed_and_kept(self, store: RunStore) -> None:
        run = make(store, "run")
        store.rename(run, "  a\tbetter\nname \x00" + "x" * 200)
        store.keep(run, True)
        assert run.info().name == "a better name " + "x" * 66
        assert run.info().kept

    def test_a_deleted_run_is_gone(self, store: RunStore) -> None:
        run = make(store, "run")
        store.delete(run)
        store.delete(run)
        assert list(store.root.iterdir()) == []

    def test_a_run_in_training_is_not_deleted(self, store: RunStore) -> None:
        run = make(store, "run")
        with RunLock(run.folder), pytest.raises(RunError, match="stop it first"):
            store.delete(run)
        assert run.exists()

    def test_examples_stay_as_they_are(self, store: RunStore) -> None:
        make(store, "example")
        run = RunStore(store.root / "none", examples=store.root).get("example")
        for change in (store.delete, lambda run: store.rename(run, "x")):
            with pytest.raises(RunError, match="comes with SeqFlip"):
                change(run)
        assert not run.may_manage("any")

    def test_a_run_from_elsewhere_is_taken_in_as_a_whole(
        self, store: RunStore, tmp_path: Path
    ) -> None:
        elsewhere = create_run(tmp_path / "elsewhere" / "run", CONFIG, RunInfo(name="x"))
        store.root.mkdir()
        run = store.adopt(elsewhere.folder)
        assert run.id == "run"
        assert run.info().name == "x"
        assert [path.name for path in store.root.iterdir()] == ["run"]


class TestRoom:
    def bounded(self, store: RunStore, spare: int) -> RunStore:
        return RunStore(store.root, max_bytes=store.used_bytes() + expected_bytes(CONFIG) + spare)

    def test_nothing_goes_while_there_is_room(self, store: RunStore) -> None:
        make(store, "run")
        assert self.bounded(store, 0).doomed(CONFIG) == []
        assert RunStore(store.root).doomed(CONFIG) == []

    def test_the_oldest_that_has_ended_goes_first_and_what_could_go_on_last(
        self, store: RunStore
    ) -> None:
        for name, state in (
            ("a", "paused"),
            ("b", "finished"),
            ("c", "stopped"),
            ("d", "finished"),
        ):
            make(store, name, state=state)
            time.sleep(0.002)  # the clock decides who is older
        order = [
            run.id for run in RunStore(store.root, max_bytes=expected_bytes(CONFIG)).doomed(CONFIG)
        ]
        assert order == ["b", "c", "d", "a"]

    def test_no_more_goes_than_must(self, store: RunStore) -> None:
        for name in "abc":
            make(store, name)
            time.sleep(0.002)
        bounded = self.bounded(store, -1)
        assert [run.id for run in bounded.doomed(CONFIG)] == ["a"]
        assert bounded.make_room(CONFIG) == ["a"]
        assert {run.id for run in bounded.runs()} == {"b", "c"}

    def test_kept_runs_and_those_in_training_never_go(self, store: RunStore) -> None:
        kept, training = make(store, "kept"), make(store, "training")
        store.keep(kept, True)
        with RunLock(training.folder), pytest.raises(RunError, match="there is no room"):
            self.bounded(store, -1).make_room(CONFIG)
        assert {run.id for run in store.runs()} == {"kept", "training"}

    def test_what_killed_processes_left_is_swept_away_in_time(self, store: RunStore) -> None:
        make(store, "run")
        for name in (".a.01.new", ".b.02.deleted", ".c.03.new", ".other"):
            (store.root / name).mkdir()
        long_ago = time.time() - 4000
        for name in (".a.01.new", ".b.02.deleted", ".other"):
            os.utime(store.root / name, (long_ago, long_ago))
        store.make_room(CONFIG)
        assert {path.name for path in store.root.iterdir()} == {"run", ".c.03.new", ".other"}


class TestOwners:
    def test_the_token_controls_and_nothing_else_does(self, store: RunStore) -> None:
        run = store.create(CONFIG, RunInfo(owner=hash_token("secret")))
        assert run.may_control("secret")
        assert run.may_manage("secret")
        for token in (None, "", "Secret", run.info().owner):
            assert not run.may_control(token)
            assert not run.may_manage(token)
        assert "secret" not in (run.folder / "run.json").read_text(encoding="utf-8")

    def test_a_run_of_the_command_line_belongs_to_its_process(self, store: RunStore) -> None:
        run = make(store, "run")
        assert not run.may_control(None)
        assert run.may_manage(None)
        with RunLock(run.folder):
            assert not run.may_manage(None)


def test_runs_are_where_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SEQFLIP_RUNS", raising=False)
    assert default_root() == Path("runs")
    monkeypatch.setenv("SEQFLIP_RUNS", "/somewhere")
    assert default_root() == Path("/somewhere")


def test_names_are_one_printable_line() -> None:
    assert clean_name("\x1b[31mred\u202e\r\n ") == "[31mred"
    assert json.dumps(clean_name("日本 α")) == json.dumps("日本 α")


def test_a_run_takes_as_much_disk_as_was_expected(tmp_path: Path) -> None:
    from seqflip.cli.main import main

    assert main(["--quiet", "--run-dir", str(tmp_path / "run"), "--set", "training.epochs=1"]) == 0
    expected = expected_bytes(override(Config(), ["training.epochs=1"]))
    assert Run(tmp_path / "run").size() < expected < 4 * Run(tmp_path / "run").size()
    assert os.path.exists(tmp_path / "run" / "metrics.json")
