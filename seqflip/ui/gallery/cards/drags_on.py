"""One error that drags on free-running, and is one error with the right words."""

from collections.abc import Sequence

from seqflip.config.section import quantity
from seqflip.study.cases import drags_on, held_out_answers
from seqflip.ui.gallery.cases import Findings, Way, case
from seqflip.ui.gallery.pieces import attend, outputs, words
from seqflip.ui.parts.subject import Subject


@case(
    "drags-on",
    "One error that drags on",
    "Free-running several are wrong; with the right words, one.",
    "answers",
    runs=("copy",),
)
def show(runs: Sequence[Subject]) -> Findings | None:
    """Show the first answer that goes wrong once, and then stays wrong for a while."""
    (subject,) = runs
    trained = subject.trained
    found = held_out_answers(subject.run, trained)
    row = drags_on(found)
    if row is None:
        return None
    source, right, answer = found.source(row), found.right(row), found.answer(row)
    first = int(found.wrong[row].argmax())
    many = int(found.wrong[row].sum())
    return Findings(
        says=(
            f"At output {first + 1} it says {words(trained, answer)[first]} instead of "
            f"{words(trained, right)[first]}. Free-running, it then reads its own wrong word, and "
            f"{quantity(many, 'output')} are wrong in the end.",
            f"Told the right word before each (teacher forcing), it is wrong at output {first + 1} "
            "alone.",
            "Training always told it the right words, so it never learned to go on from a wrong "
            "one. Teacher-forced accuracy does not see this.",
        ),
        evidence=(
            outputs(
                "The same model, free-running and told the right words",
                trained,
                right,
                {"free-running": answer, "told the right words": found.told(row)},
            ),
        ),
        live=(
            attend(subject, "Free-running, on Attend", source, first),
            attend(subject, "Told the right words, on Attend", source, first, target="right"),
        ),
        repaired="Let it read its own words now and then while it learns (scheduled sampling).",
        repair=Way(
            "race", "Race: teacher forcing always, or half of the time", {"story": "race-forcing"}
        ),
    )
