"""How a server bears many watchers of one training: ``python -m benchmarks.watchers`` (on Linux).

A server and a training of the command line run beside a process that asks for the run's feed as so
many pages do: each keeps its connection, says what it has, and waits as long as it is told. Of each
crowd it prints how many answers and updates a second each watcher gets, how long 95 of 100 answers
take at most, and how fast the training goes on, as a share of its speed without watchers. What the
watchers' own process takes is no cost of the server's: of what the training loses, the server is
charged the share that it has in the processor time of both.
"""

import argparse
import asyncio
import contextlib
import json
import os
import signal
import tempfile
import time
import urllib.parse
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from benchmarks.soak import CHARTS, PARTS, end, held, train
from benchmarks.table import table
from seqflip.runs.run import Run
from tests.browser.conftest import Server, wait_until

CROWDS = (1, 10, 30, 60, 200)
SECONDS = 15.0
OWN_PAUSE = 0.115  # of a page that follows a running training
WARM = 2.0  # seconds: the crowd arrives, and is told how often to ask


class Heard(NamedTuple):
    """What a crowd got."""

    answers: int
    updates: int
    errors: int
    seconds_each: list[float]
    cpu_seconds: float


class Watcher:
    """Asks for a run's feed as feed.js does, and says what it has."""

    def __init__(self, host: str, port: int, path: str) -> None:
        self._host, self._port, self._path = host, port, path
        self._had: dict[str, dict[str, Any]] = {key: {} for key in (*PARTS, *CHARTS)}
        self.answers, self.updates, self.errors = 0, 0, 0
        self.seconds: list[float] = []
        self._last = time.monotonic()

    async def watch(self, until: float, counts_from: float) -> None:
        """Ask until then; what comes before ``counts_from`` is not counted."""
        reader, writer = await asyncio.open_connection(self._host, self._port)
        while (began := time.monotonic()) < until:
            try:
                told, pause = await asyncio.wait_for(self._ask(reader, writer), 30)
            except (TimeoutError, OSError, ValueError, asyncio.IncompleteReadError):
                self.errors += 1
                writer.close()
                reader, writer = await asyncio.open_connection(self._host, self._port)
                continue
            for key, part in told["parts"].items():
                self._had[key]["version"] = part["version"]
                if part["data"].get("kind") == "curves":
                    self._had[key] |= held(part["data"])
            if began >= counts_from:
                self.answers += 1
                self.updates += bool(told["parts"])
                self.seconds.append(time.monotonic() - began)
            await asyncio.sleep(max(OWN_PAUSE, pause) - (time.monotonic() - began))
        writer.close()

    async def _ask(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> tuple[Any, float]:
        asked = urllib.parse.urlencode({"had": json.dumps(self._had)})
        now = time.monotonic()
        waited, self._last = now - self._last, now
        said = f"Host: {self._host}\r\nSeqflip-Waited: {waited:.3f}"
        head = f"GET {self._path}?{asked} HTTP/1.1\r\n{said}\r\n\r\n"
        writer.write(head.encode())
        await writer.drain()
        lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        if " 200 " not in lines[0]:
            raise ValueError(lines[0])
        headers = dict(line.lower().split(": ", 1) for line in lines[1:] if line)
        body = await reader.readexactly(int(headers["content-length"]))
        return json.loads(body), float(headers.get("seqflip-pause", 0))


def crowd(pipe: Connection, url: str, watchers: int, seconds: float) -> None:
    """Let a crowd watch in this process, and send what it got."""
    address = urllib.parse.urlsplit(url)

    async def all_of_them() -> list[Watcher]:
        began = time.monotonic()
        them = [
            Watcher(str(address.hostname), int(address.port or 80), address.path)
            for _ in range(watchers)
        ]
        await asyncio.gather(*(one.watch(began + WARM + seconds, began + WARM) for one in them))
        return them

    them = asyncio.run(all_of_them())
    waits = [one for watcher in them for one in watcher.seconds]
    pipe.send(
        Heard(
            sum(one.answers for one in them),
            sum(one.updates for one in them),
            sum(one.errors for one in them),
            waits,
            time.process_time(),
        )
    )


def main() -> None:
    """Let crowds watch, one after the other, and print what each of them got."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.watchers", description=__doc__)
    parser.add_argument("--crowds", type=int, nargs="+", default=CROWDS)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    options = parser.parse_args()
    for number in (signal.SIGTERM, signal.SIGINT):  # a shell's background ignores the latter
        signal.signal(number, signal.default_int_handler)
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as ending:
        runs = Path(folder) / "runs"
        server = Server(runs)
        ending.callback(server.stop)
        training = train(runs / "watched")
        ending.callback(end, training)
        wait_until((runs / "watched" / "live.json").exists)
        run, url = Run(runs / "watched"), f"{server.url}/live/run/watched"
        rows = [_row(watchers, url, server, run, options.seconds) for watchers in options.crowds]
    heads = ("watchers", "answers/s each", "updates/s each", "p95, ms", "errors")
    print(table((*heads, "training", "training, crowd's cost off"), rows))


def _row(watchers: int, url: str, server: Server, run: Run, seconds: float) -> list[str]:
    """Let so many watch for so long, between two looks at the training alone."""
    before = _rate(run, seconds / 3)
    context = get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=crowd, args=(there, url, watchers, seconds))
    process.start()
    time.sleep(WARM)
    began, own = run.status().step, _processor_seconds(server.process.pid)
    at = time.monotonic()
    time.sleep(seconds - 0.5)
    rate = (run.status().step - began) / (time.monotonic() - at)
    own = _processor_seconds(server.process.pid) - own
    heard: Heard = here.recv()
    process.join()
    alone = (before + _rate(run, seconds / 3)) / 2
    lost = max(0.0, 1 - rate / alone) * own / (own + heard.cpu_seconds)
    return [
        str(watchers),
        f"{heard.answers / watchers / seconds:.1f}",
        f"{heard.updates / watchers / seconds:.1f}",
        f"{1000 * float(np.percentile(heard.seconds_each, 95)):.0f}",
        str(heard.errors),
        f"{rate / alone:.0%}",
        f"{1 - lost:.0%}",
    ]


def _rate(run: Run, seconds: float) -> float:
    """Return how many steps a second the training makes."""
    time.sleep(0.5)
    began, at = run.status().step, time.monotonic()
    time.sleep(seconds)
    return (run.status().step - began) / (time.monotonic() - at)


def _processor_seconds(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
