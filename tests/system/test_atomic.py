"""A file is the old one or the new one, whole."""

import json
import os
from pathlib import Path

import pytest

from seqflip.system import patience
from seqflip.system.atomic import (
    atomic_file,
    move_folder,
    remove,
    remove_leftovers,
    shorten,
    write_json,
    write_text,
)


@pytest.mark.parametrize("durable", [True, False])
def test_a_new_text_takes_the_place_of_the_old_one(tmp_path: Path, durable: bool) -> None:
    path = tmp_path / "file"
    write_text(path, "old", durable=durable)
    write_text(path, "nëw", durable=durable)
    assert path.read_text(encoding="utf-8") == "nëw"
    assert list(tmp_path.iterdir()) == [path]


def test_a_failure_while_writing_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "file"
    write_text(path, "old")
    with pytest.raises(TypeError), atomic_file(path) as file:
        file.writelines([b"half of the new", "which is no bytes"])  # type: ignore[list-item]
    assert path.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_nobody_sees_the_new_file_before_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "file"
    with atomic_file(path) as file:
        file.write(b"half")
        file.flush()
        assert not path.exists()
    assert path.read_text(encoding="utf-8") == "half"


def test_what_killed_writers_left_is_removed_and_nothing_else(tmp_path: Path) -> None:
    write_text(tmp_path / "weights.npz", "whole")
    (tmp_path / ".weights.npz.0123abcd.tmp").touch()
    (tmp_path / ".control.json.0123abcd.tmp").touch()
    remove_leftovers(tmp_path, but=["control.json"])
    assert {path.name for path in tmp_path.iterdir()} == {
        "weights.npz",
        ".control.json.0123abcd.tmp",
    }


def test_json_keeps_every_bit_of_a_number_and_every_letter(tmp_path: Path) -> None:
    value = {"tiny": 5e-324, "third": 1 / 3, "large": 2**127 + 1, "text": "α 日本"}
    write_json(tmp_path / "file", value)
    assert json.loads((tmp_path / "file").read_text(encoding="utf-8")) == value


def test_a_file_that_is_cut_off_stays_whole_for_who_has_it_open(tmp_path: Path) -> None:
    path = tmp_path / "file"
    write_text(path, "0123456789")
    with open(path, "rb") as before:
        shorten(path, 4)
        assert path.read_bytes() == b"0123"
        assert before.read() == b"0123456789"
    assert list(tmp_path.iterdir()) == [path]


def test_what_is_not_there_need_not_be_removed(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for _ in range(2):
        remove(tmp_path / "file")
        assert list(tmp_path.iterdir()) == []


def test_a_folder_takes_the_place_of_nothing_or_of_an_empty_one_alone(tmp_path: Path) -> None:
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").touch()
    (tmp_path / "empty").mkdir()
    move_folder(tmp_path / "first", tmp_path / "empty")
    assert (tmp_path / "empty" / "file").exists()
    with pytest.raises(OSError, match="not empty"):
        move_folder(tmp_path / "second", tmp_path / "empty")
    move_folder(tmp_path / "second", tmp_path / "nothing")
    assert {path.name for path in tmp_path.iterdir()} == {"empty", "nothing"}


def test_on_windows_it_waits_for_who_has_the_file_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, real, refused = tmp_path / "file", os.replace, [3]

    def replace(source: Path, target: Path) -> None:
        if refused[0]:
            refused[0] -= 1
            error = PermissionError(13, "somebody has it open")
            error.winerror = 5  # type: ignore[attr-defined]
            raise error
        real(source, target)

    monkeypatch.setattr(os, "replace", replace)
    write_text(path, "new")
    assert path.read_text(encoding="utf-8") == "new"
    monkeypatch.setattr(patience, "SECONDS", 0.0)
    refused[0] = 10
    with pytest.raises(PermissionError):
        write_text(path, "newer")
    assert path.read_text(encoding="utf-8") == "new"
    assert list(tmp_path.iterdir()) == [path]
