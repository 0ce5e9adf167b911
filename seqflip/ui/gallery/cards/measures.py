"""Four measures: what each of them says, and bundled runs in which they part."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from markupsafe import Markup

from seqflip.study.cases import answers_of_length
from seqflip.study.measures import Measured, measure, measure_on
from seqflip.ui.gallery.cases import Shown, Way, case
from seqflip.ui.gallery.pieces import figures
from seqflip.ui.labels import percent, significant
from seqflip.ui.parts.subject import Subject

_DEFINED: Final = (
    (
        "Teacher-forced",
        "before each token the model is told the right token before it, as in training.",
    ),
    ("Free-running", "it reads its own tokens, as in use."),
    (
        "Loss",
        "the mean of −ln p, where p is the probability of the right token, in nats; "
        "teacher-forced.",
    ),
    ("Token accuracy", "the share of tokens that are right; here both ways."),
    ("Exact match", "the share of answers without a single mistake; free-running."),
    (
        "Alignment",
        "the attention on the places that a token truly comes from, as a mean; teacher-forced. "
        "By chance is what it would be if all inputs were looked at alike.",
    ),
)
_LIST = Markup('<dl class="seqflip-defined">{}</dl>').format
_DEFINITION = Markup("<div><dt>{}</dt><dd>{}</dd></div>").format
_FURTHER = 2  # tokens beyond the trained length, for the first run
_GOOD = 0.95


class _Row(NamedTuple):
    name: str
    measured: Measured


@case(
    "measures",
    "Four measures that differ",
    "Loss, token accuracy, exact match, alignment.",
    "measures",
    runs=(
        "reverse",
        "additive",
        "bottleneck",
        "steps",
        "transformer",
        "sort",
        "copy",
        "addition",
        "numbers-in-words",
    ),
)
def show(runs: Sequence[Subject]) -> Shown:
    """Show all measures of some runs, and where they part."""
    rows = [_Row(subject.name, measure(subject.run, subject.trained)) for subject in runs]
    first = runs[0]
    length = first.trained.model.src_length + _FURTHER
    asked = answers_of_length(first.trained, length)
    longer = _Row(
        f"{first.name}, {length} tokens",
        measure_on(first.trained, asked.x_src, asked.x_tgt),
    )
    rows.insert(1, longer)
    return Shown(
        says=_says(rows, longer),
        evidence=(
            _LIST(Markup("").join(_DEFINITION(*one) for one in _DEFINED)),
            figures(
                "Bundled runs by all measures",
                (
                    "held-out sequences",
                    "loss",
                    "tokens, teacher-forced",
                    "tokens, free-running",
                    "exact match",
                    "alignment",
                    "by chance",
                ),
                [_figures(row) for row in rows],
            ),
        ),
        live=(
            Way(
                "gallery",
                "Token accuracy and exact match part",
                {"case": "exact-match"},
            ),
            Way("gallery", "Alignment and a right answer part", {"case": "aligned-wrong"}),
            Way("gallery", "Teacher-forced and free-running part", {"case": "drags-on"}),
            Way("gallery", "A loss that is a lie", {"case": "not-shifted"}),
            Way("runs", "These numbers of all runs"),
        ),
    )


def _figures(row: _Row) -> tuple[str, ...]:
    found = row.measured.found
    return (
        row.name,
        significant(found.loss, 2),
        percent(found.forced_accuracy),
        percent(found.accuracy),
        percent(found.sequence_accuracy),
        percent(found.alignment),
        percent(row.measured.alignment_by_chance),
    )


def _says(rows: Sequence[_Row], longer: _Row) -> list[str]:
    """Say where measures part furthest."""
    found = longer.measured.found
    said = [
        f"“{longer.name}”: {percent(found.accuracy)} of the tokens are right, and "
        f"{percent(found.sequence_accuracy)} of the answers."
    ]
    good = [
        row
        for row in rows
        if row.measured.found.sequence_accuracy >= _GOOD and row.measured.found.alignment
    ]
    if good:
        name, (one, chance) = min(good, key=lambda row: row.measured.found.alignment or 0)
        said.append(
            f"“{name}”: {percent(one.sequence_accuracy)} of the answers are right with an "
            f"alignment of {percent(one.alignment)} (by chance {percent(chance)}). A model may use "
            "more than the true place, or another way to it."
        )
    name, (one, _) = max(
        rows, key=lambda row: row.measured.found.forced_accuracy - row.measured.found.accuracy
    )
    said.append(
        f"“{name}”: {percent(one.forced_accuracy)} of the tokens are right when it is told the "
        f"words before, and {percent(one.accuracy)} when it lives on its own."
    )
    return said
