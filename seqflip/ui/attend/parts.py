"""What the page shows of a sequence, by key: drawn by the page, and renewed with every keystroke.

The server tells it at an address of its own (:mod:`seqflip.ui.feed`), as a run of the whole page
takes several times as long.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from markupsafe import Markup

from seqflip.nn import ENCODER
from seqflip.runs.run import Run
from seqflip.ui.as_typed import in_html
from seqflip.ui.attend.answer_table import answer_table
from seqflip.ui.attend.drawn import drawn_model
from seqflip.ui.attend.heat import LOW, TALL, Kind, heat, sums
from seqflip.ui.attend.picture import Answer
from seqflip.ui.attend.pull_html import why
from seqflip.ui.attend.sections import Section, sections
from seqflip.ui.attend.surgery import finding
from seqflip.ui.attend.through import seen
from seqflip.ui.attend.understand import Note, Scene, answered
from seqflip.ui.attend.view import View
from seqflip.ui.parts.numbers import EMPTY
from seqflip.ui.parts.subject import Subject, open_subject

NOTES: Final = "attend_notes"
TABLE: Final = "attend_table"
HEADING: Final = "attend_heading"
STRIP: Final = "attend_strip"
FINDING: Final = "attend_finding"
WHY: Final = "attend_why"
NO_ROW: Final = -1
LONG, WIDE = 24, 8
"""From so many inputs, or letters of one, on, the heatmap needs more room."""

Parts = dict[str, Mapping[str, Any]]


class Picture(NamedTuple):
    """One heatmap of the page."""

    kind: Kind
    title: str
    height: int

    @property
    def key(self) -> str:
        """The chart's name on the page."""
        return f"attend_heat_{self.kind}"

    @property
    def sums_key(self) -> str:
        """The name of the line below it."""
        return f"attend_sums_{self.kind}"

    def of(self, shown: Scene) -> Answer:
        """Return the answer that it shows."""
        changed = shown.changed if self.kind == "changed" else None
        return shown.plain if changed is None else changed


def typed_parts(run: Run, view: View, told: int) -> Parts:
    """Return what changes when a view's source is typed; of one that is no source, only why not.

    Parameters
    ----------
    run : Run
    view : View
    told : int
        How many choices of cells the browser has told of.
    """
    subject = open_subject(run, view.step)
    shown, notes = answered(subject, view)
    if shown is None:
        return {NOTES: {"html": notes_html(notes)}}
    return parts(subject, shown, notes, told, opened_sections(shown))


def opened_sections(shown: Scene) -> list[Section]:
    """Return the steps that the chosen panel opens."""
    return sections(shown) if shown.view.panel == "steps" else []


def parts(
    subject: Subject,
    shown: Scene,
    notes: Sequence[Note],
    told: int,
    opened: Sequence[Section],
) -> Parts:
    """Return all that is shown of a sequence, with the steps that were ``opened``."""
    opened_at = shown.place_in(shown.opened)
    looks_at_outputs = shown.through is None or shown.through.kind != ENCODER
    table = answer_table(shown.plain, shown.changed, opened_at.row if looks_at_outputs else NO_ROW)
    found: Parts = {NOTES: {"html": notes_html(notes)}, TABLE: {"html": table}}
    for picture in pictures(shown):
        answer = picture.of(shown)
        place = shown.place_in(answer)
        found[picture.sums_key] = {"html": sums(answer, place, shown.through)}
        if answer.has_attention:
            found[picture.key] = heat(subject, shown, answer, picture.title, picture.height, told)
    if shown.view.panel == "surgery" and shown.changed is not None:
        found[FINDING] = {"html": Markup("<p>{}</p>").format(finding(shown.plain, shown.changed))}
    if shown.view.panel == "steps":
        found[STRIP] = drawn_model(shown.opened, opened_at, shown.through)
        found[HEADING] = {"html": heading(shown, opened_at.row)}
    if shown.view.panel == "why":
        found[WHY] = {"html": why(shown)}
    found |= {section.key: {"html": section.html} for section in opened}
    return found


def pictures(shown: Scene) -> list[Picture]:
    """Return the heatmaps of the chosen panel."""
    if shown.view.panel == "beam":
        return []
    if shown.view.panel != "surgery":
        kind: Kind = "changed" if shown.opened is shown.changed else "plain"
        return [Picture(kind, "Attention", TALL)]
    height = TALL if needs_room(shown) else LOW
    before, after = Picture("plain", "Before", height), Picture("changed", "After", height)
    return [before] if shown.changed is None else [before, after]


def needs_room(shown: Scene) -> bool:
    """Whether a heatmap is too large for a narrow column."""
    widest = max(map(len, [*shown.plain.inputs, *shown.plain.outputs]))
    return len(shown.source) > LONG or widest > WIDE


def heading(shown: Scene, row: int) -> Markup:
    """Return which row of the heatmap is opened."""
    rows = seen(shown.opened, shown.through)
    return Markup("<h2>{} {} of {}: {}</h2>").format(
        rows.axes[0].capitalize(), row + 1, len(rows.rows), in_html(rows.rows[row])
    )


def notes_html(notes: Sequence[Note]) -> Markup:
    """Return what is to be said beside the box; its place is kept when there is nothing."""
    line = Markup('<p class="{}">{}</p>')
    lines = EMPTY.join(line.format("problem" * note.problem, note.text) for note in notes)
    return Markup('<div class="seqflip-notes" role="status">{}</div>').format(lines)
