"""What the Dockerfile rests on: enough is sent to build from, and its commands do what they say."""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from tests.browser.conftest import wait_until
from tests.test_wheel import build_wheel, end, free_port

ROOT = Path(__file__).parents[1]
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")


def command(instruction: str) -> list[str]:
    """The words of an instruction that is written as a list."""
    (found,) = re.findall(rf"^{instruction}.*?(\[.*\])$", DOCKERFILE, re.MULTILINE)
    words: list[str] = json.loads(found)
    return words


def at(port: int, words: list[str]) -> list[str]:
    """The same words for another port."""
    return [word.replace("7860", str(port)) for word in words]


def let_through() -> list[str]:
    """What .dockerignore lets through."""
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    assert (lines[0], lines[-1]) == ("*", "**/__pycache__")
    return [line.removeprefix("!") for line in lines[1:-1]]


def sent(folder: Path) -> Path:
    """Copy what is let through into a folder."""
    for name in let_through():
        source, target = ROOT / name, folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target)
    return folder


def test_all_that_the_wheel_is_made_of_is_let_through() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    hatch = project["tool"]["hatch"]
    wheel = hatch["build"]["targets"]["wheel"]
    assert set(let_through()) == {
        "pyproject.toml",
        project["project"]["readme"],
        *hatch["metadata"]["hooks"]["requirements_txt"]["files"],
        *wheel["packages"],
        *wheel["force-include"],
        "requirements.lock",
        "requirements-cluster.txt",
    }


@pytest.mark.thorough
def test_what_is_sent_is_enough_to_build_the_same_wheel(tmp_path: Path) -> None:
    wheels = (
        build_wheel(ROOT, tmp_path / "here"),
        build_wheel(sent(tmp_path / "sent"), tmp_path / "there"),
    )
    here, there = ({one.filename: one.CRC for one in zipfile.ZipFile(w).infolist()} for w in wheels)
    assert here == there


def test_it_is_no_administrator_and_one_that_spaces_expect() -> None:
    assert "--uid 1000" in DOCKERFILE
    assert re.findall(r"^USER (.*)$", DOCKERFILE, re.MULTILINE) == ["1000"]
    assert DOCKERFILE.index("\nUSER ") < DOCKERFILE.index("\nCMD ")
    assert "install -d -o seqflip /runs" in DOCKERFILE
    assert re.findall(r"^(?:VOLUME|EXPOSE) (.*)$", DOCKERFILE, re.MULTILINE) == ["/runs", "7860"]


def test_its_command_runs_and_its_check_tells_whether(tmp_path: Path) -> None:
    port = free_port()
    program, *arguments = at(port, command("CMD"))
    assert program == "seqflip"
    check = at(port, command("HEALTHCHECK"))
    assert check.pop(0) == "python"

    def is_well() -> bool:
        done = subprocess.run([sys.executable, *check], stderr=subprocess.DEVNULL, check=False)
        return done.returncode == 0

    assert not is_well()
    process = subprocess.Popen(
        [sys.executable, "-m", "seqflip", *arguments],
        env=os.environ | {"PYTHONPATH": str(ROOT), "SEQFLIP_RUNS": str(tmp_path / "runs")},
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        wait_until(is_well)
        process.terminate()  # as `docker stop` does
        assert process.wait(30) == 0
    finally:
        end(process)
