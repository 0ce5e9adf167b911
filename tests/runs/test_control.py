"""What a run is asked to do."""

from pathlib import Path

import pytest

from seqflip.runs.control import Control, ControlReader, read_control, write_control


def test_wishes_arrive(tmp_path: Path) -> None:
    control = Control(serial=3, command="pause", learning_rate=0.5, delay_seconds=0.1, probe="3 1")
    write_control(tmp_path, control)
    assert read_control(tmp_path) == control


def test_without_wishes_a_run_runs(tmp_path: Path) -> None:
    assert read_control(tmp_path).command == "run"


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", '{"command": "dance"}', '{"learning_rate": -1}', '{"delay_seconds": NaN}'],
)
def test_impossible_wishes_are_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "control.json").write_text(text, encoding="utf-8")
    assert read_control(tmp_path) == Control()


def test_a_reader_notices_each_change_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("seqflip.runs.control.POLL_SECONDS", 0.0)
    write_control(tmp_path, Control(serial=1))
    reader = ControlReader(tmp_path)
    assert not reader.changed()
    write_control(tmp_path, Control(serial=2, command="pause"))
    assert reader.changed()
    assert reader.control.command == "pause"
    assert not reader.changed()


def test_a_reader_does_not_look_more_often_than_needed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("seqflip.runs.control.POLL_SECONDS", 1000.0)
    reader = ControlReader(tmp_path)
    assert not reader.changed()
    write_control(tmp_path, Control(serial=2))
    assert not reader.changed()
