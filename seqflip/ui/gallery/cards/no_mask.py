"""Attention without a mask: padding gets weight."""

from collections.abc import Sequence

from seqflip.study.cases import held_out_answers, without_mask
from seqflip.ui.gallery.cases import Findings, case
from seqflip.ui.gallery.pieces import attend, outputs, typed, weights_chart, words
from seqflip.ui.labels import percent
from seqflip.ui.parts.subject import Subject

_PAD = "pad"


@case(
    "no-mask",
    "Attention without a mask",
    "Nothing crashes, and padding is looked at.",
    "code",
    runs=("sort",),
)
def show(runs: Sequence[Subject]) -> Findings | None:
    """Show the first sequence of a batch that is answered wrongly when padding can be seen."""
    (subject,) = runs
    trained = subject.trained
    answers = held_out_answers(subject.run, trained)
    found = without_mask(answers)
    if found is None:
        return None
    source, right = answers.source(found.row), answers.right(found.row)
    width = answers.x_src.shape[1]
    inputs = trained.words(source) + [_PAD] * (width - len(source))
    on_pads = found.wrong_weights[:, len(source) :].sum(axis=1)
    most = int(on_pads.argmax())
    said = words(trained, right)
    alt = f"Attention weights for {typed(trained, source)}, padded to {width} places"
    return Findings(
        says=(
            f"In a batch, {typed(trained, source)} is filled up to {width} places. Without a mask "
            f"the softmax shares weight out to the padding as well: {percent(on_pads[most])} of it "
            f"at output {most + 1}, and the context is mixed with what stands for no token.",
            f"All shapes fit and nothing crashes. Exact match on {len(answers.x_src):,} held-out "
            f"sequences falls from {percent(answers.exact_match)} to {percent(found.exact_match)}.",
        ),
        evidence=(
            outputs(
                "The answer with a mask and without",
                trained,
                right,
                {"with a mask": answers.answer(found.row), "without": found.answer},
            ),
            weights_chart(
                "With a mask", found.weights, inputs, said, f"{alt}, with a mask: pads get nothing."
            ),
            weights_chart(
                "Without",
                found.wrong_weights,
                inputs,
                said,
                f"{alt}, without a mask: pads get up to {percent(on_pads[most])} of a row.",
            ),
        ),
        live=(
            attend(
                subject,
                "A mask at work: forbid the last input, and its weight goes to the others",
                source,
                edits=f"forbid-{len(source)}",
            ),
        ),
        repaired="A mask sets the scores of pads to −∞ before the softmax, so their weights are "
        "exactly 0 and the others sum to 1. Alone in its batch a sequence has no pads.",
        repair=attend(subject, "The same sequence with nothing but its tokens", source, most),
    )
