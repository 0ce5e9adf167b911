"""What a model that has learned nothing would get on a run's held-out sequences."""

from dataclasses import dataclass

import numpy as np

from seqflip.config.config import Config
from seqflip.data.tasks import true_alignment
from seqflip.learning.chance import frequency_loss, guessing_alignment, guessing_loss
from seqflip.learning.metrics import counted
from seqflip.nn.arrays import IntArray
from seqflip.runs.held_out import held_out
from seqflip.runs.run import Run


@dataclass(frozen=True)
class ByChance:
    """Of giving each token the same probability, and looking at all inputs alike.

    Attributes
    ----------
    loss : float
        In nats: log of the number of tokens.
    accuracy, sequence_accuracy : float
        How many tokens, and whole sequences, such guesses get right in the long run.
    alignment : float or None
        None where there is no attention, or no true alignment.
    frequency_loss : float
        Of knowing how often each token occurs, and nothing else.
    """

    loss: float
    accuracy: float
    sequence_accuracy: float
    alignment: float | None
    frequency_loss: float


def by_chance(run: Run) -> ByChance:
    """Compute it; raises ValueError or OSError if the data cannot be made any more."""
    config, data = run.config(), held_out(run)
    x_src, x_tgt = data.x_src_test, data.x_tgt_test
    share = 1 / data.vocab_size
    truth = None
    if config.model.attends:
        truth = true_alignment(config.data.task, x_src, x_tgt, config.data.rotate_by)
    return ByChance(
        loss=guessing_loss(data.vocab_size),
        accuracy=share,
        sequence_accuracy=float(np.mean(share ** counted(x_tgt).sum(axis=1))),
        alignment=None if truth is None else guessing_alignment(truth, places(config, x_src)),
        frequency_loss=frequency_loss(x_tgt),
    )


def places(config: Config, x_src: IntArray) -> IntArray:
    """Return how many places of each source, (n, source_len), can be looked at; marks are some."""
    found: IntArray = (x_src != 0).sum(axis=1) + 2 * config.model.source_marks
    return found
