"""Too high a learning rate."""

from collections.abc import Sequence

from seqflip.study.cases import TOO_FAST, train_small
from seqflip.ui.gallery.cases import Findings, case
from seqflip.ui.gallery.small import healthy, losses, measured, train
from seqflip.ui.labels import percent, significant
from seqflip.ui.parts.subject import Subject


@case(
    "too-fast",
    "Too high a learning rate",
    "The loss jumps up, and stays high.",
    "training",
)
def show(runs: Sequence[Subject]) -> Findings | None:
    """Train with steps that are a hundred times as long."""
    fast, twin = train_small(TOO_FAST), healthy()
    rates = fast.config.training.learning_rate, twin.config.training.learning_rate
    worst = int(fast.losses.argmax())
    return Findings(
        says=(
            f"With a learning rate of {rates[0]:g} instead of {rates[1]:g}, the loss jumps from "
            f"{significant(fast.losses[0], 3)} to {significant(fast.losses[worst], 3)} nats by "
            f"step {worst + 1}, and ends at {significant(fast.losses[-1], 3)}.",
            "Each step goes against the gradient where it was measured. A step that is too long "
            "lands where the gradient says something else.",
        ),
        evidence=(
            losses(
                "The loss of both trainings, step by step",
                {f"rate {rates[0]:g}": fast, f"rate {rates[1]:g}": twin},
            ),
            measured(
                "Both, on held-out sequences",
                {f"rate {rates[0]:g}": fast, f"rate {rates[1]:g}": twin},
            ),
        ),
        live=(train(f"Train it with a rate of {rates[0]:g}", TOO_FAST),),
        repaired=f"With {rates[1]:g}, all else the same, "
        f"{percent(twin.held_out.accuracy)} of the tokens come right instead of "
        f"{percent(fast.held_out.accuracy)}.",
        repair=train(f"Train it with a rate of {rates[1]:g}"),
    )
