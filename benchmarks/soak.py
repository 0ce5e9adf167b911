"""Whether the server holds still: its memory, threads and files while a class watches a run.

``python -m benchmarks.soak --minutes 60`` (on Linux) starts a server and a training of the command
line. Five pages ask for the run's feed, each as often as it is told; twenty members of a class ask
once a second what their lecturer shows, which is another page every ten seconds. It prints a table,
and how fast the memory grew in its second half.
"""

import argparse
import contextlib
import json
import os
import secrets
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from benchmarks.table import table
from seqflip.runs.run import Run
from seqflip.server.processes import WORKER_ENVIRONMENT
from tests.browser.conftest import ROOT, Server, wait_until

PAGES = 5
MEMBERS = 20
PAUSE = 0.115  # seconds between two questions of a page that follows a running training
CLASS_PAUSE = 1.0  # seconds between two questions of a member
LECTURE_PAUSE = 10.0  # seconds that a lecturer shows the same page
PARTS = ("numbers", "attention_problem", "attention_said", "answers")
CHARTS = ("loss_chart", "accuracy_chart", "attention_chart")
ROWS = 12


class Sample(NamedTuple):
    """What the server's process has at a moment."""

    minutes: float
    megabytes: float
    threads: int
    files: int
    asked: int
    led: int


class Visitor(threading.Thread):
    """Asks the server something, again and again, until it is over."""

    pause: float

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.asked, self.errors = 0, 0
        self.over = threading.Event()

    def run(self) -> None:
        """Ask until it is over."""
        while not self.over.wait(self.pause):
            try:
                self.ask()
                self.asked += 1
            except (OSError, ValueError):
                self.errors += 1

    def ask(self) -> None:
        """Ask once."""
        raise NotImplementedError


class Page(Visitor):
    """Asks for a run's feed as feed.js does, says what it has, and waits as long as it is told."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = url
        self._had: dict[str, dict[str, Any]] = {key: {} for key in (*PARTS, *CHARTS)}
        self.pause, self._last = PAUSE, time.monotonic()

    def ask(self) -> None:
        """Ask for what is new."""
        asked = urllib.parse.urlencode({"had": json.dumps(self._had)})
        now = time.monotonic()
        waited, self._last = now - self._last, now
        request = urllib.request.Request(
            f"{self._url}?{asked}", headers={"Seqflip-Waited": f"{waited:.3f}"}
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            told = json.load(answer)
            self.pause = max(PAUSE, float(answer.headers.get("Seqflip-Pause", 0)))
        for key, part in told["parts"].items():
            self._had[key]["version"] = part["version"]
            if part["data"].get("kind") == "curves":
                self._had[key] |= held(part["data"])


class Member(Visitor):
    """Asks what its class is shown, as classroom.js does."""

    pause = CLASS_PAUSE

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = f"{url}?me={secrets.token_hex(8)}"

    def ask(self) -> None:
        """Ask what there is to see."""
        with urllib.request.urlopen(self._url, timeout=30) as answer:
            json.load(answer)


class Lecturer(Visitor):
    """Opens a class, and leads it from page to page."""

    pause = LECTURE_PAUSE

    def __init__(self, app: str) -> None:
        super().__init__()
        self._classes = f"{app}/live/class"
        opened = self._send("", {"app": app})
        self._secret = opened["secret"]
        self.url = f"{self._classes}/{opened['code']}"

    def ask(self) -> None:
        """Show the next page."""
        shown = {"secret": self._secret, "address": f"attend?run=reverse&step={self.asked % 8}"}
        self._send(f"/{self.url.rpartition('/')[2]}/show", shown)

    def _send(self, where: str, said: dict[str, Any]) -> Any:
        headers = {"Seqflip-Class": "1", "Content-Type": "application/json"}
        request = urllib.request.Request(
            self._classes + where, json.dumps(said).encode(), headers, method="POST"
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            body = answer.read()
        return json.loads(body) if body else None


def held(chart: dict[str, Any]) -> dict[str, Any]:
    """Return what a page then says that it has of a chart's curves."""
    series = {
        one["name"]: (one["revision"], one["from"] + len(one["x"])) for one in chart["series"]
    }
    return {"identity": chart["identity"], "series": series}


def main() -> None:
    """Watch a run for so long, and print what the server took."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--every", type=float, default=5.0, help="seconds (default 5)")
    options = parser.parse_args()
    for number in (signal.SIGTERM, signal.SIGINT):  # a shell's background ignores the latter
        signal.signal(number, signal.default_int_handler)
    with tempfile.TemporaryDirectory() as folder:
        runs = Path(folder) / "runs"
        with contextlib.ExitStack() as ending:  # of whatever has begun, the last one first
            server = Server(runs)
            ending.callback(server.stop)
            training = train(runs / "soak")
            ending.callback(end, training)
            pages = [Page(f"{server.url}/live/run/soak") for _ in range(PAGES)]
            lecturer = Lecturer(server.url)
            members = [Member(lecturer.url) for _ in range(MEMBERS)]
            wait_until((runs / "soak" / "live.json").exists)
            for visitor in (*pages, lecturer, *members):
                ending.callback(visitor.over.set)
                visitor.start()
            seconds = 60 * options.minutes
            samples = _watch(server.process.pid, pages, members, seconds, options.every)
            steps = Run(runs / "soak").status().step
            errors = sum(visitor.errors for visitor in (*pages, lecturer, *members))
    print(_report(samples, steps, errors))


def train(folder: Path) -> subprocess.Popen[bytes]:
    """Begin an endless training of the command line."""
    longest = ["--set", "training.epochs=1000000", "--set", "training.patience=null"]
    return subprocess.Popen(
        [sys.executable, "-m", "seqflip", *longest, "--run-dir", str(folder)],
        cwd=ROOT,
        env=os.environ | WORKER_ENVIRONMENT,
        stdout=subprocess.DEVNULL,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )


def end(training: subprocess.Popen[bytes]) -> None:
    """End it, and wait until it has."""
    training.send_signal(signal.SIGTERM)
    training.wait()


def _watch(
    process: int, pages: list[Page], members: list[Member], seconds: float, every: float
) -> list[Sample]:
    began, samples = time.monotonic(), []
    while (passed := time.monotonic() - began) < seconds + every:
        asked, led = (sum(one.asked for one in them) for them in (pages, members))
        samples.append(Sample(passed / 60, *_taken(process), asked, led))
        time.sleep(every)
    return samples


def _taken(process: int) -> tuple[float, int, int]:
    """Return a process's resident megabytes, its threads and its open files."""
    folder = Path(f"/proc/{process}")
    lines = (folder / "status").read_text(encoding="utf-8").splitlines()
    said = dict(line.split(":", 1) for line in lines)
    return (
        int(said["VmRSS"].split()[0]) / 1024,
        int(said["Threads"]),
        len(list((folder / "fd").iterdir())),
    )


def _report(samples: list[Sample], steps: int, errors: int) -> str:
    some = np.linspace(0, len(samples) - 1, min(ROWS, len(samples))).round().astype(int)
    rows = [
        [
            f"{one.minutes:.1f}",
            f"{one.megabytes:.1f}",
            str(one.threads),
            str(one.files),
            f"{one.asked:,}",
            f"{one.led:,}",
        ]
        for one in (samples[i] for i in some)
    ]
    half = samples[len(samples) // 2 :]
    slope = np.polyfit([one.minutes for one in half], [one.megabytes for one in half], 1)[0]
    heads = ("minutes", "MB", "threads", "files", "answers to pages", "to the class")
    return (
        f"{table(heads, rows)}\n\n"
        f"{slope:+.3f} MB a minute in the second half, {steps:,} steps of training, "
        f"{samples[-1].asked:,} answers to {PAGES} pages and {samples[-1].led:,} to {MEMBERS} "
        f"members of a class, {errors} errors."
    )


if __name__ == "__main__":
    main()
