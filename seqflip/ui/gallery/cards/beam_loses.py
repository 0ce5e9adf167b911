"""Greedy decoding is right, and a beam of several beginnings is wrong."""

from collections.abc import Sequence

from seqflip.study.cases import Beamed, beam_loses, held_out_answers
from seqflip.study.cases.beams import WIDTH
from seqflip.ui.gallery.beams import compared
from seqflip.ui.gallery.cases import Findings, case
from seqflip.ui.gallery.pieces import attend, spoken
from seqflip.ui.labels import percent
from seqflip.ui.parts.subject import Subject


@case(
    "beam-loses",
    "A beam that loses",
    "Greedy decoding is right, a beam is wrong.",
    "answers",
    runs=("sort",),
)
def show(runs: Sequence[Subject]) -> Findings | None:
    """Show the least sure right answer that beam search gets wrong."""
    (subject,) = runs
    trained = subject.trained
    answers = held_out_answers(subject.run, trained)
    found: Beamed | None = beam_loses(answers)
    if found is None:
        return None
    source, right = answers.source(found.row), answers.right(found.row)
    both = compared(trained, source, right, found)
    if both.probability > both.greedy.confidence:
        why = (
            "The search did its work: it found an answer that the model considers likelier. It is "
            "the model that is mistaken."
        )
    else:
        why = (
            "It is not even likelier: beams compare the mean per token, and a longer answer can "
            "win by its sure tokens."
        )
    return Findings(
        says=(
            f"Greedy decoding gives the right answer, of probability "
            f"{percent(both.greedy.confidence)}. The best answer of a beam of {WIDTH} is "
            f"{spoken(trained, found.best)}, of probability {percent(both.probability)}: it is "
            "wrong.",
            why,
        ),
        evidence=(both.table,),
        live=(
            attend(
                subject, f"The tree of the beam of {WIDTH}", source, panel="beam", beam=str(WIDTH)
            ),
        ),
        repaired="A beam of one is greedy decoding, and right here. A search cannot repair a model "
        "that is wrong.",
        repair=attend(subject, "The same with a beam of one", source, panel="beam", beam="1"),
    )
