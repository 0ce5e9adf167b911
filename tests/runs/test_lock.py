"""One process at a time trains a run, and a dead one holds nothing."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from seqflip.runs.lock import Claim, RunLock, RunLocked, is_claimed, is_held, is_trained

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


def test_what_a_server_has_handed_on_is_held_by_it_and_by_who_trains(tmp_path: Path) -> None:
    with Claim(tmp_path):
        assert is_held(tmp_path)
        assert (is_claimed(tmp_path), is_trained(tmp_path)) == (True, False)
        with RunLock(tmp_path):
            assert is_trained(tmp_path)
    assert not is_held(tmp_path)


def test_looking_does_not_get_in_the_way_of_another_look(tmp_path: Path) -> None:
    with RunLock(tmp_path):
        pass
    descriptor = os.open(tmp_path / "lock", os.O_RDONLY)
    try:
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


def test_a_lock_can_be_handed_down(tmp_path: Path) -> None:
    ours = RunLock(tmp_path)
    theirs = RunLock(tmp_path, os.dup(ours.descriptor))
    ours.close()
    assert is_held(tmp_path)
    theirs.close()
    assert not is_held(tmp_path)


def test_a_folder_without_a_lock_is_held_by_nobody(tmp_path: Path) -> None:
    assert not is_held(tmp_path / "missing")
