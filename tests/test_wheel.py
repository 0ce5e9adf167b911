"""The wheel holds all that SeqFlip is: commands, app, configurations, examples and lessons.

It is looked at beside the packages of this environment each time, and by the thorough in a new
environment, in which it is installed with nothing but what it asks for.
"""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
import venv
import zipfile
from collections.abc import Iterator
from importlib.metadata import Distribution
from pathlib import Path

import pytest

from tests.browser.conftest import wait_until

App = tuple[subprocess.Popen[bytes], str]

ROOT = Path(__file__).parents[1]
_OF_THIS_ONE = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "SEQFLIP_RUNS")
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


TINY = """
data: {n_train: 100, n_test: 20, src_length: 4, vocab_size: 6}
model: {d_model: 8, d_k: 4, d_v: 8}
training: {epochs: 1}
"""


def build_wheel(source: Path, folder: Path) -> Path:
    """Build a wheel into a folder, and return it."""
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*build, str(source), "--wheel-dir", str(folder)], check=True)
    (wheel,) = folder.glob("*.whl")
    return wheel


def free_port() -> int:
    """Return a port at which nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


def end(process: subprocess.Popen[bytes]) -> None:
    """End a process and all that it has started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def named_in(file: str) -> list[str]:
    """What a file of requirements names."""
    lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if not line.startswith("#")]


pytestmark = pytest.mark.xdist_group("wheel")  # it is built once


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel that was built from here."""
    return build_wheel(ROOT, tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def site(wheel: Path) -> Path:
    """The folder into which the wheel was unpacked."""
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(wheel.parent / "site")
    return wheel.parent / "site"


@pytest.fixture
def environment(site: Path, tmp_path: Path) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(site), "SEQFLIP_RUNS": str(tmp_path / "runs")}


def look(site: Path) -> str:
    """What looks at all that must be there."""
    races = len(list((ROOT / "configs").glob("race-*.yaml")))
    presets = len(list((ROOT / "configs").glob("*.yaml"))) - races
    lessons = len(list((ROOT / "lessons").glob("*.md")))
    return LOOK.format(site=site, presets=presets, races=races, lessons=lessons)


def test_it_has_presets_examples_and_the_app(
    site: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    command = [sys.executable, "-c", look(site)]
    subprocess.run(command, env=environment, cwd=tmp_path, check=True)


def test_it_says_what_it_is_and_needs_what_requirements_txt_names(site: Path) -> None:
    (folder,) = site.glob("*.dist-info")
    found = Distribution.at(folder)
    assert (found.name, found.metadata["Requires-Python"]) == ("seqflip", ">=3.11")
    extra = [f"{one}; extra == 'cluster'" for one in named_in("requirements-cluster.txt")]
    assert sorted(found.requires or []) == sorted([*named_in("requirements.txt"), *extra])
    assert found.metadata["Description-Content-Type"] == "text/markdown"
    assert found.metadata.json["description"] == (ROOT / "README.md").read_text(encoding="utf-8")
    groups = {"console_scripts", "jupyter_serverproxy_servers"}
    assert {(one.group, one.name) for one in found.entry_points} == {
        (group, "seqflip") for group in groups
    }


@contextlib.contextmanager
def running(command: list[str], environment: dict[str, str], folder: Path) -> Iterator[App]:
    """Run the app in a folder until the context ends, or it has ended."""
    port = free_port()
    process = subprocess.Popen(
        [*command, "app", "--headless", "--port", str(port), "--path", "/a/path/"],
        env=environment,
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield process, f"http://127.0.0.1:{port}/a/path"
    finally:
        end(process)


def answers(url: str) -> bool:
    """Whether a server that is being started answers already."""
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def see_it_run_until_it_is_ended(process: subprocess.Popen[bytes], url: str) -> None:
    wait_until(lambda: answers(f"{url}/_stcore/health"))
    with urllib.request.urlopen(f"{url}/live/run/reverse") as answer:
        assert json.load(answer)["state"] == "finished"
    process.terminate()
    assert process.wait(30) == 0
    assert not answers(f"{url}/_stcore/health")


def test_its_command_runs_the_app_until_it_is_ended(
    environment: dict[str, str], tmp_path: Path
) -> None:
    with running([sys.executable, "-m", "seqflip"], environment, tmp_path) as (process, url):
        see_it_run_until_it_is_ended(process, url)


@pytest.mark.thorough
def test_installed_in_a_new_environment_it_does_all_this_from_an_empty_folder(
    wheel: Path, tmp_path: Path
) -> None:
    home, empty = tmp_path / "home", tmp_path / "empty"
    empty.mkdir()
    venv.create(home, with_pip=True)
    python, seqflip = home / "bin" / "python", home / "bin" / "seqflip"
    environment = {name: value for name, value in os.environ.items() if name not in _OF_THIS_ONE}

    def run(*command: object) -> str:
        done = subprocess.run(
            list(map(str, command)), env=environment, cwd=empty, stdout=subprocess.PIPE, check=True
        )
        return done.stdout.decode()

    run(python, "-m", "pip", "install", "--quiet", wheel)
    run(python, "-m", "pip", "check")
    (site,) = (home / "lib").glob("*/site-packages")
    run(python, "-c", look(site))
    assert "seqflip app" in run(seqflip, "--help")
    (empty / "tiny.yaml").write_text(TINY, encoding="utf-8")
    run(python, "-m", "seqflip", "--config", "tiny.yaml", "--output", "tiny.json")
    assert json.loads((empty / "tiny.json").read_text(encoding="utf-8"))["steps"] > 0
    with running([str(seqflip)], environment, empty) as (process, url):
        see_it_run_until_it_is_ended(process, url)
    left = {path.name for path in empty.iterdir()}
    assert left <= {"tiny.yaml", "tiny.json", "runs"}
