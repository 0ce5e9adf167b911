"""The weights of some steps on disk: which, how many, cut, read, refused."""

from pathlib import Path
from typing import BinaryIO

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqflip.config.config import Config
from seqflip.config.files import override
from seqflip.runs import snapshots
from seqflip.runs.snapshots import (
    SnapshotError,
    SnapshotLog,
    check_snapshots,
    expected_snapshot_bytes,
    how_many,
    read_snapshots,
    snapshot_steps,
)
from seqflip.system.atomic import shorten
from seqflip.system.reading import open_to_read

SIZE = 5


def config(*settings: str) -> Config:
    return override(Config(), ["training.epochs=1", "training.max_steps=40", *settings])


def weights(step: int) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    return np.arange(SIZE, dtype=np.float32) + step


def write(path: Path, steps: range, cut: int = -1, *settings: str, stop: int | None = None) -> None:
    log = SnapshotLog(path, config("logging.snapshots=6", *settings), SIZE, cut)
    for step in steps:
        log.offer(step, weights(step))
    if stop is not None:
        log.keep(stop, weights(stop))
    log.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "snapshots.bin"


KEPT = snapshot_steps(40, 6)


@given(st.integers(1, 10**6), st.integers(2, 1000))
def test_the_start_and_the_end_are_kept_and_more_early_than_late(total: int, count: int) -> None:
    steps = snapshot_steps(total, count)
    assert (steps[0], steps[-1]) == (0, total)
    assert len(steps) <= count
    gaps = np.diff(steps)
    assert (gaps > 0).all()
    assert (np.diff(gaps) >= -1).all(), "rounded to whole steps, they never come closer again"


def test_a_usual_run_is_seen_often_while_it_learns() -> None:
    steps = snapshot_steps(940, 60)
    assert len(steps) == 60
    assert sum(step <= 200 for step in steps) >= 25


@pytest.mark.parametrize(
    ("settings", "parameters", "count"),
    [
        ([], 1000, 41),
        (["logging.snapshots=10"], 1000, 10),
        (["logging.snapshots=0"], 1000, 0),
        (["logging.snapshots=1"], 1000, 0),
        (["logging.snapshot_megabytes=1"], 24_998, 10),
        ([], 10_000_000, 0),
    ],
)
def test_their_number_and_their_bytes_are_bounded(
    settings: list[str], parameters: int, count: int
) -> None:
    assert how_many(config(*settings), parameters) == count


def test_a_file_is_no_larger_than_expected(path: Path) -> None:
    settings = override(Config(), ["logging.snapshot_megabytes=1"])
    assert 800_000 < expected_snapshot_bytes(settings) <= 1_000_000
    assert expected_snapshot_bytes(override(settings, ["logging.snapshots=0"])) == 0


def test_what_was_kept_is_read_as_it_was(path: Path) -> None:
    assert len(read_snapshots(path, SIZE)) == 0
    write(path, range(41))
    snapshots = read_snapshots(path, SIZE)
    assert snapshots["step"].tolist() == KEPT
    for snapshot in snapshots:
        assert (snapshot["parameters"] == weights(int(snapshot["step"]))).all()


def test_going_on_cuts_off_what_came_after_the_checkpoint(path: Path) -> None:
    write(path, range(41))
    before = path.read_bytes()
    mapped = read_snapshots(path, SIZE)
    with open(path, "ab") as file:
        file.write(b"half a snapshot")
    write(path, range(0), KEPT[2])
    assert read_snapshots(path, SIZE)["step"].tolist() == KEPT[:3]
    assert mapped["step"].tolist() == KEPT, "what a reader has mapped stays"
    write(path, range(KEPT[2] + 1, 41), KEPT[2])
    assert path.read_bytes() == before


def test_beginning_anew_forgets_all(path: Path) -> None:
    write(path, range(41))
    write(path, range(1))
    assert read_snapshots(path, SIZE)["step"].tolist() == [0]


def test_a_run_that_ends_early_keeps_its_end_and_drops_it_if_it_goes_on(path: Path) -> None:
    write(path, range(12), stop=11)
    assert read_snapshots(path, SIZE)["step"].tolist() == [
        *(step for step in KEPT if step < 11),
        11,
    ]
    write(path, range(12, 41), 11)
    assert read_snapshots(path, SIZE)["step"].tolist() == KEPT


def test_none_are_kept_on_wish(path: Path) -> None:
    write(path, range(41), -1, "logging.snapshots=0", stop=40)
    assert not path.exists()
    assert len(read_snapshots(path, SIZE)) == 0


def test_one_that_is_only_half_there_is_left_out(path: Path) -> None:
    write(path, range(41))
    path.write_bytes(path.read_bytes()[:-3])
    assert read_snapshots(path, SIZE)["step"].tolist() == KEPT[:-1]
    with pytest.raises(SnapshotError, match="not whole"):
        check_snapshots(path, SIZE, 1000)


def test_what_is_foreign_or_damaged_is_refused(path: Path) -> None:
    write(path, range(41))
    check_snapshots(path, SIZE, len(KEPT))
    with pytest.raises(SnapshotError, match="are too many"):
        check_snapshots(path, SIZE, len(KEPT) - 1)
    with pytest.raises(SnapshotError, match="a model with 5 parameters, not 6"):
        read_snapshots(path, SIZE + 1)
    whole = path.read_bytes()
    path.write_bytes(whole[:-4] + np.float32(np.nan).tobytes())
    with pytest.raises(SnapshotError, match="no weight can be"):
        check_snapshots(path, SIZE, 1000)
    path.write_bytes(whole + whole[24:])
    with pytest.raises(SnapshotError, match="do not ascend"):
        read_snapshots(path, SIZE)
    path.write_bytes(b"something else entirely, and long")
    with pytest.raises(SnapshotError, match="not a file of snapshots"):
        read_snapshots(path, SIZE)
    write(path, range(41))
    assert path.read_bytes() == whole, "whoever trains begins a damaged file anew"


def test_what_takes_a_files_place_while_it_is_read_is_left_for_the_next_time(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(path, range(41))

    def opened(path: Path) -> BinaryIO:
        file = open_to_read(path)
        shorten(path, 0)
        return file

    monkeypatch.setattr(snapshots, "open_to_read", opened)
    assert read_snapshots(path, SIZE)["step"].tolist() == KEPT
    monkeypatch.undo()
    assert read_snapshots(path, SIZE)["step"].tolist() == []
