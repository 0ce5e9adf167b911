"""``seqflip app``: SeqFlip in the browser, from wherever it is installed."""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from seqflip.cli.commandline import FAILED, Parser, guarded
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
    """Return what runs the app that is in the working directory."""
    options = {
        "server.address": address,
        "server.port": port,
        "server.baseUrlPath": path.strip("/"),
        "server.headless": str(headless).lower(),
    }
    written = [f"--{name}={value}" for name, value in options.items() if value != ""]
    return [sys.executable, "-m", "streamlit", "run", *written]


def _run(arguments: argparse.Namespace) -> int:
    with tempfile.TemporaryDirectory(prefix="seqflip-app-") as folder:
        environment = os.environ | copy_app(Path(folder))
        run = command(
            arguments.address, arguments.port, arguments.path, headless=arguments.headless
        )
        with subprocess.Popen([*run, str(Path(folder, "app.py"))], env=environment) as app:
            for number in LEAVE:  # the app ends with this process, and whoever trains is paused
                signal.signal(number, lambda *_: app.terminate())
            app.wait()
    return 0 if app.returncode in (0, -signal.SIGTERM) else FAILED


def _port(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and 1 <= int(text) <= _MOST_PORTS):
        raise argparse.ArgumentTypeError(f"must be a whole number from 1 to {_MOST_PORTS}")
    return int(text)
