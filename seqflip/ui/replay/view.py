"""All that the page shows, as one value, and as a link that stands for it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from seqflip.ui.parts.run_choice import FIRST_RUN
from seqflip.ui.parts.typed import FIRST_SOURCE, LONGEST_TEXT

_LARGEST = 10**9


@dataclass(frozen=True)
class View:
    """What is looked at.

    Attributes
    ----------
    run : str
        Which run is replayed.
    source : str
        The sequence, as it was typed.
    step : int or None
        Where it stands; None: at the start, or at the newest step of a run in training.
    truth : bool
        Whether the true alignment is outlined.
    """

    run: str = FIRST_RUN
    source: str = FIRST_SOURCE
    step: int | None = None
    truth: bool = False


PLAIN = View()


def to_link(view: View) -> dict[str, str]:
    """Return the parameters of a link to this view."""
    said = {"run": view.run, "source": view.source}
    if view.step is not None:
        said["step"] = str(view.step)
    if view.truth:
        said["truth"] = "yes"
    return said


def from_link(params: Mapping[str, str]) -> tuple[View, list[str]]:
    """Return the view that a link stands for, and a sentence for each thing it says wrong."""
    found: dict[str, Any] = {
        name: params[name][:LONGEST_TEXT] for name in ("run", "source") if name in params
    }
    complaints: list[str] = []

    def wrong(name: str, valid: str) -> None:
        said = params[name][:40]
        complaints.append(f"“{name}” in the link is “{said}”, which is not {valid}.")

    if "step" in params:
        text = params["step"]
        if text.isascii() and text.isdecimal() and len(text) <= 10 and int(text) <= _LARGEST:
            found["step"] = int(text)
        else:
            wrong("step", f"a whole number from 0 to {_LARGEST:,}")
    if "truth" in params:
        if params["truth"] in ("yes", "no"):
            found["truth"] = params["truth"] == "yes"
        else:
            wrong("truth", "yes or no")
    return replace(PLAIN, **found), complaints
