"""A training's figures stand beside what guessing would give."""

import re

import pytest

from seqflip.runs.run import Run
from seqflip.runs.status import Status
from seqflip.runs.trained import EXAMPLES
from seqflip.study.by_chance import by_chance
from seqflip.ui.labels import percent, significant
from seqflip.ui.train.header import what_was_seen
from seqflip.ui.train.numbers import NUMBERS, number_parts


def chance_row(run: Run | None) -> list[str]:
    html = number_parts(run, Status() if run is None else run.status())[NUMBERS]["html"]
    found = re.search(r'<tr class="by-chance">(.*?)</tr>', html)
    assert found is not None
    return re.findall(r"<td>(.*?)</td>", found[1])


@pytest.mark.parametrize("name", ["reverse", "bottleneck", "pairs"])
def test_by_chance_is_of_the_runs_own_data(name: str) -> None:
    run = Run(EXAMPLES / name, bundled=True)
    chance = by_chance(run)
    row = chance_row(run)
    assert (row[0], row[1]) == (significant(chance.loss), percent(chance.accuracy))
    assert row[-1] == percent(chance.alignment)
    assert (row[-1] == "–") == (name != "reverse")


def test_before_anything_is_trained_nothing_is_known() -> None:
    assert chance_row(None) == ["–"] * 5


def test_the_attention_is_told_beside_that_of_looking_anywhere() -> None:
    status = Status(val_alignment=0.886)
    chance = by_chance(Run(EXAMPLES / "reverse"))
    said = what_was_seen(status, None, chance)
    assert said == "88.6 % of the attention lies on the true places (by chance 12.4 %)."
    assert what_was_seen(status, None) == "88.6 % of the attention lies on the true places."
