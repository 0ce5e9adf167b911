"""The browser's side is played by `Browser`, which does what live_plot/curves.js does."""

import json
import math

import numpy as np

from seqflip.ui.charts.live.updates import Had, Series, updates
from seqflip.ui.charts.palette import TRAINING


class Browser:
    """Keeps a chart's points as its script does."""

    def __init__(self) -> None:
        self.x: list[int] = []
        self.y: list[float | None] = []
        self.revision = 0

    def had(self) -> Had:
        return {"training": (self.revision, len(self.x))}

    def ask(self, one: Series) -> str:
        """Get what is new, and return the message."""
        message = json.dumps(updates([one], self.had()), allow_nan=False)
        (update,) = json.loads(message)
        start = update["from"]
        assert start <= (len(self.x) if update["revision"] == self.revision else 0)
        self.revision = update["revision"]
        self.x = self.x[:start] + update["x"]
        self.y = self.y[:start] + update["y"]
        return message


def series(n: int, revision: int = 0) -> Series:
    x = np.arange(1, n + 1)
    return Series("training", TRAINING, x, 1.0 / x, revision)


def test_a_browser_that_asks_has_all_points() -> None:
    browser = Browser()
    for n in (0, 3, 40, 41, 200):
        browser.ask(series(n))
        assert browser.x == list(range(1, n + 1))


def test_the_last_points_may_still_change() -> None:
    browser = Browser()
    x = np.arange(1, 11)
    browser.ask(Series("training", TRAINING, x, np.ones(10)))
    browser.ask(Series("training", TRAINING, x, np.r_[np.ones(7), [2, 3, 4]]))
    assert browser.y == [1, 1, 1, 1, 1, 1, 1, 2, 3, 4]


def test_a_message_does_not_grow_with_the_run() -> None:
    def bytes_at(n: int) -> int:
        browser = Browser()
        browser.ask(series(n - 40))
        return len(browser.ask(series(n)))

    assert bytes_at(100_000) < 1.3 * bytes_at(1_000) < 4000


def test_a_new_revision_is_sent_as_a_whole() -> None:
    browser = Browser()
    browser.ask(series(50))
    browser.ask(series(30, revision=1))
    assert browser.x == list(range(1, 31))


def test_a_browser_that_claims_more_than_there_is_gets_the_end() -> None:
    (update,) = updates([series(10)], {"training": (0, 1_000_000)})
    assert (update["from"], update["x"]) == (6, [7, 8, 9, 10])
    (update,) = updates([series(10)], {"training": (0, -5)})
    assert update["from"] == 0


def test_what_is_not_finite_is_a_gap() -> None:
    broken = Series("training", TRAINING, np.arange(3), np.array([1.0, math.nan, math.inf]))
    assert updates([broken], {})[0]["y"] == [1.0, None, None]
