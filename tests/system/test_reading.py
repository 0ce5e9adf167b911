"""A file is read to its end or to a bound, and takes no more memory than there is to read."""

import os
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from seqflip.config.files import load_config
from seqflip.runs.eventlog import read_events_since
from seqflip.runs.run import read_json
from seqflip.runs.steplog import read_since
from seqflip.system.reading import read_at_most


def test_no_more_is_read_than_may_be(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"0123456789")
    with open(path, "rb") as file:
        assert read_at_most(file, 4) == b"0123"
        assert read_at_most(file, 100) == b"456789"
        assert read_at_most(file, 100) == b""


def test_a_pipe_is_read_too() -> None:
    ours, theirs = os.pipe()
    os.write(theirs, b"hello")
    os.close(theirs)
    with open(ours, "rb") as file:
        assert read_at_most(file, 100) == b"hello"


@pytest.mark.parametrize(
    "read",
    [
        read_json,
        load_config,
        lambda path: read_since(path, 0),
        lambda path: read_events_since(path, 0),
    ],
    ids=["json", "config", "steps", "events"],
)
def test_little_takes_little_memory(tmp_path: Path, read: Callable[[Path], object]) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"{}\n")
    read(path)
    tracemalloc.start()
    try:
        read(path)
        assert tracemalloc.get_traced_memory()[1] < 60_000
    finally:
        tracemalloc.stop()
