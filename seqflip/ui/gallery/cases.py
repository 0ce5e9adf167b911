"""What a case of the gallery is, and all of them: each is registered where it is written."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from markupsafe import Markup

from seqflip.nn.registry import Registry
from seqflip.ui.charts.live import Chart
from seqflip.ui.parts.subject import Subject

Part = Literal["measures", "answers", "code", "training", "beyond"]
PARTS: Final[Mapping[Part, str]] = {
    "measures": "What is measured",
    "answers": "Answers that fail",
    "code": "One line of code",
    "training": "Trainings that fail",
    "beyond": "Beyond",
}
"""The headings under which cases are listed."""


@dataclass(frozen=True)
class Way:
    """A link to a page, as a case offers it."""

    page: str
    label: str
    params: Mapping[str, str] = field(default_factory=dict)


Piece = Markup | Chart | Way


@dataclass(frozen=True)
class Findings:
    """What a case has to show, all of it computed from the models that it names.

    Attributes
    ----------
    says : sequence of str
        The diagnosis, one to three sentences.
    evidence : sequence of Piece
        What holds it: tables, heatmaps, and links that stand where they are spoken of.
    live : sequence of Way
        Where it can be seen at work.
    repaired : str
        What becomes of it with the repair; empty where nothing is broken.
    repair : Way or None
        The repair to try.
    """

    says: Sequence[str]
    evidence: Sequence[Piece]
    live: Sequence[Way] = ()
    repaired: str = ""
    repair: Way | None = None


Look = Callable[[Sequence[Subject]], Findings | None]


@dataclass(frozen=True)
class Case:
    """One case.

    Attributes
    ----------
    name, label : str
        In the URL, and as its title.
    teaser : str
        What one notices, in a few words.
    part : str
        Under which heading it stands.
    runs : tuple of str
        The bundled runs that it looks at.
    look : callable
        From these runs to what there is to show; None if they have no such case.
    """

    name: str
    label: str
    teaser: str
    part: Part
    runs: tuple[str, ...]
    look: Look


CASES: Final[Registry[Case]] = Registry()


def case(
    name: str, label: str, teaser: str, part: Part, runs: Sequence[str] = ()
) -> Callable[[Look], Look]:
    """Register what is written below as a case."""

    def register(look: Look) -> Look:
        CASES.register(Case(name, label, teaser, part, tuple(runs), look))
        return look

    return register
