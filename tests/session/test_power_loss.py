"""Whenever the power is lost, a run goes on to the same bits, or from its beginning."""

import itertools
import os
from pathlib import Path

import pytest

from seqflip.runs.run import Run
from tests.processes import left_behind
from tests.session.power_loss import Disk, State
from tests.session.test_failing_writes import counted_pace, train
from tests.thorough import THOROUGH

SOME = 10  # of what may be found


def test_a_run_goes_on_from_whatever_the_disk_has_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = tmp_path / "first"
    first.mkdir()
    found: dict[int, State] = {}

    moments = itertools.count()

    def look(disk: Disk) -> None:
        if next(moments) % (1 if THOROUGH else 9):
            return
        for state in disk.states():
            found.setdefault(hash(tuple(sorted(state.items(), key=str))), state)

    with pytest.MonkeyPatch.context() as watched:
        counted_pace(watched)
        Disk(first, look).watch(watched)
        train(first / "run")
    whole = left_behind(first / "run")

    counted_pace(monkeypatch)
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)  # from here on the power stays
    states = list(found.values())
    for number, state in enumerate(states[:: 1 if THOROUGH else len(states) // SOME]):
        root = tmp_path / str(number)
        _restore(root, state)
        train(root / "run")
        assert left_behind(root / "run") == whole, [
            (path, content and len(content)) for path, content in state.items()
        ]


def test_a_run_that_was_made_is_there_whatever_happens_then(tmp_path: Path) -> None:
    lost: list[State] = []
    with pytest.MonkeyPatch.context() as watched:
        counted_pace(watched)
        disk = Disk(tmp_path, lambda disk: None)
        disk.watch(watched)
        train(tmp_path / "run")
        lost += disk.states()
    for state in lost:
        assert {"run/config.yaml", "run/checkpoint.npz", "run/weights.npz"} <= state.keys()
        assert (
            state["run/metrics.json"]
            == Run(tmp_path / "run").folder.joinpath("metrics.json").read_bytes()
        )


def _restore(root: Path, state: State) -> None:
    root.mkdir()
    for path, content in state.items():  # a folder comes before what is in it
        if content is None:
            (root / path).mkdir()
        else:
            (root / path).write_bytes(content)
