"""All is said, and the end mark does not come."""

from collections.abc import Sequence

from seqflip.decoding import trace
from seqflip.study.cases import answers_of_length, runs_on
from seqflip.ui.gallery.cases import Findings, case
from seqflip.ui.gallery.pieces import attend, outputs, typed, words
from seqflip.ui.labels import END, percent
from seqflip.ui.parts.subject import Subject


@case(
    "end-mark",
    "A lost end mark",
    "All is said, and it goes on.",
    "answers",
    runs=("reverse", "steps"),
)
def show(runs: Sequence[Subject]) -> Findings | None:
    """Show the first source, shorter than those of training, whose answer goes on too long."""
    subject, other = runs
    trained = subject.trained
    shortest = trained.config.data.sizes.shortest
    for length in range(shortest - 1, 0, -1):
        found = answers_of_length(trained, length)
        row = runs_on(found)
        if row is not None:
            break
    else:
        return None
    source, right, answer = found.source(row), found.right(row), found.answer(row)
    seen = trace(trained.model.network, source, trained.model.tgt_length)
    end = len(right) - 1
    of_end = float(seen.probabilities[end, 0])
    again = trace(other.trained.model.network, source, other.trained.model.tgt_length)
    verdict = "right" if again.outputs.tolist() == right else "wrong as well"
    return Findings(
        says=(
            f"For {typed(trained, source)} every token of the answer is right, and then comes "
            f"{words(trained, answer)[end]} where {END} should be. At output {end + 1} the end "
            f"mark had a probability of {percent(of_end)}.",
            f"It was trained on {shortest} to {trained.model.src_length} tokens. No answer ended "
            f"after {length}, so it never had to learn that one may.",
        ),
        evidence=(
            outputs(
                "Two models, output by output",
                trained,
                right,
                {subject.name: answer, other.name: again.outputs.tolist()},
            ),
        ),
        live=(attend(subject, "This sequence on Attend", source, end),),
        repaired=f"“{other.name}” reads marks around the source and keeps its place; its answer to "
        f"the same sequence is {verdict}.",
        repair=attend(other, "The same with attention that steps", source, end),
    )
