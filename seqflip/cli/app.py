"""``seqflip app``: SeqFlip in the browser, from wherever it is installed.

Streamlit runs in this process, so that there is one process to end, in one way on every system.
"""

import argparse
import atexit
import os
import runpy
import shutil
import signal
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import Final

from seqflip.cli.commandline import Parser, guarded
from seqflip.system.home import copy_app
from seqflip.system.signals import LEAVE

_MOST_PORTS: Final = 65_535


def main(argv: Sequence[str]) -> int:
    """Run the app until it is ended."""
    arguments = _parser().parse_args(argv)
    return guarded(lambda: _run(arguments))


def _parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog="seqflip app",
        description="Open SeqFlip in the browser. Runs are kept in runs/ of the working directory, "
        "or where SEQFLIP_RUNS says.",
    )
    parser.add_argument(
        "--address", default="127.0.0.1", help="who can reach it (default: this computer alone)"
    )
    parser.add_argument("--port", type=_port, default=8501, help="default 8501")
    parser.add_argument("--path", default="", help="the path below which it is, behind a proxy")
    parser.add_argument("--headless", action="store_true", help="open no browser")
    return parser


def command(address: str, port: object, path: str, *, headless: bool) -> list[str]:
    """Return what one would type to run an app."""
    options = {
        "server.address": address,
        "server.port": port,
        "server.baseUrlPath": path.strip("/"),
        "server.headless": str(headless).lower(),
    }
    written = [f"--{name}={value}" for name, value in options.items() if value != ""]
    return ["streamlit", "run", *written]


def _run(arguments: argparse.Namespace) -> int:
    folder = Path(tempfile.mkdtemp(prefix="seqflip-app-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)  # Streamlit looks there to the end
    os.environ.update(copy_app(folder))
    for number in LEAVE:
        signal.signal(number, _leave)
    run = command(arguments.address, arguments.port, arguments.path, headless=arguments.headless)
    sys.argv = [*run, str(folder / "app.py")]
    runpy.run_module("streamlit", run_name="__main__", alter_sys=True)
    return 0


def _leave(number: int, frame: FrameType | None) -> None:
    """End the process; while the app runs, its server has this signal, and pauses who trains."""
    if number == signal.SIGTERM:
        sys.exit(0)
    signal.raise_signal(signal.SIGTERM)


def _port(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and 1 <= int(text) <= _MOST_PORTS):
        raise argparse.ArgumentTypeError(f"must be a whole number from 1 to {_MOST_PORTS}")
    return int(text)
