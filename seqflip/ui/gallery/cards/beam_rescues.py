"""Greedy decoding is wrong, and a beam of several beginnings is right."""

from collections.abc import Sequence

from seqflip.study.cases import Beamed, beam_rescues, held_out_answers
from seqflip.study.cases.beams import WIDTH
from seqflip.ui.gallery.beams import compared, parting
from seqflip.ui.gallery.cases import Findings, case
from seqflip.ui.gallery.pieces import attend, words
from seqflip.ui.labels import percent, short_share
from seqflip.ui.parts.subject import Subject


@case(
    "beam-rescues",
    "A beam that rescues",
    "Greedy decoding is wrong, a beam is right.",
    "answers",
    runs=("copy",),
)
def show(runs: Sequence[Subject]) -> Findings | None:
    """Show the first wrong answer that beam search would have got right."""
    (subject,) = runs
    trained = subject.trained
    answers = held_out_answers(subject.run, trained)
    found: Beamed | None = beam_rescues(answers)
    if found is None:
        return None
    source, right = answers.source(found.row), answers.right(found.row)
    both = compared(trained, source, right, found)
    step, taken, passed = parting(both.greedy, right)
    said, wanted = words(trained, both.answer)[step], words(trained, right)[step]
    return Findings(
        says=(
            f"At output {step + 1} the model considers {said} likelier ({short_share(taken)}) than "
            f"{wanted} ({short_share(passed)}), so greedy decoding takes it, and cannot go back.",
            f"The whole answer then has a probability of {percent(both.greedy.confidence)}. A beam "
            f"of {WIDTH} keeps both beginnings, and finds the right answer, with "
            f"{percent(both.probability)}.",
        ),
        evidence=(both.table,),
        live=(attend(subject, "Greedy decoding, on Attend", source, step),),
        repaired=f"With {WIDTH} beginnings at a time the answer is right.",
        repair=attend(
            subject, f"The tree of the beam of {WIDTH}", source, panel="beam", beam=str(WIDTH)
        ),
    )
