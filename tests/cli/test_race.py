"""`python -m seqflip race`, as its users meet it."""

import json
import re
import signal
from pathlib import Path

import pytest

from seqflip import main
from seqflip.config.files import dump_config
from tests.processes import finish, start
from tests.race.small import small_race


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def race() -> str:
    Path("race.yaml").write_text(dump_config(small_race()), encoding="utf-8")
    return "race.yaml"


def test_it_trains_all_variants_and_writes_what_it_found(
    race: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["race", race, "--output", "race.json"]) == 0
    found = json.loads(Path("race.json").read_text(encoding="utf-8"))
    (only,) = found["rounds"]
    assert list(only["lanes"]) == ["with", "without"]
    for lane in only["lanes"].values():
        assert (lane["steps"], lane["reason"]) == (24, "completed")
        assert lane["curve"]["step"] == [5, 8, 10, 15, 16, 20, 24]
    output, errors = capsys.readouterr()
    assert errors == ""
    assert found["sentence"] in output
    assert re.search(r"without .* 24 steps|exact match", output)
    assert sorted(path.name for path in Path().iterdir()) == ["race.json", "race.yaml"]


def test_it_can_be_repeated_and_changed(race: str) -> None:
    arguments = ["--seeds", "2", "--set", "training.epochs=1", "--output", "race.json", "--quiet"]
    assert main(["race", race, *arguments]) == 0
    found = json.loads(Path("race.json").read_text(encoding="utf-8"))
    assert [one["seed"] for one in found["rounds"]] == [0, 1]
    curves = [one["lanes"]["with"]["curve"]["loss"] for one in found["rounds"]]
    assert curves[0] != curves[1]
    assert found["summary"]["with"]["steps"] == {"median": 8, "lowest": 8, "highest": 8}


def test_quiet_says_nothing(race: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["race", race, "--quiet"]) == 0
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["nowhere.yaml"], "nowhere.yaml: there is no such file"),
        (["race.yaml", "--seeds", "0"], "seeds must be a whole number from 1 to 100, not 0"),
        (["race.yaml", "--set", "model.d_k=x"], "model.d_k must be a whole number"),
        (["race.yaml", "--output", "no/where.json"], "the results cannot be written there"),
    ],
)
def test_what_cannot_be_is_said_in_one_sentence(
    race: str, arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["race", *arguments]) == 2
    output, errors = capsys.readouterr()
    assert (output, errors.count("\n")) == ("", 1)
    assert errors.startswith("seqflip: ")
    assert sentence in errors


def test_it_is_told_of_in_the_help() -> None:
    done = finish("--help")
    assert "race FILE" in done.stdout
    assert "--seeds" in finish("race", "--help").stdout


def test_ctrl_c_leaves_nothing_half_written(race: str) -> None:
    process = start("race", race, "--set", "training.epochs=100000", "--output", "race.json")
    assert process.stdout is not None
    assert process.stdout.readline().startswith("step ")
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 130
    assert errors == "seqflip: interrupted; nothing was written\n"
    assert sorted(path.name for path in Path().iterdir()) == ["race.yaml"]
