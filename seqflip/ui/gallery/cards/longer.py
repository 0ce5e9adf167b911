"""Why it ends beyond the trained length, and what helps: where the look loses its place."""

from collections.abc import Sequence

import numpy as np
from markupsafe import Markup

from seqflip.decoding import trace
from seqflip.runs.trained import Trained
from seqflip.study.cases import (
    Answers,
    Glance,
    answers_of_length,
    first_lost,
    forced_from_lost,
    forced_right,
    places,
)
from seqflip.ui.as_typed import in_html
from seqflip.ui.charts.live import Chart
from seqflip.ui.gallery.cases import Findings, Way, case
from seqflip.ui.gallery.pieces import attend, figures, spoken, typed, weights_chart, words
from seqflip.ui.labels import percent, short_share
from seqflip.ui.parts.numbers import table
from seqflip.ui.parts.subject import Subject
from seqflip.ui.parts.tables import struck

FURTHER = 3
"""How many tokens more than the longest of training."""

_LENGTHS = 6
_FORCED = 40
_ROW = Markup('<tr{}><th scope="row">{}</th>{}</tr>').format
_TITLE = Markup("{} <small>{}</small>").format
_CELL = Markup("<td>{}</td>").format


@case(
    "longer",
    "Why it ends beyond the trained length",
    "Where the look loses its place, and what helps.",
    "beyond",
    runs=("reverse", "steps"),
)
def show(runs: Sequence[Subject]) -> Findings | None:
    """Show a longer sequence step by step, with attention that compares and one that steps."""
    subject, other = runs
    trained = subject.trained
    longest = trained.model.src_length
    tried = {n: _both(subject, other, n) for n in range(longest + 1, longest + _LENGTHS + 1)}
    compares, steps = tried[longest + FURTHER]
    row = first_lost(compares, steps)
    if row is None:
        return None
    source = compares.source(row)
    looked, stepped = places(trained, source), places(other.trained, source)
    edits = forced_from_lost(trained, source)
    return Findings(
        says=(
            *_says(subject, other, source, looked, stepped),
            _cause(trained, compares, forced_right(trained, source, edits)),
        ),
        evidence=(
            _table(trained.words(source), subject, other, looked, stepped),
            _heat(subject, source),
            _heat(other, source),
            figures(
                "Exact match by length, none of them trained on",
                ("tokens", *map(str, tried)),
                (
                    (subject.name, *(percent(one.exact_match) for one, _ in tried.values())),
                    (other.name, *(percent(one.exact_match) for _, one in tried.values())),
                ),
            ),
        ),
        live=(
            attend(
                subject,
                "This sequence on Attend, where it loses its place",
                source,
                next((i for i, place in enumerate(looked) if place.lost), 0),
                truth="yes",
            ),
            attend(
                subject,
                "The same, with its look forced on the right places",
                source,
                edits=" ".join(f"force-{one.position + 1}@{(one.row or 0) + 1}" for one in edits),
            ),
            Way("lengths", "Both, length by length", {"runs": f"{subject.run.id} {other.run.id}"}),
        ),
        repaired=f"“{other.name}” begins where it looked a step before, and moves by −1, 0 or +1. "
        "Such a step is the same at every place, so it does not end where training ended.",
        repair=attend(other, "The same sequence with attention that steps", source),
    )


def _cause(trained: Trained, compares: Answers, this_one: bool) -> str:
    """Say whether the look is what fails: what becomes right when it is forced on its places."""
    failing = np.flatnonzero(compares.wrong.any(axis=1))[:_FORCED].tolist()
    sources = [compares.source(row) for row in failing]
    mended = sum(forced_right(trained, one, forced_from_lost(trained, one)) for one in sources)
    here = "this answer comes right" if this_one else "this answer stays wrong"
    return (
        f"Is it the look that fails? Forced by hand to look at the right places from where it lost "
        f"them, {here}, and so do {mended} of the first {len(sources)} wrong answers of this "
        "length."
    )


def _both(subject: Subject, other: Subject, length: int) -> tuple[Answers, Answers]:
    return (
        answers_of_length(subject.trained, length),
        answers_of_length(other.trained, length),
    )


def _says(
    subject: Subject,
    other: Subject,
    source: list[int],
    looked: Sequence[Glance],
    stepped: Sequence[Glance],
) -> list[str]:
    trained, inputs = subject.trained, subject.trained.words(source)
    said = [
        f"“{subject.name}” learned from sequences of {trained.model.src_length} tokens at most. "
        f"Here it is asked {len(source)}: {typed(trained, source)}."
    ]
    lost = next((i for i, place in enumerate(looked) if place.lost), None)
    if lost is not None:
        place = looked[lost]
        verdict = "which is wrong" if place.said != place.right else "which is right even so"
        said.append(
            f"Up to output {lost} it looks most at the right place. At output {lost + 1} it should "
            f"look at input {place.should + 1} ({inputs[place.should]}), which gets "
            f"{percent(place.on_place)}, and looks at input {place.looked + 1} "
            f"({inputs[place.looked]}) with {percent(place.weight)}: it says "
            f"{spoken(trained, [place.said])}, {verdict}."
        )
    kept = sum(not place.lost for place in stepped)
    right = sum(place.said == place.right for place in stepped)
    said.append(
        f"“{other.name}” looks most at the right place at {kept} of {len(stepped)} outputs, and "
        f"{right} are right."
    )
    return said


def _table(
    inputs: Sequence[str],
    subject: Subject,
    other: Subject,
    looked: Sequence[Glance],
    stepped: Sequence[Glance],
) -> Markup:
    """Return for each output where it should look, and where both did."""

    def at(place: int) -> Markup:
        return Markup("{} <small>({})</small>").format(in_html(inputs[place]), place + 1)

    def found(whose: Subject, place: Glance) -> Markup:
        word = words(whose.trained, [place.said])[0]
        where = at(place.looked)
        cells = (
            Markup("<s>{}</s>").format(where) if place.lost else where,
            short_share(place.on_place),
            in_html(word) if place.said == place.right else struck(word),
        )
        return Markup("").join(map(_CELL, cells))

    lost = next((i for i, place in enumerate(looked) if place.lost), None)
    rows = [
        _ROW(
            Markup(' class="chosen"') if i == lost else "",
            i + 1,
            _CELL(at(one.should)) + found(subject, one) + found(other, two),
        )
        for i, (one, two) in enumerate(zip(looked, stepped, strict=False))
    ]
    head = ["output", "should look at"]
    for whose in (subject, other):
        head += [_TITLE(whose.name, "looks most at"), "weight where it should", "says"]
    return table("Output by output: where to look, and where both looked", head, rows)


def _heat(subject: Subject, source: list[int]) -> Chart:
    trained = subject.trained
    network = trained.model.network
    found = trace(network, source, trained.model.tgt_length)
    truth = trained.true_alignment(source)
    weights = network.on_tokens(found.weights)
    said = words(trained, found.outputs.tolist())
    return weights_chart(
        subject.name,
        weights,
        trained.words(source),
        said,
        f"Attention weights of “{subject.name}”: the answer {' '.join(said)} to "
        f"{typed(trained, source)}; where each output should look is outlined.",
        truth if truth is not None and len(truth) == len(said) else None,
    )
