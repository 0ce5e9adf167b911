"""It looked at the right places, and is wrong."""

from collections.abc import Sequence

from seqflip.decoding import trace
from seqflip.study.cases import aligned_and_wrong, held_out_answers
from seqflip.tasks.addition import PLUS
from seqflip.ui.gallery.cases import Findings, Way, case
from seqflip.ui.gallery.pieces import attend, outputs, spoken, typed, weights_chart, words
from seqflip.ui.labels import percent
from seqflip.ui.parts.subject import Subject


@case(
    "aligned-wrong",
    "Looked right, answered wrong",
    "Alignment is high, and the answer is wrong.",
    "answers",
    runs=("addition",),
)
def show(runs: Sequence[Subject]) -> Findings | None:
    """Show the first wrong answer with its attention on the true places."""
    (subject,) = runs
    trained = subject.trained
    found = held_out_answers(subject.run, trained)
    row = aligned_and_wrong(found)
    if row is None:
        return None
    source, right, answer = found.source(row), found.right(row), found.answer(row)
    aligned = found.alignment(row)
    wrong = int(found.wrong[row].argmax())
    seen = trace(trained.model.network, source, trained.model.tgt_length)
    truth = trained.true_alignment(source)
    assert truth is not None
    on_places = " and ".join(
        f"{trained.words([source[j]])[0]} with {percent(float(seen.weights[wrong, j]))}"
        for j in truth[wrong].nonzero()[0]
    )
    plus = trained.encode(PLUS)[0]
    middle = source.index(plus)
    swapped = [*source[middle + 1 :], plus, *source[:middle]]
    other = trace(trained.model.network, swapped, trained.model.tgt_length).outputs.tolist()
    verdict = (
        "right: its sum depends on the order, and that of a rule would not."
        if other == right
        else "wrong as well."
    )
    inputs, said = typed(trained, source), spoken(trained, answer)
    return Findings(
        says=(
            f"For {inputs} it says {said}, and {spoken(trained, right)} is right; yet "
            f"{percent(aligned)} of its attention lies on the true places.",
            f"At output {wrong + 1} it says {words(trained, answer)[wrong]} instead of "
            f"{words(trained, right)[wrong]}. The true places are {on_places}. Alignment adds "
            "these up, whether all of them are looked at or one.",
            "Alignment measures where it looked. What it made of what it saw, and "
            "what it knew without looking, is another question.",
        ),
        evidence=(
            outputs("Both answers, output by output", trained, right, {"its answer": answer}),
            weights_chart(
                "Where it looked",
                seen.weights,
                trained.words(source),
                words(trained, seen.outputs.tolist()),
                f"Attention weights of the answer {said} to {inputs}. "
                f"{percent(aligned)} lies on the true places, which are outlined.",
                truth if len(truth) == len(seen.weights) else None,
            ),
        ),
        live=(
            attend(subject, "This sum on Attend, at the wrong digit", source, wrong, truth="yes"),
            attend(subject, "The other way round", swapped, wrong, truth="yes"),
        ),
        repaired=f"Asked the other way round, {typed(trained, swapped)}, it says "
        f"{spoken(trained, other)}, which is {verdict} Give it more examples.",
        repair=Way(
            "train", "Train on twice as many sums", {"preset": "addition", "n_train": "80000"}
        ),
    )
