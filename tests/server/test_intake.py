"""What visitors upload is read by a process of its own, which may not take more than it should."""

from pathlib import Path

import pytest

from seqflip.runs.archive import ArchiveError, export_run
from seqflip.runs.run import Run
from seqflip.runs.store import RunStore
from seqflip.runs.trained import EXAMPLES
from seqflip.server import intake
from seqflip.server.intake import take_in
from seqflip.server.limits import ServerLimits
from seqflip.server.processes import Spare


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    return RunStore(tmp_path / "runs")


@pytest.fixture(scope="module")
def archive() -> bytes:
    return export_run(Run(EXAMPLES / "reverse"))


def test_a_run_is_taken_in_and_belongs_to_whoever_brought_it(
    store: RunStore, archive: bytes
) -> None:
    run = take_in(store, archive, ServerLimits(), "secret")
    assert [one.id for one in store.runs()] == [run.id]
    assert run.may_control("secret")
    assert run.config() == Run(EXAMPLES / "reverse").config()


def test_a_process_that_waits_reads_it_as_well(store: RunStore, archive: bytes) -> None:
    spare = Spare(delay_seconds=60.0)
    waiting = spare._waiting
    assert waiting is not None
    run = take_in(store, archive, ServerLimits(), "secret", spare=spare)
    assert run.may_control("secret")
    assert waiting.has_ended()
    assert spare.take() is None  # that it was taken
    spare.close()


def test_what_is_larger_than_this_server_allows_is_refused(store: RunStore, archive: bytes) -> None:
    with pytest.raises(ArchiveError, match=r"data\.n_train and data\.n_test together"):
        take_in(store, archive, ServerLimits(max_examples=10), "secret")
    assert store.runs() == []


def test_no_archive_is_told_in_a_sentence(store: RunStore) -> None:
    spare = Spare(delay_seconds=60.0)
    with pytest.raises(ArchiveError, match="this is not a whole zip"):
        take_in(store, b"hello", ServerLimits(), "secret", spare=spare)
    spare.close()


@pytest.mark.parametrize("bound", [{"MEMORY": 1 << 20}, {"SECONDS": 0.01}])
def test_one_that_takes_too_much_is_given_up(
    store: RunStore, archive: bytes, monkeypatch: pytest.MonkeyPatch, bound: dict[str, float]
) -> None:
    for name, value in bound.items():
        monkeypatch.setattr(intake, name, value)
    with pytest.raises(ArchiveError, match="more memory or time"):
        take_in(store, archive, ServerLimits(), "secret")
