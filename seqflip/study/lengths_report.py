"""What a test of lengths says: in one sentence, as a table, as JSON and as CSV."""

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from seqflip.study.lengths import ConfidenceInterval, LengthPoint
from seqflip.system.spreadsheet import as_text

Measure = Literal["exact_match", "token_accuracy", "alignment"]
MEASURES: Final[dict[Measure, str]] = {
    "exact_match": "Exact match",
    "token_accuracy": "Token accuracy",
    "alignment": "Alignment",
}
LEVEL: Final = 0.95
"""From here on, a length counts as learned."""


@dataclass(frozen=True)
class Report:
    """What was found out about one run, as far as the test has come.

    Attributes
    ----------
    run : str
        Its id.
    name : str
        What people call it.
    step : int or None
        After how many updates its weights were the newest; None: they are its best.
    seen : range
        The lengths that it was trained on.
    points : tuple of LengthPoint
        The lengths that were tried, in their order.
    vocabulary : list of str
        How each token id is written.
    """

    run: str
    name: str
    step: int | None
    seen: range
    points: tuple[LengthPoint, ...]
    vocabulary: list[str]

    def estimate(self, point: LengthPoint, measure: Measure) -> ConfidenceInterval | None:
        """Return one measure at one length."""
        found: ConfidenceInterval | None = getattr(point, measure)
        return found

    def at(self, length: int) -> LengthPoint | None:
        """Return what was found at a length."""
        return next((point for point in self.points if point.length == length), None)

    def words(self, tokens: Sequence[int]) -> list[str]:
        """Return how tokens are written."""
        return [self.vocabulary[token] for token in tokens]


def best_stretch(report: Report, measure: Measure, level: float = LEVEL) -> range | None:
    """Return the longest stretch of lengths, without a gap, that reach a level."""
    best, start = range(0), None
    for point in report.points:
        estimate = report.estimate(point, measure)
        if estimate is None or estimate.value < level:
            start = None
            continue
        start = point.length if start is None else start
        if point.length + 1 - start > len(best):
            best = range(start, point.length + 1)
    return best or None


def sentence(reports: Sequence[Report], measure: Measure) -> str:
    """Say in words how far each run gets."""
    said = [f"“{report.name}” {_reach(report, measure)}" for report in reports]
    ranges = {report.seen for report in reports}
    if len(ranges) > 1:
        said = [
            f"{text} (trained on {_span(report.seen)})"
            for text, report in zip(said, reports, strict=True)
        ]
        return "; ".join(said) + "."
    subject = {1: "It was", 2: "Both were"}.get(len(reports), "All were")
    trained = f"{subject} trained on lengths {_span(ranges.pop())}"
    there, beyond = (_means(reports, measure, seen=seen) for seen in (True, False))
    if there is not None:
        trained += f"; there the mean is {there}"
        last = max(report.points[-1].length for report in reports if report.points)
        trained += "" if beyond is None else f", beyond them and up to {last}, {beyond}"
    return f"{'; '.join(said)}. {trained}."


def _means(reports: Sequence[Report], measure: Measure, *, seen: bool) -> str | None:
    """Write the mean of each run over the lengths of training, or over the longer ones."""
    means = [_mean(report, measure, seen=seen) for report in reports]
    if all(mean is None for mean in means):
        return None
    told = ["–" if mean is None else _percent(mean, 1) for mean in means]
    return " and ".join(part for part in (", ".join(told[:-1]), told[-1]) if part)


def _mean(report: Report, measure: Measure, *, seen: bool) -> float | None:
    values = [
        estimate.value
        for point in report.points
        if (estimate := report.estimate(point, measure)) is not None
        and (point.seen if seen else point.length > report.seen[-1])
    ]
    return sum(values) / len(values) if values else None


def _reach(report: Report, measure: Measure) -> str:
    name = MEASURES[measure].lower()
    if not any(report.estimate(point, measure) for point in report.points):
        return f"has no {name} to measure"
    stretch = best_stretch(report, measure)
    if stretch is None:
        return f"reaches {_percent(LEVEL)} {name} at no length"
    last = report.points[-1].length == stretch[-1]
    end = ", the longest that was tried" if last else ""
    where = f"at lengths {_span(stretch)}" if len(stretch) > 1 else f"at length {stretch[0]} alone"
    return f"has at least {_percent(LEVEL)} {name} {where}{end}"


def _percent(share: float, digits: int = 0) -> str:
    """Write a share; only a whole one becomes 100 %."""
    shown = 100 * share if share == 1 else min(100 * share, 100 - 10**-digits)
    return f"{shown:.{digits}f} %"


def _span(lengths: range) -> str:
    return f"{lengths[0]} to {lengths[-1]}" if len(lengths) > 1 else str(lengths[0])


def as_json(reports: Sequence[Report], *, count: int, seed: int) -> dict[str, Any]:
    """Return all of it as plain values."""
    return {
        "sequences_per_length": count,
        "seed": seed,
        "confidence": 0.95,
        "runs": [
            {
                "run": report.run,
                "name": report.name,
                "weights": "best" if report.step is None else f"step {report.step}",
                "trained_lengths": [report.seen[0], report.seen[-1]],
                "lengths": [_point(report, point) for point in report.points],
            }
            for report in reports
        ],
    }


def as_json_text(reports: Sequence[Report], count: int, seed: int = 0) -> str:
    """Return the same as the text of a file."""
    return json.dumps(as_json(reports, count=count, seed=seed), indent=2, ensure_ascii=False) + "\n"


def _point(report: Report, point: LengthPoint) -> dict[str, Any]:
    found = {measure: report.estimate(point, measure) for measure in MEASURES}
    return {
        "length": point.length,
        "trained": point.seen,
        "sequences": point.sequences,
        "all_there_are": point.all_there_are,
        "right": point.right,
        **{name: value and value._asdict() for name, value in found.items()},
        "failures": [
            {side: " ".join(report.words(tokens)) for side, tokens in failure._asdict().items()}
            for failure in point.failures
        ],
    }


def as_csv(reports: Sequence[Report]) -> str:
    """Return one line for each run and length, in which spreadsheets compute nothing."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    sides = [f"{name}{side}" for name in MEASURES for side in ("", "_low", "_high")]
    writer.writerow(["run", "name", "length", "trained", "sequences", "right", *sides])
    for report in reports:
        for point in report.points:
            values: list[float | str] = []
            for measure in MEASURES:
                values += report.estimate(point, measure) or ("", "", "")
            known = [point.length, point.seen, point.sequences, point.right]
            writer.writerow([as_text(report.run), as_text(report.name), *known, *values])
    return file.getvalue()


def as_table(reports: Sequence[Report], measure: Measure, rows: int = 20) -> str:
    """Return a small table for a terminal: some of the lengths, and where training began and ended.

    A length that a run was trained on is marked with a star.
    """
    there_are = sorted({point.length for report in reports for point in report.points})
    every = -(-len(there_are) // rows)
    ends = {end for report in reports for end in (report.seen[0], report.seen[-1])}
    shown = [n for i, n in enumerate(there_are) if i % every == 0 or n in ends]
    cells = [["length", *(report.name for report in reports)]]
    cells += [[str(n), *(_cell(report, n, measure) for report in reports)] for n in shown]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = ("  ".join(map(str.rjust, row, widths)).rstrip() for row in cells)
    return "\n".join([*lines, f"{MEASURES[measure]}, its 95 % interval; * trained on this length"])


def _cell(report: Report, length: int, measure: Measure) -> str:
    point = report.at(length)
    estimate = None if point is None else report.estimate(point, measure)
    if point is None or estimate is None:
        return "-"
    star = "*" if point.seen else " "
    value, low, high = (_percent(share, 1) for share in estimate)
    return f"{value:>7}  {low:>7} - {high:>7}  of {point.sequences:3d} {star}"
