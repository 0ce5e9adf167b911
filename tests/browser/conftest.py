"""A real server and a real Chromium. What is started here has ended when the tests have."""

import contextlib
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import (
    BrowserContext,
    Locator,
    Page,
    Playwright,
    expect,
    sync_playwright,
)
from playwright.sync_api import (
    Error as PlaywrightError,
)

from seqflip.runs.run import Run

ROOT = Path(__file__).parents[2]
YIELDING = Path(__file__).parent / "yielding"
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# A page of a test lives for seconds: optimising it does not pay. Whoever measures leaves it on.
SPARING = "--js-flags=--no-opt"
_TRUSTING = ssl._create_unverified_context()  # of certificates that the tests have made
SECONDS = 30.0
"""How long to wait for what must happen; a busy machine may be slow."""

expect.set_options(timeout=1000 * SECONDS)


_STEP_DRAWN = "document.querySelector('.st-key-loss_chart .plot')?.data?.[0].x.at(-1) ?? 0"


class Server:
    """A server of its own, with its own folder of runs; over HTTPS if it has a certificate."""

    def __init__(self, runs: Path, certificate: Path | None = None, **settings: object) -> None:
        self.runs = runs
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.url = f"{'http' if certificate is None else 'https'}://127.0.0.1:{port}"
        command = [sys.executable, "-m", "streamlit", "run", "app.py"]
        options = [f"--server.port={port}", "--server.address=127.0.0.1", "--server.headless=true"]
        if certificate is not None:  # the key stands in the same file
            options += [f"--server.sslCertFile={certificate}", f"--server.sslKeyFile={certificate}"]
        changed = {f"SEQFLIP_{name.upper()}": str(value) for name, value in settings.items()}
        python_path = os.pathsep.join([str(YIELDING), os.environ.get("PYTHONPATH", "")])
        common = {"SEQFLIP_RUNS": str(runs), "PYTHONPATH": python_path}
        environment = os.environ | common | changed
        self.log = runs.with_name(f"{runs.name}-{port}.log")
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [*command, *options],
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        try:
            wait_until(self._answers)
        except BaseException:
            self.kill()
            raise

    def _answers(self) -> bool:
        assert self.process.poll() is None, "the server did not start"
        try:
            health = f"{self.url}/_stcore/health"
            with urllib.request.urlopen(health, timeout=1, context=_TRUSTING) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def kill(self) -> None:
        """End it as `kill -9` does."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        """End it as Ctrl-C does, and wait until its workers have ended as well."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(SECONDS)
            except subprocess.TimeoutExpired:
                self.kill()
        wait_until(lambda: not self.workers())

    def end_runs(self) -> None:
        """End whatever a test has left in training."""
        for worker in self.training():
            with contextlib.suppress(ProcessLookupError):
                os.kill(worker, signal.SIGKILL)
        wait_until(lambda: not self.training())

    def training(self) -> set[int]:
        """Return the processes that train a run of this server."""
        statuses = [Run(path.parent).status() for path in self.runs.rglob("status.json")]
        return self.workers() & {status.pid for status in statuses if status.pid is not None}

    def workers(self) -> set[int]:
        """Return the processes that train for this server, or wait for what to train."""
        found = set()
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                command = (folder / "cmdline").read_bytes()
                environment = (folder / "environ").read_bytes()
            except OSError:
                continue
            ours = f"SEQFLIP_RUNS={self.runs}\0".encode() in environment
            if ours and b"seqflip.server.worker" in command:
                found.add(int(folder.name))
        return found


def chromium_path() -> str:
    """Return the Chromium of this machine."""
    names = [os.environ.get("CHROMIUM"), "chromium", "chromium-browser", "google-chrome"]
    path = next((found for name in names if name and (found := shutil.which(name))), None)
    assert path is not None, "no Chromium: `make chromium` installs one"
    return path


def wait_until(true: Callable[[], bool]) -> None:
    """Wait for something that no browser shows."""
    deadline = time.monotonic() + SECONDS
    while not true():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


@pytest.fixture(scope="session")
def start_server(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Callable[..., Server]]:
    """Start servers with other settings, or on runs that are there already."""
    servers: list[Server] = []

    def start(
        runs: Path | None = None, certificate: Path | None = None, **settings: object
    ) -> Server:
        server = Server(runs or tmp_path_factory.mktemp("runs"), certificate, **settings)
        servers.append(server)
        return server

    yield start
    for server in reversed(servers):  # a later one may have taken over an earlier one's runs
        server.stop()


@pytest.fixture(scope="session")
def shared_server(start_server: Callable[..., Server]) -> Server:
    """One server for all tests that need nothing special."""
    return start_server(workers=4)


@pytest.fixture
def server(shared_server: Server) -> Iterator[Server]:
    """The shared server; what a test leaves in training is ended."""
    yield shared_server
    shared_server.end_runs()


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def person(
    playwright: Playwright, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[], BrowserContext]]:
    """Make browsers of different people: they share nothing.

    Each has a profile on the disk: what it has loaded and compiled need not be done again.
    """
    contexts: list[BrowserContext] = []

    def make() -> BrowserContext:
        context = playwright.chromium.launch_persistent_context(
            tmp_path_factory.mktemp("profile"),
            executable_path=chromium_path(),
            args=[*FLAGS, SPARING],
            viewport={"width": 1280, "height": 900},
            reduced_motion="reduce",  # nothing plays by itself but where that is looked at
            bypass_csp=True,  # what the tests wait for is evaluated, which no page may do itself
        )
        contexts.append(context)
        return context

    yield make
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def me(person: Callable[[], BrowserContext]) -> BrowserContext:
    """The browser of one person, kept for all tests."""
    return person()


@pytest.fixture(scope="session")
def other_person(person: Callable[[], BrowserContext]) -> BrowserContext:
    """The browser of somebody else, kept for all tests."""
    return person()


@pytest.fixture
def others_page(other_person: BrowserContext) -> Iterator[Page]:
    """A new tab of somebody else."""
    yield from new_tab(other_person)
    other_person.set_offline(False)


@pytest.fixture
def page(me: BrowserContext) -> Iterator[Page]:
    """A new tab of that person."""
    yield from new_tab(me)


def new_tab(context: BrowserContext) -> Iterator[Page]:
    """Open a tab, and forget in the end what it would remember, such as a closed menu."""
    tab = context.new_page()
    yield tab
    with contextlib.suppress(PlaywrightError):  # a page that does not answer remembers nothing
        tab.evaluate("localStorage.clear()")
    tab.close()


def open_train(page: Page, url: str) -> None:
    """Open the Train page and wait until it is all there."""
    page.goto(url)
    expect(page.locator(".st-key-loss_chart .main-svg").first).to_be_visible()
    settled(page)


def settled(page: Page) -> None:
    """Wait until the page's script has run to its end."""
    expect(
        page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]')
    ).to_be_visible()


def wait_for(page: Page, expression: str, arg: object = None) -> None:
    """Wait until this is true in the browser; where nothing moves, it may paint no pictures."""
    page.wait_for_function(expression, arg=arg, polling=50)


def button(page: Page, name: str) -> Locator:
    """Return one of the buttons above the charts, which are named with their shortcuts."""
    return page.get_by_role("button", name=re.compile(f"^{name} Shortcut"))


def press(page: Page, name: str) -> None:
    """Press one of the buttons above the charts."""
    button(page, name).click()


def slow_down(page: Page) -> None:
    """Let what will be started do few steps, which leaves the cores to the browsers."""
    choose_speed(page, "5 steps/s")


def choose_speed(page: Page, speed: str = "Full speed") -> None:
    """Choose how fast what will be started goes."""
    page.get_by_role("combobox", name="Speed").click()
    page.get_by_role("option", name=speed).click()
    settled(page)


def expect_state(page: Page, state: str) -> None:
    """Wait until the page says that the run is in this state."""
    expect(page.locator(".stMarkdownBadge")).to_contain_text(state)


def step_drawn(page: Page) -> int:
    """Return the step of the newest training point that the loss chart shows; 0: there is none."""
    step: int = page.evaluate(_STEP_DRAWN)
    return step


def wait_for_step(page: Page, at_least: int) -> None:
    """Wait until the loss chart shows this training step."""
    wait_for(page, f"n => ({_STEP_DRAWN}) >= n", arg=at_least)


def step_shown(page: Page) -> int:
    """Return the step that the progress bar tells."""
    text = page.get_by_text(re.compile(r"step [\d,]+ of")).inner_text()
    found = re.search(r"step ([\d,]+) of", text)
    assert found is not None
    return int(found[1].replace(",", ""))
