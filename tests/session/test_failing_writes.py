"""Whichever write fails, the run goes on from what is there, bit for bit, once writing works."""

import builtins
import errno
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from seqflip.config import Config, DataConfig, ModelConfig, TrainingConfig
from seqflip.runs.creation import create_run
from seqflip.runs.run import Run, RunError, RunInfo
from seqflip.session.opening import open_run
from seqflip.session.session import Session
from seqflip.system.pace import Pace
from tests.processes import left_behind
from tests.thorough import tries

CALLS = ("write", "fsync", "replace", "mkdir", "rename")
CONFIG = Config(
    data=DataConfig(n_train=24, n_test=8, src_length=4, min_length=2, vocab_size=6),
    model=ModelConfig(d_model=4, d_k=2, d_v=2),
    training=TrainingConfig(epochs=2, batch_size=8, evaluate_every=2),
)


def counted_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let what is done at times be done every other time that it is asked for."""
    asked: Counter[Pace] = Counter()

    def is_due(pace: Pace) -> bool:
        asked[pace] += 1
        return asked[pace] % 2 == 1

    monkeypatch.setattr(Pace, "is_due", is_due)


class Disk:
    """A disk on which the n-th call of a kind fails, and all of its kind after it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.made: Counter[str] = Counter()
        self.failing: tuple[str, int] | None = None
        for name in CALLS[1:]:
            monkeypatch.setattr(os, name, self._counted(name, getattr(os, name)))
        original = builtins.open

        def opened(file: Any, mode: str = "r", *arguments: Any, **options: Any) -> Any:
            found = original(file, mode, *arguments, **options)
            return found if mode in ("r", "rb") else _Written(found, self)

        monkeypatch.setattr(builtins, "open", opened)
        counted_pace(monkeypatch)

    def call(self, name: str) -> None:
        self.made[name] += 1
        if self.failing is not None:
            kind, number = self.failing
            if name == kind and self.made[name] >= number:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def _counted(self, name: str, original: Any) -> Any:
        def counted(*arguments: Any, **options: Any) -> Any:
            self.call(name)
            return original(*arguments, **options)

        return counted


class _Written:
    """A file whose writes are counted."""

    def __init__(self, file: Any, disk: Disk) -> None:
        self._file, self._disk = file, disk

    def write(self, content: Any) -> int:
        self._disk.call("write")
        written: int = self._file.write(content)
        return written

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def __enter__(self) -> "_Written":
        return self

    def __exit__(self, *error: object) -> None:
        self._file.close()

    def __iter__(self) -> Iterator[Any]:
        return iter(self._file)


def train(folder: Path) -> None:
    """Do what is left to do of the run in this folder, which may not be there yet."""
    run = Run(folder)
    if not run.exists():
        run = create_run(folder, CONFIG, RunInfo(name="run"))
    Session(run, open_run(run), lambda event: None).train()


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Counter[str], dict[str, Any]]:
    """How often a whole training makes each call, and what it leaves behind."""
    folder = tmp_path_factory.mktemp("whole") / "run"
    with pytest.MonkeyPatch.context() as monkeypatch:
        disk = Disk(monkeypatch)
        train(folder)
        made = Counter(disk.made)
    return made, left_behind(folder)


@pytest.mark.parametrize("kind", CALLS)
def test_whichever_fails_it_ends_as_if_nothing_had_happened(
    tmp_path: Path, undisturbed: tuple[Counter[str], dict[str, Any]], kind: str
) -> None:
    made, whole = undisturbed
    for number in range(1, made[kind] + 1, max(1, made[kind] // tries(8, made[kind]))):
        folder = tmp_path / f"{number}"
        with pytest.MonkeyPatch.context() as monkeypatch:
            Disk(monkeypatch).failing = (kind, number)
            with pytest.raises((OSError, RunError), match="No space left on device"):
                train(folder)
        run = Run(folder)
        if run.exists() and run.status().state == "finished":
            assert left_behind(folder) == whole  # what failed was only said to nobody
            continue
        with pytest.MonkeyPatch.context() as monkeypatch:
            Disk(monkeypatch)
            train(folder)
        assert left_behind(folder) == whole, f"{kind} {number}"
