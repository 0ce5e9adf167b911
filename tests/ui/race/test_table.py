"""What differs, and how it ended."""

import re
from pathlib import Path
from typing import Any

from seqflip.race.results import results, round_of
from seqflip.ui.charts import palette
from seqflip.ui.race.table import how_measured, outcome_table
from tests.race.small import small_race
from tests.race.test_results import lane


def rows(html: str) -> list[list[str]]:
    """Return the text of every cell of every row."""
    found = []
    for row in re.findall(r"<tr>(.*?)</tr>", html):
        cells = re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)
        found.append([re.sub(r"<[^>]+>", " ", cell).strip() for cell in cells])
    return found


def test_before_a_race_it_says_what_differs() -> None:
    head, first, second = rows(outcome_table(small_race(), None))
    assert head == [
        *("Variant", "Attention", "Parameters", "to 90 %", "to 99 %", "to 99.9 %"),
        *("Exact match", "Steps/s"),
    ]
    assert first[:2] == ["with", "Scaled dot product"]
    assert second[:2] == ["without", "None (bottleneck)"]
    assert first[3:] == ["–"] * 5


def test_what_all_have_in_common_is_no_difference() -> None:
    lanes: dict[str, Any] = {
        "with": {"model": {"d_k": 2}},
        "without": {"model": {"d_k": 2, "attention": "none"}},
    }
    head = rows(outcome_table(small_race(**lanes), None))[0]
    assert head[:3] == ["Variant", "Attention", "Parameters"]


def test_afterwards_it_says_how_it_ended() -> None:
    race = small_race()
    found = results(race, [round_of(0, {"with": lane(20), "without": lane(None)}, over=True)])
    _, first, second = rows(outcome_table(race, found))
    assert first[3:] == ["20 steps 10.0 s", "20 steps 10.0 s", "never", "99.5 %", "2"]
    assert second[3:6] == ["never", "never", "never"]


def test_of_several_seeds_it_says_the_median_and_the_range() -> None:
    race = small_race(seeds=3)
    rounds = [
        round_of(i, {"with": lane(first), "without": lane(second)}, over=True)
        for i, (first, second) in enumerate([(20, None), (10, 30), (30, None)])
    ]
    _, first, second = rows(outcome_table(race, results(race, rounds)))
    assert first[4].split() == ["20", "steps", "[10–30]", "10.0", "s", "[5.0–15.0]"]
    assert second[4] == "1 of 3 seeds"
    assert "Of several seeds" in how_measured(race)


def test_while_it_runs_nothing_is_called_never() -> None:
    race = small_race()
    found = results(race, [round_of(0, {"with": lane(20), "without": lane(None)}, over=False)])
    assert rows(outcome_table(race, found))[2][3:6] == ["–", "–", "–"]


def test_names_cannot_be_code() -> None:
    race = small_race(**{"<b>bold</b>": None, "plain": None})  # type: ignore[arg-type]
    assert "<b>" not in outcome_table(race, None)


def test_the_samples_of_lines_have_the_colours_of_the_chart() -> None:
    sheet = (Path(palette.__file__).parents[1] / "race" / "race.css").read_text(encoding="utf-8")
    for i, (light, dark) in enumerate(palette.RUNS[:4], 1):
        assert re.search(rf"\.lane-{i} .*light-dark\({light}, {dark}\)", sheet)
