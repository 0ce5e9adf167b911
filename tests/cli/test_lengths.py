"""``python -m seqflip lengths`` as its users meet it."""

import json
import os
import pty
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from seqflip.cli.lengths import main
from seqflip.runs.trained import EXAMPLES
from tests.processes import ENVIRONMENT, finish, start

REVERSE = EXAMPLES / "reverse"
FEW = ("--count", "10")


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SEQFLIP_RUNS", raising=False)


def refused(*arguments: str, capsys: pytest.CaptureFixture[str]) -> str:
    """Ask for something impossible, and return the sentence that says why."""
    code: object
    try:
        code = main(arguments)
    except SystemExit as ended:
        code = ended.code
    output, errors = capsys.readouterr()
    assert code == 2
    assert output == ""
    assert errors.startswith("seqflip: ")
    assert errors.count("\n") == 1
    assert list(Path().iterdir()) == []
    return errors


def test_it_writes_all_numbers_and_tells_them_in_a_table_and_a_sentence() -> None:
    done = finish("lengths", "reverse", REVERSE.parent / "bottleneck", *FEW, "--max", "40",
                  "--output", "lengths.json")  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    found = json.loads(Path("lengths.json").read_text(encoding="utf-8"))
    assert (found["sequences_per_length"], found["seed"], found["confidence"]) == (10, 0, 0.95)
    assert [run["run"] for run in found["runs"]] == ["reverse", "bottleneck"]
    for run in found["runs"]:
        assert run["weights"] == "best"
        assert run["trained_lengths"] == [4, 12]
        assert [point["length"] for point in run["lengths"]] == list(range(1, 41))
    point = found["runs"][0]["lengths"][19]
    assert point["exact_match"].keys() == {"value", "low", "high"}
    assert point["failures"][0]["source"].split() == point["failures"][0]["expected"].split()[::-1]
    table, sentence, where = done.stdout.rsplit("\n", 4)[0], *done.stdout.splitlines()[-2:]
    assert "length" in table
    assert "Both were trained on lengths 4 to 12; there the mean is 100.0 % and" in sentence
    assert where == "numbers: lengths.json"


def test_the_same_seed_gives_the_same_numbers() -> None:
    for seed, file in (("0", "a"), ("0", "b"), ("1", "c")):
        options = (*FEW, "--seed", seed, "--min", "13", "--max", "14", "--quiet", "--output", file)
        assert main(["reverse", *options]) == 0
    first, again, other = (json.loads(Path(file).read_text(encoding="utf-8")) for file in "abc")
    assert first == again
    assert first["runs"] != other["runs"]


def test_quiet_is_quiet(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["reverse", *FEW, "--max", "3", "--quiet"]) == 0
    assert capfd.readouterr() == ("", "")


def test_a_run_is_found_by_its_id_among_ones_own(capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(EXAMPLES / "copy", Path("runs/mine"))
    assert main(["mine", *FEW, "--max", "5"]) == 0
    assert "“Copy”" in capsys.readouterr().out


def test_a_run_that_is_named_twice_is_tested_once(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["reverse", str(REVERSE), *FEW, "--max", "2", "--output", "once.json"]) == 0
    assert len(json.loads(Path("once.json").read_text(encoding="utf-8"))["runs"]) == 1


def test_own_pairs_are_tested_on_their_held_out_lengths(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["pairs"]) == 0
    assert "at lengths 8 to 15, the longest that was tried" in capsys.readouterr().out


@pytest.mark.parametrize("encoding", ["latin-1", "ascii"])
def test_a_terminal_that_lacks_a_character_sees_the_others(encoding: str) -> None:
    command = [sys.executable, "-m", "seqflip", "lengths", "reverse", *FEW, "--max", "5"]
    environment = {**ENVIRONMENT, "PYTHONIOENCODING": encoding}
    done = subprocess.run(command, env=environment, capture_output=True, check=True)
    assert b"has at least 95 % exact match" in done.stdout
    assert b"Traceback" not in done.stderr


def test_a_terminal_sees_a_bar() -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "seqflip", "lengths", "reverse", *FEW, "--max", "20"]
    process = subprocess.Popen(
        command, env=ENVIRONMENT, stdin=theirs, stdout=subprocess.DEVNULL, stderr=theirs
    )
    os.close(theirs)
    seen = b""
    while chunk := _read(ours):
        seen += chunk
    os.close(ours)
    assert process.wait(60) == 0
    assert b"reverse  length 20" in seen
    assert b"20/20" in seen


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 4096)
    except OSError:  # the other end is gone
        return b""


def test_ctrl_c_writes_nothing() -> None:
    process = start("lengths", "reverse", "--count", "5000", "--max", "900", "--output", "l.json")
    assert process.stdout is not None
    process.stdout.readline()  # the first line of progress
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert errors == "seqflip: interrupted before anything was written\n"
    assert list(Path().iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "the following arguments are required: RUN"),
        (["nothing"], "nothing: there is no run in such a folder, and none with this id in runs"),
        (["../../etc"], "../../etc: there is no run in such a folder"),
        (["reverse", "--max", "0"], "--max: must be a whole number from 1 to 1,000, not '0'"),
        (["reverse", "--max", "1e3"], "not '1e3'"),
        (["reverse", "--max", "5000"], "not '5000'"),
        (["reverse", "--count", "-1"], "--count: must be a whole number from 1 to 100,000"),
        (["reverse", "--seed", "x"], "--seed: must be a whole number from 0"),
        (["reverse", "--min", "9", "--max", "8"], "--min must be at most 8"),
        (["reverse", "--output", "no/where.json"], "no/where.json: the results cannot be written"),
        (["pairs", "--min", "50", "--max", "60"], "has no held-out ones of these lengths"),
        (["reverse", "--maximum", "8"], "unrecognized arguments: --maximum"),
    ],
)
def test_what_cannot_be_is_said_in_one_sentence(
    arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert sentence in refused(*arguments, capsys=capsys)


def test_a_run_that_is_not_whole_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(REVERSE, tmp_path / "broken")
    (tmp_path / "broken" / "weights.npz").write_text("nonsense", encoding="utf-8")
    assert main([str(tmp_path / "broken")]) == 2
    assert "broken cannot be opened" in capsys.readouterr().err
