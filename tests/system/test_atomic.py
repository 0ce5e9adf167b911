"""A file is the old one or the new one, whole."""

import json
from pathlib import Path

import pytest

from seqflip.system.atomic import atomic_file, remove_leftovers, write_json, write_text


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
