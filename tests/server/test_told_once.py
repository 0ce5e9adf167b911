"""What many watchers are told is worked out once, and they ask less often where they are many."""

import asyncio
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest

from seqflip.server import told_once
from seqflip.server.told_once import MOST_ASKED, PAUSE, ToldOnce


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    now = [100.0]
    monkeypatch.setattr(told_once, "monotonic", lambda: now[0])

    def pass_by(seconds: float) -> None:
        now[0] += seconds

    return pass_by


@pytest.fixture
def work() -> Callable[[], bytes]:
    done = count(1)
    return lambda: str(next(done)).encode()


def test_the_same_question_to_the_same_state_is_worked_out_once(
    tmp_path: Path, clock: Callable[[float], None], work: Callable[[], bytes]
) -> None:
    once = ToldOnce([tmp_path / "status.json"])

    async def sixty() -> list[bytes]:
        return await asyncio.gather(*(once.answer(b"had=1", work) for _ in range(60)))

    assert set(asyncio.run(sixty())) == {b"1"}
    assert asyncio.run(once.answer(b"had=2", work)) == b"2"
    assert asyncio.run(once.answer(b"had=1", work)) == b"1"


def test_another_state_is_another_answer(
    tmp_path: Path, clock: Callable[[float], None], work: Callable[[], bytes]
) -> None:
    once = ToldOnce([tmp_path / "status.json"])
    assert asyncio.run(once.answer(b"", work)) == b"1"
    (tmp_path / "status.json").write_text("{}", encoding="utf-8")
    assert asyncio.run(once.answer(b"", work)) == b"2"
    (tmp_path / "status.json").unlink()
    assert asyncio.run(once.answer(b"", work)) == b"3"


def test_what_no_file_tells_is_seen_within_a_second(
    tmp_path: Path, clock: Callable[[float], None], work: Callable[[], bytes]
) -> None:
    once = ToldOnce([tmp_path / "status.json"])
    assert asyncio.run(once.answer(b"", work)) == b"1"
    clock(1)
    assert asyncio.run(once.answer(b"", work)) == b"2"


def test_what_goes_wrong_is_told_to_all_and_tried_again(
    tmp_path: Path, clock: Callable[[float], None], work: Callable[[], bytes]
) -> None:
    def fail() -> bytes:
        raise ValueError("gone")

    once = ToldOnce([tmp_path / "status.json"])
    with pytest.raises(ValueError, match="gone"):
        asyncio.run(once.answer(b"", fail))
    clock(1)
    assert asyncio.run(once.answer(b"", work)) == b"1"


def test_many_different_questions_are_not_all_kept(
    tmp_path: Path, clock: Callable[[float], None], work: Callable[[], bytes]
) -> None:
    once = ToldOnce([])
    for i in range(1000):
        assert asyncio.run(once.answer(str(i).encode(), work)) == str(i + 1).encode()
    assert asyncio.run(once.answer(b"0", work)) == b"1001"  # long forgotten


@pytest.mark.parametrize("watchers", [1, 10, 60, 200, 1000])
def test_the_more_watch_the_less_often_each_asks(
    watchers: int, clock: Callable[[float], None]
) -> None:
    once = ToldOnce([])

    async def a_second(pause: float) -> int:
        asked = round(watchers / pause)
        for _ in range(asked):
            await once.answer(b"", lambda: b"", pause)
        return asked

    pause = PAUSE
    for _ in range(3):
        asked, pause = asyncio.run(a_second(pause)), once.pause
        clock(1)
    assert asked <= 1.1 * MOST_ASKED
    assert pause == pytest.approx(max(PAUSE, watchers / MOST_ASKED), rel=0.1)


@pytest.mark.parametrize("waited", [-5.0, 1e9])
def test_nobody_is_believed_any_wait(waited: float, clock: Callable[[float], None]) -> None:
    once = ToldOnce([])
    asyncio.run(once.answer(b"", lambda: b"", waited))
    clock(1)
    asyncio.run(once.answer(b"", lambda: b"", waited))
    assert PAUSE <= once.pause <= 0.1


def test_when_they_have_gone_who_is_left_may_ask_often_again(
    clock: Callable[[float], None],
) -> None:
    once = ToldOnce([])
    for _ in range(2000):
        asyncio.run(once.answer(b"", lambda: b""))
    clock(1)
    asyncio.run(once.answer(b"", lambda: b""))
    assert once.pause > PAUSE
    clock(1)
    asyncio.run(once.answer(b"", lambda: b""))
    assert once.pause == PAUSE
