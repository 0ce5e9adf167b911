"""The wheel holds all that SeqFlip is: commands, app, configurations, examples and lessons."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.conftest import wait_until

ROOT = Path(__file__).parents[1]
LOOK = """
from pathlib import Path
import seqflip
from seqflip.runs import open_trained
from seqflip.system.home import HOME
from seqflip.ui.lessons.course import BUNDLED, course
from seqflip.ui.parts.presets import presets, races
from streamlit.testing.v1 import AppTest

assert Path(seqflip.__file__).is_relative_to("{site}"), seqflip.__file__
assert HOME == Path("{site}/seqflip/home")
assert len(presets()) == {presets} and len(races()) == {races}
assert len(course(BUNDLED)) == {lessons}
assert open_trained(HOME / "examples" / "reverse").right_answer([3, 1, 4]) == [4, 1, 3, 0]
page = AppTest.from_file(HOME / "app.py", default_timeout=60).run()
assert not page.exception, page.exception
assert page.title[0].value
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder into which a wheel, built from here, was unpacked."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*build, str(ROOT), "--wheel-dir", str(folder)], check=True, cwd=folder)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


@pytest.fixture
def environment(site: Path, tmp_path: Path) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(site), "SEQFLIP_RUNS": str(tmp_path / "runs")}


def test_it_has_presets_examples_and_the_app(
    site: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    races = len(list((ROOT / "configs").glob("race-*.yaml")))
    presets = len(list((ROOT / "configs").glob("*.yaml"))) - races
    lessons = len(list((ROOT / "lessons").glob("*.md")))
    look = LOOK.format(site=site, presets=presets, races=races, lessons=lessons)
    subprocess.run([sys.executable, "-c", look], env=environment, cwd=tmp_path, check=True)


@pytest.fixture
def app(
    environment: dict[str, str], tmp_path: Path
) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "seqflip", "app", "--headless", "--port", str(port)]
    process = subprocess.Popen(
        [*command, "--path", "/a/path/"],
        env=environment,
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield process, f"http://127.0.0.1:{port}/a/path"
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def answers(url: str) -> bool:
    """Whether a server that is being started answers already."""
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def test_its_command_runs_the_app_until_it_is_ended(
    app: tuple[subprocess.Popen[bytes], str], tmp_path: Path
) -> None:
    process, url = app
    wait_until(lambda: answers(f"{url}/_stcore/health"))
    with urllib.request.urlopen(f"{url}/live/run/reverse") as answer:
        assert json.load(answer)["state"] == "finished"
    process.terminate()
    assert process.wait(30) == 0
    assert not answers(f"{url}/_stcore/health")
