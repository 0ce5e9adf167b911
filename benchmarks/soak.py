"""Whether the server holds still: its memory, threads and files while five people watch a run.

``python -m benchmarks.soak --minutes 60`` (on Linux) starts a server and a training of the command
line, and asks for the run's feed as five pages do. It prints a table, and how fast the memory grew
in its second half.
"""

import argparse
import contextlib
import json
import os
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
PAUSE = 0.1  # seconds between two questions of a page while a run trains
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


class Page(threading.Thread):
    """Asks for a run's feed as feed.js does, and says what it has."""

    def __init__(self, url: str) -> None:
        super().__init__(daemon=True)
        self._url = url
        self._had: dict[str, dict[str, Any]] = {key: {} for key in (*PARTS, *CHARTS)}
        self.asked = 0
        self.over = threading.Event()

    def run(self) -> None:
        """Ask until it is over."""
        while not self.over.wait(PAUSE):
            asked = urllib.parse.urlencode({"had": json.dumps(self._had)})
            with urllib.request.urlopen(f"{self._url}?{asked}", timeout=30) as answer:
                told = json.load(answer)
            for key, part in told["parts"].items():
                self._had[key]["version"] = part["version"]
                if part["data"].get("kind") == "curves":
                    self._had[key] |= held(part["data"])
            self.asked += 1


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
            wait_until((runs / "soak" / "live.json").exists)
            for page in pages:
                ending.callback(page.over.set)
                page.start()
            samples = _watch(server.process.pid, pages, 60 * options.minutes, options.every)
            steps = Run(runs / "soak").status().step
    print(_report(samples, steps))


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


def _watch(process: int, pages: list[Page], seconds: float, every: float) -> list[Sample]:
    began, samples = time.monotonic(), []
    while (passed := time.monotonic() - began) < seconds + every:
        asked = sum(page.asked for page in pages)
        samples.append(Sample(passed / 60, *_taken(process), asked))
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


def _report(samples: list[Sample], steps: int) -> str:
    some = np.linspace(0, len(samples) - 1, min(ROWS, len(samples))).round().astype(int)
    rows = [
        [
            f"{one.minutes:.1f}",
            f"{one.megabytes:.1f}",
            str(one.threads),
            str(one.files),
            f"{one.asked:,}",
        ]
        for one in (samples[i] for i in some)
    ]
    half = samples[len(samples) // 2 :]
    slope = np.polyfit([one.minutes for one in half], [one.megabytes for one in half], 1)[0]
    return (
        f"{table(['minutes', 'MB', 'threads', 'files', 'answers'], rows)}\n\n"
        f"{slope:+.3f} MB a minute in the second half, {steps:,} steps of training, "
        f"{samples[-1].asked:,} answers to {PAGES} pages."
    )


if __name__ == "__main__":
    main()
