"""Lengths are tried in the background, while somebody looks."""

from pathlib import Path

import pytest

from seqflip.runs.run import Run
from seqflip.runs.trained import EXAMPLES, open_trained
from seqflip.study.lengths import open_test
from seqflip.ui.lengths import measuring as module
from seqflip.ui.lengths.measuring import Measuring
from tests.processes import until


@pytest.fixture
def measuring() -> Measuring:
    run = Run(EXAMPLES / "reverse")
    return Measuring(run, open_trained(run), count=10)


def test_it_finds_out_what_the_test_of_lengths_does(measuring: Measuring) -> None:
    assert measuring.left(14) == 14
    until(lambda: measuring.look(14) and not measuring.left(14))
    assert measuring.look(14) == tuple(open_test(EXAMPLES / "reverse", count=10).points(14))
    assert measuring.seen == range(4, 13)


def test_who_wants_more_gets_more_and_keeps_what_there_was(measuring: Measuring) -> None:
    until(lambda: measuring.look(5) and not measuring.left(5))
    before = measuring.look(5)
    until(lambda: measuring.look(8) and not measuring.left(8))
    after = measuring.look(8)
    assert all(one is other for one, other in zip(before, after[:5], strict=True))
    assert [point.length for point in measuring.look(6)] == list(range(1, 7))


def test_it_rests_when_nobody_looks_and_goes_on_afterwards(
    measuring: Measuring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PATIENCE", -1.0)
    measuring.look(9)
    until(lambda: not measuring._working)
    assert measuring.left(9) == 9
    monkeypatch.undo()
    until(lambda: measuring.look(9) and not measuring.left(9))


def test_data_that_are_gone_are_told_of(tmp_path: Path) -> None:
    trained = open_trained(EXAMPLES / "pairs")
    data = trained.config.data.model_copy(update={"path": str(tmp_path / "gone.tsv")})
    object.__setattr__(trained, "config", trained.config.model_copy(update={"data": data}))
    measuring = Measuring(Run(EXAMPLES / "pairs"), trained, count=10)
    measuring.look(9)
    until(lambda: measuring.error is not None)
    assert "there is no such file" in str(measuring.error)
    assert measuring.left(9) == 0
    assert measuring.look(9) == ()
