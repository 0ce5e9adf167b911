"""Who finds a file open on Windows tries again; what is an error elsewhere is told at once."""

from collections.abc import Callable

import pytest

from seqflip.system import patience
from seqflip.system.patience import patiently


def in_use(winerror: int | None) -> PermissionError:
    error = PermissionError(13, "Permission denied")
    if winerror is not None:
        error.winerror = winerror  # type: ignore[attr-defined]
    return error


def failing(times: int, winerror: int | None) -> Callable[[], int]:
    calls = 0

    def action() -> int:
        nonlocal calls
        calls += 1
        if calls <= times:
            raise in_use(winerror)
        return calls

    return action


@pytest.mark.parametrize("winerror", [5, 32, 33])
def test_it_tries_again_as_long_as_somebody_has_the_file_open(winerror: int) -> None:
    assert patiently(failing(3, winerror)) == 4


@pytest.mark.parametrize("winerror", [None, 3])
def test_another_error_is_told_at_once(winerror: int | None) -> None:
    action = failing(1, winerror)
    with pytest.raises(PermissionError):
        patiently(action)
    assert action() == 2


def test_its_patience_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "SECONDS", 0.01)
    with pytest.raises(PermissionError):
        patiently(failing(10**9, 32))
