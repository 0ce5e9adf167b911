"""A target that is not shifted: the accuracy of training is a lie."""

from collections.abc import Sequence

from seqflip.decoding import trace
from seqflip.learning.metrics import up_to_end
from seqflip.study.cases import Peeking, train_small
from seqflip.ui.gallery.cases import Findings, case
from seqflip.ui.gallery.pieces import attend, figures
from seqflip.ui.gallery.small import healthy, measured, train
from seqflip.ui.labels import percent, significant
from seqflip.ui.parts.subject import Subject
from seqflip.ui.parts.typed import FIRST_SOURCE


@case(
    "not-shifted",
    "A target that is not shifted",
    "A perfect accuracy that is a lie.",
    "code",
    runs=("reverse",),
)
def show(runs: Sequence[Subject]) -> Findings | None:
    """Train once with y(t) and once with y(t−1) as the input of step t."""
    peeking, twin = train_small(kind=Peeking), healthy()
    words = peeking.dataset.vocabulary
    source, target = peeking.dataset.x_src_test[0], peeking.dataset.x_tgt_test[0]
    right = up_to_end(target)
    answer = trace(peeking.network, source[source != 0], len(target)).outputs.tolist()
    told, free = peeking.held_out.forced_accuracy, peeking.held_out.accuracy
    return Findings(
        says=(
            "At step t the decoder should read the word before, y(t−1). Here it was given y(t), "
            "the very word that it has to predict, so it learned to copy its own input.",
            f"After {len(peeking.losses)} steps its loss is "
            f"{significant(peeking.held_out.loss, 2)} nats and its accuracy {percent(told)}, "
            f"measured the same way. Free-running nobody tells it the answer: {percent(free)} of "
            f"the tokens are right, and {percent(peeking.held_out.sequence_accuracy)} of the "
            "answers.",
            "So measure a model as it will be used: on its own words.",
        ),
        evidence=(
            measured(
                "Both trainings, on held-out sequences",
                {"not shifted": peeking, "shifted": twin},
            ),
            figures(
                "What the decoder reads and is to say",
                ("step", *map(str, range(1, len(right) + 1))),
                (
                    ("reads, shifted", "begin", *(words[token] for token in right[:-1])),
                    ("reads, not shifted", *(words[token] for token in right)),
                    ("is to say", *(words[token] for token in right)),
                    ("says in use", *(words[token] for token in answer)),
                ),
            ),
        ),
        live=(
            attend(
                runs[0],
                "What a decoder reads at each step, told the right words: the word before",
                runs[0].trained.encode(FIRST_SOURCE),
                1,
                target="right",
            ),
        ),
        repaired=f"With the target shifted by one the same training gets "
        f"{percent(twin.held_out.accuracy)} of the tokens right free-running. Its loss falls more "
        "slowly, because it has to find the words.",
        repair=train("Train with the same settings, and watch both accuracies"),
    )
