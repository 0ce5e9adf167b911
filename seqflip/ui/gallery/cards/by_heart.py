"""Data learned by heart."""

import math
from collections.abc import Sequence

from seqflip.study.cases import BY_HEART, SMALL, train_small
from seqflip.ui.gallery.cases import Findings, case
from seqflip.ui.gallery.pieces import figures
from seqflip.ui.gallery.small import healthy, train
from seqflip.ui.labels import percent, significant
from seqflip.ui.parts.subject import Subject


@case(
    "by-heart",
    "Data learned by heart",
    "What it saw is right, and what it did not is wrong.",
    "training",
)
def show(runs: Sequence[Subject]) -> Findings | None:
    """Train on few sequences, many times."""
    few, twin = train_small(BY_HEART), healthy()
    n, epochs = few.config.data.n_train, few.config.training.epochs
    guess = math.log(int(SMALL["data.vocab_size"]) - 1)
    rows = [
        (
            f"{one.config.data.n_train:,} sequences: {kind}",
            significant(evaluation.loss, 3),
            percent(evaluation.accuracy),
            percent(evaluation.sequence_accuracy),
        )
        for one in (few, twin)
        for kind, evaluation in (("trained on", one.seen), ("held out", one.held_out))
    ]
    worse = few.held_out.loss > guess
    beyond = f", more than the {significant(guess, 3)} that a blind guess costs" if worse else ""
    return Findings(
        says=(
            f"{n} sequences, read {epochs} times: of those it answers "
            f"{percent(few.seen.sequence_accuracy)} without a mistake, and of sequences that were "
            f"held out {percent(few.held_out.sequence_accuracy)}.",
            f"On what was held out its loss is {significant(few.held_out.loss, 3)} nats{beyond}: "
            "it is sure, and wrong.",
            "Only sequences that it never saw can tell rule from memory.",
        ),
        evidence=(
            figures(
                "Trained on, and held out",
                ("sequences", "loss, nats", "tokens, free-running", "exact match"),
                rows,
            ),
        ),
        live=(train(f"Train on {n} sequences, and watch the two curves part", BY_HEART),),
        repaired=f"With {twin.config.data.n_train:,} sequences and as few as "
        f"{len(twin.losses)} steps, {percent(twin.held_out.sequence_accuracy)} of what was held "
        f"out is right, and {percent(twin.seen.sequence_accuracy)} of what was trained on.",
        repair=train(f"Train on {twin.config.data.n_train:,} sequences"),
    )
