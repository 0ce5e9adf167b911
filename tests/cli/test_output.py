"""The file for the results: whether it can be written is known before training."""

import json
import stat
from pathlib import Path

import pytest

from seqflip.cli.output import OutputError, check_output, write_output

METRICS = {"test_loss": 0.25, "steps": 7, "test_alignment": None, "reason": "completed"}


def test_results_are_one_flat_json_object(tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    check_output(path)
    assert not path.exists()
    write_output(path, METRICS)
    assert json.loads(path.read_text(encoding="utf-8")) == METRICS


def test_looking_leaves_the_old_results_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    path.write_text("old", encoding="utf-8")
    check_output(path)
    assert path.read_text(encoding="utf-8") == "old"


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "results.json")
    check_output(tmp_path / "link")
    write_output(tmp_path / "link", METRICS)
    assert (tmp_path / "link").is_symlink()
    assert json.loads((tmp_path / "results.json").read_text(encoding="utf-8")) == METRICS


def test_a_device_stays_a_device() -> None:
    check_output(Path("/dev/null"))
    write_output(Path("/dev/null"), METRICS)
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("", "Is a directory"),
        ("missing/results.json", "No such file or directory"),
        ("file/results.json", "Not a directory"),
        ("x" * 300, "File name too long"),
        ("nul\0l", "null"),
    ],
)
def test_what_cannot_be_written_is_said_in_one_sentence(
    tmp_path: Path, name: str, reason: str
) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match=f"the results cannot be written there: .*{reason}"):
        check_output(tmp_path / name)


def test_a_folder_that_will_be_made_counts_as_there(tmp_path: Path) -> None:
    check_output(tmp_path / "run" / "results.json", folder_to_come=tmp_path / "run")
    with pytest.raises(OutputError):
        check_output(tmp_path / "run" / "deeper" / "results.json", folder_to_come=tmp_path / "run")
