"""What is asked of every launcher, whoever trains for it."""

import pytest

from seqflip.config import Config
from seqflip.runs.lock import is_held
from seqflip.runs.run import Run
from seqflip.server.launcher import Launched, Launcher, LaunchError
from tests.processes import until


def state(run: Run) -> str:
    return run.status().state


def trains(launched: Launched) -> bool:
    return launched.run.status().step > 0


def expect_closing_saves_everything(launcher: Launcher, endless: Config) -> None:
    """Close it while one run trains in its only place, and another one waits for it."""
    training, waiting = launcher.start(endless), launcher.start(endless)
    until(lambda: trains(training))
    launcher.close()
    for launched in (training, waiting):
        assert state(launched.run) == "paused"
        assert not is_held(launched.run.folder)
    assert "as the server was shut down" in training.run.status().message
    with pytest.raises(LaunchError, match="being shut down"):
        launcher.start(endless)
