"""Four measures: what each of them says, and bundled runs in which they part."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from markupsafe import Markup

from seqflip.study.cases import answers_of_length
from seqflip.study.measures import Measured, measure, measure_on
from seqflip.ui.gallery.cases import Findings, Piece, Way, case
from seqflip.ui.gallery.pieces import figures
from seqflip.ui.labels import percent
from seqflip.ui.parts.numbers import number
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
    ("Token accuracy", "the share of tokens that are right; here in both."),
    ("Exact match", "the share of answers without a single mistake; free-running."),
    (
        "Alignment",
        "the attention on the places that a token truly comes from, as a mean; teacher-forced. "
        "By chance is what it would be if all inputs were looked at alike.",
    ),
)
_LIST = Markup('<dl class="seqflip-defined">{}</dl>').format
_DEFINITION = Markup("<div><dt>{}</dt><dd>{}</dd></div>").format
_ALIGNED: Final = {"case": "aligned-wrong"}
_P = Markup("<p>{}</p>").format
_H = Markup("<h3>{}</h3>").format
_TITLE = Markup("{} <small>{}</small>").format
_HEAD: Final = (
    "held-out sequences",
    _TITLE("loss", "nats, teacher-forced"),
    _TITLE("tokens", "teacher-forced"),
    _TITLE("tokens", "free-running"),
    _TITLE("exact match", "free-running"),
    _TITLE("alignment", "teacher-forced"),
    _TITLE("alignment", "by chance"),
)
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
def show(runs: Sequence[Subject]) -> Findings:
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
    return Findings(
        says=(),
        evidence=(
            _LIST(Markup("").join(_DEFINITION(*one) for one in _DEFINED)),
            figures("Bundled runs by all measures", _HEAD, [_figures(row) for row in rows]),
            _H("Where they part"),
            *_parting(rows, longer),
        ),
        live=(Way("runs", "All runs, with the curves of these measures"),),
    )


def _figures(row: _Row) -> tuple[str, ...]:
    found = row.measured.found
    return (
        row.name,
        _loss(found.loss),
        percent(found.forced_accuracy),
        percent(found.accuracy),
        percent(found.sequence_accuracy),
        percent(found.alignment),
        percent(row.measured.alignment_by_chance),
    )


def _parting(rows: Sequence[_Row], longer: _Row) -> list[Piece]:
    """Say where measures part furthest, and lead to a case of each kind."""
    found = longer.measured.found
    good = [row for row in rows if row.measured.found.sequence_accuracy >= _GOOD]
    aligned = [row for row in good if row.measured.found.alignment is not None]
    said: list[Piece] = [
        _P(
            f"“{longer.name}”: {percent(found.accuracy)} of the tokens are right, and "
            f"{percent(found.sequence_accuracy)} of the answers."
        ),
        Way("gallery", "A case: most tokens right, few answers", {"case": "exact-match"}),
    ]
    if aligned:
        name, (one, chance) = min(aligned, key=lambda row: row.measured.found.alignment or 0)
        said += [
            _P(
                f"“{name}”: {percent(one.sequence_accuracy)} of the answers are right with an "
                f"alignment of {percent(one.alignment)} (by chance {percent(chance)}). A right "
                "answer needs no more weight on its true place than tells it from the others."
            ),
            Way("gallery", "The other way round: looked right, answered wrong", _ALIGNED),
        ]
    name, (one, _) = max(
        rows, key=lambda row: row.measured.found.forced_accuracy - row.measured.found.accuracy
    )
    return [
        *said,
        _P(
            f"“{name}”: {percent(one.forced_accuracy)} of the tokens are right when it is told the "
            f"words before, and {percent(one.accuracy)} when it lives on its own."
        ),
        Way("gallery", "A case: one error that drags on", {"case": "drags-on"}),
        _P("And a loss may be near 0 because the answer was given away."),
        Way("gallery", "A case: a target that is not shifted", {"case": "not-shifted"}),
    ]


def _loss(nats: float) -> str:
    return number(nats, 4) if nats >= 0.0001 else "< 0.0001"
