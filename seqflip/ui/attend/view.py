"""All that the page shows, as one value, and as a link that stands for it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

from seqflip.decoding import Intervention
from seqflip.ui.attend import edits as links
from seqflip.ui.attend import through as heads
from seqflip.ui.attend.through import Through
from seqflip.ui.parts.run_choice import FIRST_RUN
from seqflip.ui.parts.typed import FIRST_SOURCE, LONGEST_TEXT

Panel = Literal["steps", "why", "surgery", "beam", "home"]
WIDEST_BEAM = 8
_NUMBERS = {"row": (1, 9999), "column": (1, 9999), "beam": (1, WIDEST_BEAM), "step": (0, 10**9)}


@dataclass(frozen=True)
class View:
    """What is looked at.

    Attributes
    ----------
    run : str
        Whose model.
    source : str
        The sequence, as it was typed.
    target : str or None
        What the decoder is forced to read; empty for the right answer; None: its own words.
    row : int
        The chosen output, from 0.
    column : int or None
        The chosen input; None: where that output looks most.
    panel : str
        What stands beside the heatmap.
    truth : bool
        Whether the true alignment is outlined.
    numbers : bool
        Whether vectors are shown as numbers.
    edits : tuple of Intervention
        What was changed by hand.
    after : bool
        Whether the panels open the answer after the interventions, or that before them.
    beam : int
        The width of the beam search.
    through : Through or None
        The head that one looks through; None: what the model has to show at first.
    step : int or None
        After which step of its training the model had the weights; None: its best, or its newest.
    """

    run: str = FIRST_RUN
    source: str = FIRST_SOURCE
    target: str | None = None
    row: int = 0
    column: int | None = None
    panel: Panel = "steps"
    truth: bool = False
    numbers: bool = False
    edits: tuple[Intervention, ...] = ()
    after: bool = True
    beam: int = 3
    through: Through | None = None
    step: int | None = None


PLAIN = View()


def to_link(view: View) -> dict[str, str]:
    """Return the parameters of a link to this view."""
    said = {"run": view.run, "source": view.source}
    if view.target is not None:
        said["target"] = view.target or "right"
    said["row"] = str(view.row + 1)
    if view.column is not None:
        said["column"] = str(view.column + 1)
    if view.panel != PLAIN.panel:
        said["panel"] = view.panel
    said |= {name: "yes" for name in ("truth", "numbers") if getattr(view, name)}
    if view.edits:
        said["edits"] = " ".join(map(links.write, view.edits))
    if not view.after:
        said["after"] = "no"
    if view.beam != PLAIN.beam:
        said["beam"] = str(view.beam)
    if view.through is not None:
        said["through"] = heads.write(view.through)
    if view.step is not None:
        said["step"] = str(view.step)
    return said


def from_link(params: Mapping[str, str]) -> tuple[View, list[str]]:
    """Return the view that a link stands for, and a sentence for each thing it says wrong."""
    found: dict[str, Any] = {}
    complaints: list[str] = []

    def wrong(name: str, valid: str) -> None:
        said = params[name][:40]
        complaints.append(f"“{name}” in the link is “{said}”, which is not {valid}.")

    for name in ("run", "source", "target"):
        if name in params:
            found[name] = params[name][:LONGEST_TEXT]
    if found.get("target") == "right":
        found["target"] = ""
    for name, (lowest, highest) in _NUMBERS.items():
        if name in params:
            number = _whole(params[name])
            if number is None or not lowest <= number <= highest:
                most = f"{highest:,}" if highest > 9999 else highest
                wrong(name, f"a whole number from {lowest} to {most}")
            else:
                found[name] = number - 1 if name in ("row", "column") else number
    if "panel" in params:
        if params["panel"] in get_args(Panel):
            found["panel"] = params["panel"]
        else:
            wrong("panel", f"one of {', '.join(get_args(Panel))}")
    for name in ("truth", "numbers", "after"):
        if name in params:
            if params[name] in ("yes", "no"):
                found[name] = params[name] == "yes"
            else:
                wrong(name, "yes or no")
    if "through" in params:
        found["through"] = heads.read(params["through"])
        if found["through"] is None:
            kinds = ", ".join(heads.WHO)
            wrong("through", f"one of {kinds} with a layer and a head, such as cross-1-2")
    if "edits" in params:
        found["edits"], unknown = _edits(params["edits"])
        complaints += [f"{one} in the link." for one in unknown]
    return replace(PLAIN, **found), complaints


def _edits(text: str) -> tuple[tuple[Intervention, ...], list[str]]:
    """Return the interventions, each once, and what is none."""
    understood: dict[str, Intervention] = {}
    unknown = []
    for one in text.split()[: links.MOST]:
        try:
            edit = links.read(one)
        except ValueError as error:
            unknown.append(str(error))
        else:
            understood.setdefault(links.write(edit), edit)
    return tuple(understood.values()), unknown


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 10 else None
