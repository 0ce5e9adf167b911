"""All that the page shows, as one value, and as a link that stands for it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from seqflip.study.lengths import COUNT
from seqflip.study.lengths_report import MEASURES, Measure
from seqflip.ui.charts.palette import RUNS

OWN = ("runs", "max", "count", "measure", "of", "length")
"""The parameters of a link to this page."""

COUNTS = (50, 100, 200, 500, 1000)
MOST_RUNS = len(RUNS)


@dataclass(frozen=True)
class View:
    """What is looked at.

    Attributes
    ----------
    runs : tuple of str
        Whose models.
    longest : int or None
        How far to go; None: three times the longest length that one of them was trained on.
    count : int
        How many sequences of each length.
    measure : str
        What the curves show.
    of, length : str and int, or None
        The point whose failing sequences are listed; None: where the first run ends.
    """

    runs: tuple[str, ...] = ("reverse", "bottleneck", "steps")
    longest: int | None = None
    count: int = COUNT
    measure: Measure = "exact_match"
    of: str | None = None
    length: int | None = None


PLAIN = View()


def to_link(view: View) -> dict[str, str]:
    """Return the parameters of a link to this view."""
    said = {"runs": " ".join(view.runs)}
    if view.longest is not None:
        said["max"] = str(view.longest)
    if view.count != PLAIN.count:
        said["count"] = str(view.count)
    if view.measure != PLAIN.measure:
        said["measure"] = view.measure
    if view.of is not None and view.length is not None:
        said |= {"of": view.of, "length": str(view.length)}
    return said


def from_link(params: Mapping[str, str], most: int) -> tuple[View, list[str]]:
    """Return the view that a link stands for, and a sentence for each thing that it says wrong.

    Parameters
    ----------
    params : mapping
        Of the link.
    most : int
        The longest sequences that may be asked for.
    """
    found: dict[str, Any] = {}
    complaints: list[str] = []

    def wrong(name: str, valid: str) -> None:
        complaints.append(f"“{name}” in the link is “{params[name][:40]}”, which is not {valid}.")

    runs = tuple(dict.fromkeys(params.get("runs", "").split()))
    if len(runs) > MOST_RUNS:
        wrong("runs", f"at most {MOST_RUNS} runs")
    if runs:
        found["runs"] = runs[:MOST_RUNS]
    for name, field, lowest in (("max", "longest", 2), ("length", "length", 1)):
        if name in params:
            number = _whole(params[name])
            if number is None or not lowest <= number <= most:
                wrong(name, f"a whole number from {lowest} to {most}")
            else:
                found[field] = number
    if "count" in params:
        if (number := _whole(params["count"])) in COUNTS:
            found["count"] = number
        else:
            wrong("count", f"one of {', '.join(map(str, COUNTS))}")
    if "measure" in params:
        if params["measure"] in MEASURES:
            found["measure"] = params["measure"]
        else:
            wrong("measure", f"one of {', '.join(MEASURES)}")
    if "of" in params:
        found["of"] = params["of"]
    return replace(PLAIN, **found), complaints


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 6 else None
