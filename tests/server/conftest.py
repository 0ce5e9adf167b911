"""What the tests of launchers share, whoever trains for them; each says how one is made."""

from collections.abc import Callable
from pathlib import Path

import pytest

from seqflip.config import Config, load_config
from seqflip.server.launcher import Launcher
from tests.processes import write_config


@pytest.fixture
def launcher(make_launcher: Callable[..., Launcher]) -> Launcher:
    return make_launcher()


@pytest.fixture
def quick(tmp_path: Path) -> Config:
    """A run that is over in no time."""
    return load_config(write_config(tmp_path, "epochs: 2"))


@pytest.fixture
def endless(tmp_path: Path) -> Config:
    """A run that ends only if it is ended."""
    return load_config(write_config(tmp_path, "epochs: 1000"))
