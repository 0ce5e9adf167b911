"""One process at a time trains a run, and a dead one holds nothing."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import portalocker
import pytest
from portalocker import LockFlags

from seqflip.runs.lock import RunLock, RunLocked, is_held

HOLD_AND_WAIT = """
import sys
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


def test_looking_does_not_get_in_the_way_of_another_look(tmp_path: Path) -> None:
    with RunLock(tmp_path):
        pass
    for name in ("claim", "lock"):
        descriptor = os.open(tmp_path / name, os.O_RDONLY)
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


def test_who_lets_another_train_keeps_everybody_else_away(tmp_path: Path) -> None:
    ours = RunLock(tmp_path)
    ours.let_train()
    assert is_held(tmp_path)
    with pytest.raises(RunLocked):
        RunLock(tmp_path)
    theirs = RunLock(tmp_path, claimed=True)
    with pytest.raises(RunLocked):
        RunLock(tmp_path, claimed=True)
    ours.close()
    assert is_held(tmp_path)
    with pytest.raises(RunLocked):
        RunLock(tmp_path)
    theirs.close()
    assert not is_held(tmp_path)


def test_who_is_refused_leaves_nothing_held(tmp_path: Path) -> None:
    theirs = RunLock(tmp_path, claimed=True)
    with pytest.raises(RunLocked):
        RunLock(tmp_path)
    theirs.close()
    assert not is_held(tmp_path)


def test_a_folder_without_a_lock_is_held_by_nobody(tmp_path: Path) -> None:
    assert not is_held(tmp_path / "missing")
