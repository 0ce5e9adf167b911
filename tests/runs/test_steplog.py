"""The learning curve on disk: appended, cut, followed."""

from pathlib import Path

import numpy as np
import pytest

from seqflip.learning.events import StepDone
from seqflip.runs.steplog import METRICS, RECORD, CurveReader, StepLog, read_curve, read_since


def step(number: int, loss: float = 1.0, seconds: float = 0.0) -> StepDone:
    return StepDone(number, 1, 640, loss, 0.5, 2.0, 0.01, seconds)


def write(path: Path, steps: range, cut: int = -1, seconds: float = 0.0) -> None:
    log = StepLog(path, cut)
    for number in steps:
        log.append(step(number, loss=1 / number, seconds=seconds))
    log.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "steps.bin"


def test_every_step_is_a_record_that_numpy_reads(path: Path) -> None:
    write(path, range(1, 4))
    records = np.fromfile(path, RECORD)
    assert records["step"].tolist() == [1, 2, 3]
    assert records["loss"].tolist() == [1, 1 / 2, 1 / 3]
    assert records[0].tolist() == (1, 1, 640, 1.0, 0.5, 2.0, 0.01, 0.0)
    assert np.memmap(path, RECORD, mode="r").shape == (3,)


def test_readers_see_steps_after_a_flush(path: Path) -> None:
    log = StepLog(path, -1)
    log.append(step(1))
    assert path.stat().st_size == 0
    log.flush()
    assert path.stat().st_size == RECORD.itemsize
    log.close()


@pytest.mark.parametrize(("cut", "left"), [(-1, 0), (0, 0), (1, 1), (7, 7), (10, 10), (99, 10)])
def test_going_on_cuts_off_what_came_after_the_checkpoint(path: Path, cut: int, left: int) -> None:
    write(path, range(1, 11))
    with open(path, "ab") as file:
        file.write(b"half a record")
    write(path, range(0), cut=cut)
    assert np.fromfile(path, RECORD)["step"].tolist() == list(range(1, left + 1))


def test_what_a_reader_has_mapped_stays_when_the_log_is_cut(path: Path) -> None:
    write(path, range(1, 11))
    mapped = np.memmap(path, RECORD, mode="r")
    write(path, range(0), cut=2)
    assert mapped["step"].tolist() == list(range(1, 11))


def test_reading_goes_on_where_it_stopped(path: Path) -> None:
    assert read_since(path, 0)[1] == 0
    write(path, range(1, 6))
    first, offset = read_since(path, 0, max_records=3)
    rest, offset = read_since(path, offset)
    assert first["step"].tolist() + rest["step"].tolist() == [1, 2, 3, 4, 5]
    assert offset == 5


def test_a_reader_follows_a_growing_log(path: Path) -> None:
    reader = CurveReader(path)
    assert not reader.update()
    write(path, range(1, 4))
    assert reader.update()
    assert not reader.update()
    write(path, range(4, 6), cut=3)
    assert reader.update()
    curve = reader.curve()
    assert set(curve.lines) == set(METRICS)
    assert curve.lines["loss"].step.tolist() == [1, 2, 3, 4, 5]
    assert curve.lines["loss"].value.tolist() == [1, 1 / 2, 1 / 3, 1 / 4, 1 / 5]
    assert (curve.steps, curve.stretch, curve.revision) == (5, 1, 0)


@pytest.mark.parametrize("after", [3, 8, 20])
def test_a_reader_notices_that_a_run_went_back(path: Path, after: int) -> None:
    write(path, range(1, 9))
    reader = CurveReader(path)
    reader.update()
    write(path, range(3, after + 1), cut=2, seconds=7.0)
    assert reader.update()
    curve = reader.curve()
    assert curve.steps == after
    assert curve.lines["loss"].step.tolist() == list(range(1, after + 1))
    assert curve.revision == 1


def test_a_long_curve_is_read_in_bounded_memory_and_keeps_its_spike(path: Path) -> None:
    records = np.zeros(300_000, RECORD)
    records["step"] = np.arange(1, 300_001)
    records["loss"] = 1.0
    records["loss"][123_456] = 50.0
    records.tofile(path)
    curve = read_curve(path, max_points=500)
    assert len(curve.lines["loss"].step) <= 500
    assert curve.lines["loss"].value.max() == 50.0
    assert curve.lines["loss"].step[curve.lines["loss"].value.argmax()] == 123_457
    assert curve.steps == 300_000
