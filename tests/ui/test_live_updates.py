"""The browser's side is played by `Browser`, which does what live_plot/curves.js does."""

import json
import math

import numpy as np

from seqflip.ui.live_plot.updates import Sent, Series
from seqflip.ui.palette import TRAINING


class Browser:
    """Keeps a chart's points as its script does."""

    def __init__(self) -> None:
        self.x: list[int] = []
        self.y: list[float | None] = []
        self.revision: int | None = None

    def take(self, update: dict[str, object]) -> bool:
        update = json.loads(json.dumps(update, allow_nan=False))
        start = int(str(update["from"]))
        known = len(self.x) if update["revision"] == self.revision else 0
        if start > known:
            return False
        self.revision = int(str(update["revision"]))
        self.x = self.x[:start] + list(update["x"])  # type: ignore[call-overload]
        self.y = self.y[:start] + list(update["y"])  # type: ignore[call-overload]
        return True


def series(n: int, revision: int = 0) -> Series:
    x = np.arange(1, n + 1)
    return Series("training", TRAINING, x, 1.0 / x, revision)


def test_a_browser_that_gets_all_messages_has_all_points() -> None:
    sent, browser = Sent(), Browser()
    for n in (0, 3, 40, 41, 200):
        assert browser.take(sent.updates("run", [series(n)])[0])
        assert browser.x == list(range(1, n + 1))


def test_one_lost_message_does_no_harm() -> None:
    sent, browser = Sent(), Browser()
    for n in range(0, 500, 40):
        message = sent.updates("run", [series(n)])[0]
        if n % 80 == 0:
            assert browser.take(message)
            assert browser.x == list(range(1, n + 1))


def test_a_browser_that_missed_more_notices_and_gets_everything() -> None:
    sent, browser = Sent(), Browser()
    for n in (40, 80, 120):
        sent.updates("run", [series(n)])
    assert not browser.take(sent.updates("run", [series(160)])[0])
    sent.forget()
    assert browser.take(sent.updates("run", [series(200)])[0])
    assert len(browser.x) == 200


def test_a_message_does_not_grow_with_the_run() -> None:
    def bytes_at(n: int) -> int:
        sent = Sent()
        for steps in (n - 80, n - 40, n):
            message = sent.updates("run", [series(steps)])
        return len(json.dumps(message))

    assert bytes_at(100_000) < 1.3 * bytes_at(1_000) < 4000


def test_a_new_revision_or_another_run_is_sent_as_a_whole() -> None:
    sent = Sent()
    for _ in range(3):
        assert sent.updates("run", [series(50)])[0]
    assert sent.updates("run", [series(30, revision=1)])[0]["from"] == 0
    sent.updates("run", [series(30, revision=1)])
    assert sent.updates("other", [series(30, revision=1)])[0]["from"] == 0


def test_what_is_not_finite_is_a_gap() -> None:
    broken = Series("training", TRAINING, np.arange(3), np.array([1.0, math.nan, math.inf]))
    assert Sent().updates("run", [broken])[0]["y"] == [1.0, None, None]
