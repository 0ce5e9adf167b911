"""What a test of lengths says in words, as a table, as JSON and as CSV."""

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import replace

import pytest

from seqflip.learning.metrics import wilson_interval
from seqflip.study.lengths import ConfidenceInterval, Failure, LengthPoint
from seqflip.study.lengths_report import Report, as_csv, as_json, as_table, best_stretch, sentence

VOCABULARY = ["0", "1", "2", "3"]


def report(
    shares: Sequence[float], name: str = "mine", seen: range = range(2, 4), first: int = 1
) -> Report:
    """A run that answers such shares of ten sequences right, from a length on."""
    points = tuple(
        LengthPoint(
            length=length,
            seen=length in seen,
            sequences=10,
            all_there_are=False,
            right=round(10 * share),
            exact_match=ConfidenceInterval(share, *wilson_interval(share, 10)),
            token_accuracy=ConfidenceInterval((1 + share) / 2, share / 2, 1),
            alignment=None,
            failures=(Failure([1, 2], [2, 1, 0], [2, 0]),) if share < 1 else (),
        )
        for length, share in enumerate(shares, start=first)
    )
    return Report(name, name, None, seen, points, VOCABULARY)


@pytest.mark.parametrize(
    ("shares", "stretch"),
    [
        ([0.9, 0.2], None),
        ([0, 1, 1, 0], range(2, 4)),
        ([1, 0, 1, 1], range(3, 5)),
        ([1, 0, 1], range(1, 2)),
        ([0.95, 0.949], range(1, 2)),
        ([], None),
    ],
)
def test_the_best_stretch_is_the_longest_without_a_gap(
    shares: list[float], stretch: range | None
) -> None:
    assert best_stretch(report(shares), "exact_match") == stretch


@pytest.mark.parametrize(
    ("shares", "said"),
    [
        ([0, 1, 1, 0], "has at least 95 % exact match at lengths 2 to 3."),
        ([0, 1, 1], "has at least 95 % exact match at lengths 2 to 3, the longest that was tried."),
        ([0, 1, 0], "has at least 95 % exact match at length 2 alone."),
        ([0, 0.9, 0], "reaches 95 % exact match at no length."),
    ],
)
def test_one_run_in_a_sentence(shares: list[float], said: str) -> None:
    expected = f"“mine” {said} It was trained on lengths 2 to 3; there the mean is "
    assert sentence([report(shares)], "exact_match").startswith(expected)


def test_several_runs_in_a_sentence() -> None:
    one, two = report([1, 0]), report([0, 1, 0], "yours")
    assert sentence([one, two], "exact_match").endswith(
        ". Both were trained on lengths 2 to 3; there the mean is 0.0 % and 50.0 %."
    )
    three = report([0, 1, 0], "theirs", range(2, 3))
    said = sentence([one, three], "exact_match")
    assert "at length 1 alone (trained on 2 to 3); “theirs” has" in said
    assert said.endswith("(trained on 2).")


def test_the_mean_on_the_lengths_of_training_is_set_against_that_beyond() -> None:
    said = sentence([report([0, 1, 0.6, 0.4, 0]), report([0, 1, 1, 0.5, 0.5])], "exact_match")
    assert said.endswith(
        "there the mean is 80.0 % and 100.0 %, beyond them and up to 5, 20.0 % and 50.0 %."
    )


def test_what_is_nearly_all_is_not_written_as_all() -> None:
    said = sentence([report([0, 0.9999, 0.9999])], "exact_match")
    assert "there the mean is 99.9 %" in said


def test_of_three_runs_one_may_lack_a_measure() -> None:
    one, two, three = (report([0, 1, 1, 0], name) for name in ("a", "b", "c"))
    points = tuple(replace(point, alignment=point.exact_match) for point in one.points)
    reports = [replace(one, points=points), two, replace(three, points=points)]
    said = sentence(reports, "alignment")
    assert said.endswith(
        "there the mean is 100.0 %, – and 100.0 %, beyond them and up to 4, 0.0 %, – and 0.0 %."
    )
    assert "“b” has no alignment to measure" in said


def test_what_cannot_be_measured_is_said_too() -> None:
    assert "“mine” has no alignment to measure" in sentence([report([1])], "alignment")


def test_as_json_it_holds_all_numbers_and_what_failed_as_text() -> None:
    found = json.loads(json.dumps(as_json([report([0.5, 1])], count=10, seed=3)))
    assert (found["sequences_per_length"], found["seed"]) == (10, 3)
    one, two = found["runs"][0]["lengths"]
    assert (one["sequences"], one["right"], one["trained"]) == (10, 5, False)
    assert one["exact_match"]["value"] == 0.5
    assert one["exact_match"]["low"] == pytest.approx(0.2366, abs=1e-4)
    assert one["alignment"] is None
    assert one["failures"] == [{"source": "1 2", "expected": "2 1 0", "answered": "2 0"}]
    assert (two["trained"], two["failures"]) == (True, [])


def test_as_csv_it_has_a_line_for_each_run_and_length() -> None:
    rows = list(csv.DictReader(io.StringIO(as_csv([report([0.5, 1]), report([1], "b, c")]))))
    assert [(row["run"], row["length"]) for row in rows] == [
        ("mine", "1"),
        ("mine", "2"),
        ("b, c", "1"),
    ]
    assert float(rows[0]["exact_match"]) == 0.5
    assert float(rows[0]["exact_match_high"]) == pytest.approx(0.7634, abs=1e-4)
    assert rows[0]["alignment"] == ""


def test_the_table_of_many_lengths_is_small_and_keeps_the_ends_of_training() -> None:
    lines = as_table([report([1] * 100, seen=range(34, 78))], "exact_match").splitlines()
    assert len(lines) <= 20 + 4
    lengths = [line.split()[0] for line in lines[1:-1]]
    assert {"1", "34", "77"} <= set(lengths)
    assert [line.split()[0] for line in lines if "* " in f"{line} "][:1] == ["34"]


def test_the_table_leaves_a_place_where_a_run_has_no_such_length() -> None:
    lines = as_table([report([1, 1]), report([0.5], "late", first=2)], "exact_match").splitlines()
    assert lines[1].endswith("-")
    assert "50.0 %" in lines[2]


def test_as_csv_no_name_is_a_formula() -> None:
    (row,) = csv.DictReader(io.StringIO(as_csv([report([0.5], "=1+1")])))
    assert (row["run"], row["name"]) == ("'=1+1", "'=1+1")
