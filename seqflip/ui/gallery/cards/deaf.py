"""A decoder that never hears of the encoder."""

import math
from collections.abc import Sequence

from seqflip.decoding import trace
from seqflip.study.cases import SMALL, Deaf, train_small
from seqflip.ui.gallery.cases import Findings, Way, case
from seqflip.ui.gallery.pieces import figures
from seqflip.ui.gallery.small import healthy, losses, measured, train
from seqflip.ui.labels import percent, significant
from seqflip.ui.parts.subject import Subject

_ASKED = 4


@case(
    "deaf",
    "A decoder that never hears of the encoder",
    "The same answer, whatever was asked.",
    "code",
)
def show(runs: Sequence[Subject]) -> Findings | None:
    """Train a decoder that starts from zeros and sees nothing but zeros."""
    deaf, twin = train_small(kind=Deaf), healthy()
    words, limit = deaf.dataset.vocabulary, deaf.dataset.tgt_length
    symbols = int(SMALL["data.vocab_size"]) - 1
    guess = math.log(symbols)
    asked = deaf.dataset.x_src_test[:_ASKED]
    answers = [trace(deaf.network, one[one != 0], limit).outputs.tolist() for one in asked]
    heard = [trace(twin.network, one[one != 0], limit).outputs.tolist() for one in asked]

    def written(tokens: Sequence[int]) -> str:
        return " ".join(words[token] for token in tokens if token != 0)

    same = len({tuple(one) for one in answers}) == 1
    told = "the same answer to all of them" if same else "answers that have nothing to do with them"
    return Findings(
        says=(
            "This decoder starts from zeros, and the values that it could look at are zero, as "
            "when the encoder's states are made and never handed on.",
            f"Asked {len(asked)} different sequences, it gives {told}. Its loss stays at "
            f"{significant(deaf.held_out.loss, 3)} nats: to guess among {symbols} symbols costs "
            f"ln {symbols} = {significant(guess, 3)}.",
            "A loss that stays at the logarithm of the number of choices says that nothing of the "
            "input arrives.",
        ),
        evidence=(
            figures(
                "Held-out sequences, and what both answer",
                ("input", "never hears", "hears"),
                [
                    (written(one.tolist()), written(answer), written(other))
                    for one, answer, other in zip(asked, answers, heard, strict=True)
                ],
            ),
            losses("The loss of both trainings", {"never hears": deaf, "hears": twin}),
            measured("Both, on held-out sequences", {"never hears": deaf, "hears": twin}),
        ),
        live=(
            Way(
                "race",
                "Race: one that hears by attention, one by a single vector",
                {"story": "race-attention"},
            ),
        ),
        repaired=f"With the encoder's last states and values handed on, the same training gets "
        f"{percent(twin.held_out.accuracy)} of the tokens right.",
        repair=train("Train with the same settings, and both ears open"),
    )
