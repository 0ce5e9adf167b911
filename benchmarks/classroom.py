"""How a server bears a class: ``python -m benchmarks.classroom`` (on Linux).

Each student of a class has a session of Streamlit's, as a browser tab has, and asks for news of the
class as room.js does. The lecturer goes to another page, to another lesson, and types a sequence;
then all answer a question. It prints how long it takes until half of the students, and until all,
have what the lecturer shows, and the lecturer has what they answered. Each student waits up to 0.6
seconds before going to another page, as in the browser; what a browser needs to draw it comes on
top.
"""

import argparse
import asyncio
import json
import random
import statistics
import tempfile
import time
import urllib.parse
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Self

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from benchmarks.table import table
from seqflip.server.class_routes import CLASS_URL, HEADER
from tests.browser.conftest import Server

CLASSES = (10, 30, 60)
SPREAD = 0.6  # seconds, as in follow.js
KEPT_SECONDS = 4.0  # that the server keeps an idle connection for sure
QUESTION = {"kind": "choose", "text": "Where?", "answers": ["first", "last"], "right": 1}
MOVES = (
    ("another page", "runs"),
    ("a lesson", "lessons?stop=2"),
    ("the next lesson", "lessons?stop=3"),
    ("a model on Attend", "attend?run=reverse&source=3+1+4&row=1"),
    ("another cell", "attend?run=reverse&source=3+1+4&row=2"),
)
TYPED = "attend?run=reverse&source=7+2+9+4&row=2"


class Client:
    """Asks the server over one connection that is kept."""

    def __init__(self, url: str) -> None:
        address = urllib.parse.urlsplit(url)
        self._host, self._port = str(address.hostname), int(address.port or 80)
        self._connection: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._used = 0.0

    async def ask(self, path: str, content: Any = None, header: str = "") -> Any:
        """Return what is answered, from JSON; None if nothing was said."""
        if self._connection is None or time.monotonic() - self._used > KEPT_SECONDS:
            self._connection = await asyncio.open_connection(self._host, self._port)
        reader, writer = self._connection
        body = b"" if content is None else json.dumps(content).encode()
        lines = [
            f"{'GET' if content is None else 'POST'} /{path} HTTP/1.1",
            f"Host: {self._host}",
            f"Content-Length: {len(body)}",
            *([f"{HEADER}: {header}"] if header else []),
        ]
        writer.write("\r\n".join([*lines, "", ""]).encode() + body)
        await writer.drain()
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        _, _, length = head.partition("content-length: ")
        told = await reader.readexactly(int(length.split("\r\n")[0])) if length else b""
        self._used = time.monotonic()
        if not head.startswith("http/1.1 2"):
            raise ValueError(f"{head} {told!r}")
        return json.loads(told) if told else None


class Student:
    """A browser tab that follows a class."""

    def __init__(self, url: str, code: str, number: int) -> None:
        self._url, self._code, self._me = url, code, f"student-{number:04}"
        self._news, self._live = Client(url), Client(url)
        self._version = ""
        self._address = ""
        self.shown = asyncio.Queue[str]()

    async def open(self) -> Self:
        """Open the app, as a tab does."""
        socket = self._url.replace("http", "ws", 1) + "/_stcore/stream"
        self._socket = await websockets.connect(
            socket, subprotocols=[websockets.Subprotocol("streamlit")], max_size=None
        )
        await self._run("")
        return self

    async def follow(self) -> None:
        """Go where the lecturer goes, until cancelled."""
        while True:
            asked = urllib.parse.urlencode({"had": self._version, "me": self._me})
            told = await self._news.ask(f"{CLASS_URL}/{self._code}?{asked}")
            if told is None:
                continue
            self._version = told["version"]
            if told["question"] is not None:
                answer = {"me": self._me, "number": told["question"]["number"], "given": 1}
                await asyncio.sleep(random.uniform(0, 1))
                await self._live.ask(f"{CLASS_URL}/{self._code}/answer", answer, "yes")
            elif told["address"] not in (None, self._address):
                self._address = told["address"]
                await self._go(self._address)
                self.shown.put_nowait(self._address)

    async def _go(self, address: str) -> None:
        if address == TYPED:
            await self._live.ask(f"live/{address.replace('?run=reverse&', '/reverse?')}&told=0")
        else:
            await asyncio.sleep(random.uniform(0, SPREAD))
            await self._run(address)

    async def _run(self, address: str) -> None:
        page, _, query = address.partition("?")
        message = BackMsg()
        message.rerun_script.page_name, message.rerun_script.query_string = page, query
        message.rerun_script.is_history_navigation = True
        await self._socket.send(message.SerializeToString())
        said = ForwardMsg()
        while said.WhichOneof("type") != "script_finished":
            said.ParseFromString(await self._socket.recv(decode=False))


async def one_class(url: str, size: int) -> list[list[str]]:
    """Lead a class of this size; return how long everything took."""
    lecturer = Client(url)
    opened = await lecturer.ask(CLASS_URL, {"app": url}, "yes")
    room, secret = f"{CLASS_URL}/{opened['code']}", opened["secret"]
    began = time.monotonic()
    students = [Student(url, opened["code"], number) for number in range(size)]
    arrivals = [
        await one for one in asyncio.as_completed([_since(began, s.open) for s in students])
    ]
    rows = [_row(size, "all arrive at once", arrivals)]
    following = [asyncio.create_task(student.follow()) for student in students]
    for what, address in (*MOVES, ("a typed sequence", TYPED)):
        began = time.monotonic()
        await lecturer.ask(f"{room}/show", {"secret": secret, "address": address}, "yes")
        shown = [_since(began, student.shown.get) for student in students]
        rows.append(_row(size, what, [await one for one in asyncio.as_completed(shown)]))
    began = time.monotonic()
    await lecturer.ask(f"{room}/ask", {"secret": secret, "question": QUESTION}, "yes")
    answers: list[float] = []
    while len(answers) < size:
        told = await lecturer.ask(room, header=secret)
        new = told["question"]["answered"] - len(answers)
        answers += [time.monotonic() - began] * new
        await asyncio.sleep(0.05)
    rows.append(_row(size, "all answer within a second", answers))
    for task in following:
        task.cancel()
    await lecturer.ask(f"{room}/end", {"secret": secret}, "yes")
    return rows


async def _since(began: float, action: Callable[[], Awaitable[object]]) -> float:
    await action()
    return time.monotonic() - began


def _row(size: int, what: str, seconds: list[float]) -> list[str]:
    return [str(size), what, f"{statistics.median(seconds):.1f}", f"{max(seconds):.1f}"]


def main() -> None:
    """Lead classes, one after the other, and print how long everything took."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.classroom", description=__doc__)
    parser.add_argument("--classes", type=int, nargs="+", default=CLASSES)
    options = parser.parse_args()
    rows = []
    for size in options.classes:
        with tempfile.TemporaryDirectory() as folder:
            server = Server(Path(folder) / "runs")
            try:
                rows += asyncio.run(one_class(server.url, size))
            finally:
                server.stop()
    print(table(["students", "", "half have it after, s", "all, s"], rows))


if __name__ == "__main__":
    main()
