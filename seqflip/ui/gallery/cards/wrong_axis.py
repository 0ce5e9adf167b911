"""The softmax over the wrong axis."""

from collections.abc import Sequence

from seqflip.study.cases import held_out_answers, softmax_over_outputs
from seqflip.ui.gallery.cases import Findings, case
from seqflip.ui.gallery.pieces import attend, figures, outputs, typed, weights_chart, words
from seqflip.ui.labels import percent
from seqflip.ui.parts.numbers import number
from seqflip.ui.parts.subject import Subject


@case(
    "wrong-axis",
    "A softmax over the wrong axis",
    "Columns sum to 1, and rows to anything.",
    "code",
    runs=("reverse",),
)
def show(runs: Sequence[Subject]) -> Findings | None:
    """Show the same scores, shared out among inputs as they should be, and among outputs."""
    (subject,) = runs
    trained = subject.trained
    answers = held_out_answers(subject.run, trained)
    found = softmax_over_outputs(answers)
    if found is None:
        return None
    source, right = answers.source(found.row), answers.right(found.row)
    inputs, said = trained.words(source), words(trained, right)
    weights = found.weights[:, : len(source)]
    wrong = found.wrong_weights[:, : len(source)]
    sums = wrong.sum(axis=1)
    asked = typed(trained, source)
    return Findings(
        says=(
            "Each output shares a weight of 1 among the inputs. Over the other axis each input "
            f"shares itself among the outputs, and the rows sum to {number(sums.min(), 2)} up to "
            f"{number(sums.max(), 2)} instead of 1.",
            "The shapes are the same, so nothing complains. Told the right words, "
            f"{percent(found.token_accuracy)} of the held-out tokens are right; and early outputs "
            "depend on later ones, which do not exist in use.",
            "Free-running there is one output at a time: each weight is 1, whatever the score, and "
            f"{percent(found.exact_match)} of the answers are right.",
        ),
        evidence=(
            outputs(
                "The answer with the softmax over inputs and over outputs",
                trained,
                right,
                {"over inputs": answers.answer(found.row), "over outputs": found.answer},
            ),
            weights_chart(
                "Over inputs",
                weights,
                inputs,
                said,
                f"Attention weights for {asked}, softmax over inputs: each row sums to 1.",
            ),
            weights_chart(
                "Over outputs",
                wrong,
                inputs,
                said,
                f"Weights of the same scores for {asked}, softmax over outputs: rows sum to "
                f"{number(sums.min(), 2)} up to {number(sums.max(), 2)}.",
            ),
            figures(
                "What the rows sum to",
                ("output", *map(str, range(1, len(said) + 1))),
                (
                    ("over inputs", *(number(x, 2) for x in weights.sum(axis=1))),
                    ("over outputs", *(number(x, 2) for x in sums)),
                ),
            ),
        ),
        live=(
            attend(
                subject,
                "All inputs with the same weight, whatever their scores",
                source,
                edits="flatten",
            ),
        ),
        repaired="Softmax over the last axis of scores that are (outputs × inputs): then each row "
        "sums to 1. Attend adds one up.",
        repair=attend(subject, "The same scores, row by row", source),
    )
