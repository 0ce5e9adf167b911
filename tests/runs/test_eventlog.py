"""What happened in a run: appended, cut, followed."""

import json
from pathlib import Path
from typing import Any

import pytest

from seqflip.learning.events import BestModel, Evaluated, Finished, LearningRateChanged
from seqflip.runs.eventlog import EventLog, EventReader, read_events_since


def evaluated(step: int, alignment: float | None = 0.5) -> Evaluated:
    return Evaluated(step, 1, 1 / step, 0.5, 0.25, alignment, 100)


def read(path: Path) -> list[dict[str, Any]]:
    entries, _ = read_events_since(path, 0)
    return [{name: entry[name] for name in entry if name != "time"} for entry in entries]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "events.jsonl"


def write(path: Path, *events: Any, cut: int = -1) -> None:
    log = EventLog(path, cut)
    for event in events:
        log.append(event)
    log.close()


def test_every_event_is_a_line_of_json(path: Path) -> None:
    write(path, evaluated(4), LearningRateChanged(4, 0.5))
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert [line["type"] for line in lines] == ["Evaluated", "LearningRateChanged"]
    assert read(path)[1] == {"type": "LearningRateChanged", "step": 4, "learning_rate": 0.5}


def test_other_things_can_be_noted(path: Path) -> None:
    log = EventLog(path, -1)
    log.note("Paused", step=3)
    log.close()
    assert read(path) == [{"type": "Paused", "step": 3}]


@pytest.mark.parametrize(("cut", "left"), [(-1, []), (4, [4]), (8, [4, 8]), (99, [4, 8, 12])])
def test_going_on_cuts_off_what_came_after_the_checkpoint(
    path: Path, cut: int, left: list[int]
) -> None:
    write(path, evaluated(4), evaluated(8), evaluated(12))
    with open(path, "ab") as file:
        file.write(b'not json\n["no event"]\n{"type": "Evalu')
    write(path, cut=cut)
    assert [entry["step"] for entry in read(path)] == left


def test_a_training_that_goes_on_has_not_finished(path: Path) -> None:
    write(path, evaluated(8), Finished("completed", 8, 1, 0.5, "Completed 8 steps."))
    write(path, evaluated(12), cut=8)
    assert [(entry["type"], entry["step"]) for entry in read(path)] == [
        ("Evaluated", 8),
        ("Evaluated", 12),
    ]


def test_a_line_that_is_only_half_there_is_read_when_it_is_whole(path: Path) -> None:
    write(path, evaluated(4))
    whole = path.read_bytes()
    path.write_bytes(whole + whole[:10])
    entries, offset = read_events_since(path, 0)
    assert len(entries) == 1
    path.write_bytes(whole + whole)
    entries, offset = read_events_since(path, offset)
    assert len(entries) == 1
    assert offset == 2 * len(whole)


def test_a_reader_gathers_what_a_chart_shows(path: Path) -> None:
    reader = EventReader(path)
    assert not reader.update()
    assert reader.happenings().latest is None
    write(path, evaluated(4), BestModel(4, 0.25))
    assert reader.update()
    write(path, evaluated(8), LearningRateChanged(8, 0.5), cut=4)
    assert reader.update()
    assert not reader.update()
    found = reader.happenings()
    assert found.lines["loss"].step.tolist() == [4, 8]
    assert found.lines["loss"].value.tolist() == [1 / 4, 1 / 8]
    assert found.lines["alignment"].value.tolist() == [0.5, 0.5]
    assert (found.evaluations, found.best_step, found.revision) == (2, 4, 0)
    assert found.latest is not None
    assert found.latest["step"] == 8
    assert [marker["type"] for marker in found.markers] == ["LearningRateChanged"]


def test_a_task_without_alignment_has_no_line_for_it(path: Path) -> None:
    write(path, evaluated(4, alignment=None), evaluated(8, alignment=None))
    reader = EventReader(path)
    reader.update()
    assert reader.happenings().lines["alignment"].step.tolist() == []
    assert reader.happenings().lines["loss"].step.tolist() == [4, 8]


def test_a_log_of_an_earlier_version_has_no_line_for_what_it_does_not_know(path: Path) -> None:
    write(path, evaluated(4), evaluated(8))
    entries = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    for entry in entries:
        del entry["forced_accuracy"]
    path.write_text("".join(json.dumps(entry) + "\n" for entry in entries), encoding="utf-8")
    reader = EventReader(path)
    reader.update()
    assert reader.happenings().lines["forced_accuracy"].step.tolist() == []
    assert reader.happenings().lines["accuracy"].step.tolist() == [4, 8]


def test_a_reader_notices_that_a_run_went_back(path: Path) -> None:
    write(path, evaluated(4), LearningRateChanged(6, 0.5), evaluated(8))
    reader = EventReader(path)
    reader.update()
    write(path, evaluated(8), evaluated(12), cut=4)
    assert reader.update()
    found = reader.happenings()
    assert found.lines["loss"].step.tolist() == [4, 8, 12]
    assert found.markers == []
    assert found.revision == 1
