"""One process at a time trains a run, and a dead one holds nothing."""

import os
import signal
import subprocess
import sys
import threading
from importlib.metadata import requires
from pathlib import Path

import portalocker
import pytest
from portalocker import LockFlags

from seqflip.runs.lock import Claim, RunLock, RunLocked, is_claimed, is_held, is_trained

ROOT = Path(__file__).parents[2]
HOLD_AND_WAIT = """
import sys
import threading
from importlib.metadata import requires
from pathlib import Path
from seqflip.runs.lock import RunLock
lock = RunLock(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""


def test_the_lock_is_held_until_it_is_closed(tmp_path: Path) -> None:
    assert not is_held(tmp_path)
    with RunLock(tmp_path):
        assert is_held(tmp_path)
    assert not is_held(tmp_path)


def test_a_second_one_is_refused_in_one_sentence(tmp_path: Path) -> None:
    with RunLock(tmp_path), pytest.raises(RunLocked, match="another process is training this run"):
        RunLock(tmp_path)


def test_what_a_server_has_handed_on_is_held_by_it_and_by_who_trains(tmp_path: Path) -> None:
    with Claim(tmp_path):
        assert is_held(tmp_path)
        assert (is_claimed(tmp_path), is_trained(tmp_path)) == (True, False)
        with RunLock(tmp_path):
            assert is_trained(tmp_path)
    assert not is_held(tmp_path)


@pytest.mark.parametrize("kind", [RunLock, Claim])
def test_looking_does_not_get_in_the_way_of_another_look(
    tmp_path: Path, kind: type[RunLock]
) -> None:
    with kind(tmp_path):
        assert is_held(tmp_path)
    descriptor = os.open(tmp_path / kind.file_name, os.O_RDONLY)
    try:
        portalocker.lock(descriptor, LockFlags.SHARED | LockFlags.NON_BLOCKING)
        assert not is_held(tmp_path)
    finally:
        os.close(descriptor)


def test_a_killed_process_lets_go(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLD_AND_WAIT, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        assert is_held(tmp_path)
        process.send_signal(signal.SIGKILL)
        process.wait()
        with RunLock(tmp_path):
            pass


def test_what_another_process_is_to_train_is_never_free(tmp_path: Path) -> None:
    ours = RunLock.unclaimed(tmp_path)
    claim = Claim(tmp_path)
    ours.close()
    assert is_held(tmp_path)
    assert (is_claimed(tmp_path), is_trained(tmp_path)) == (True, False)
    with pytest.raises(RunLocked, match="another process is training this run"):
        RunLock.unclaimed(tmp_path)
    with RunLock(tmp_path):
        claim.close()
        assert (is_claimed(tmp_path), is_trained(tmp_path)) == (False, True)
        with pytest.raises(RunLocked):
            RunLock.unclaimed(tmp_path)
    assert not is_held(tmp_path)


def test_it_is_waited_for(tmp_path: Path) -> None:
    ours = RunLock(tmp_path)
    soon = threading.Timer(0.05, ours.close)
    soon.start()
    RunLock(tmp_path, patience=30.0).close()
    soon.join()


def test_on_windows_what_one_needs_to_look_comes_with_the_package() -> None:
    required = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    assert "portalocker[win32]==" in required  # without it, no lock can be shared there
    brings = [one for one in requires("portalocker") or [] if "extra == 'win32'" in one]
    assert any(one.startswith("pywin32") and "sys_platform == 'win32'" in one for one in brings)


def test_a_folder_without_a_lock_is_held_by_nobody(tmp_path: Path) -> None:
    assert not is_held(tmp_path / "missing")
