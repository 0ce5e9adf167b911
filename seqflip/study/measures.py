"""The four measures of a trained model, on what its run held out, and what chance would give."""

from typing import NamedTuple

from seqflip.data.tasks import true_alignment
from seqflip.learning.chance import guessing_alignment
from seqflip.learning.evaluation import Evaluation, evaluate
from seqflip.nn.arrays import IntArray
from seqflip.runs.held_out import held_out
from seqflip.runs.run import Run
from seqflip.runs.trained import Trained
from seqflip.study.by_chance import places


class Measured(NamedTuple):
    """How good a model is."""

    found: Evaluation
    alignment_by_chance: float | None  # of one that looks at all inputs alike; None without truth


def measure(run: Run, trained: Trained) -> Measured:
    """Measure a model on the held-out sequences of its run.

    Raises
    ------
    ConfigError
        If its data cannot be made any more.
    """
    data = held_out(run)
    return measure_on(trained, data.x_src_test, data.x_tgt_test)


def measure_on(trained: Trained, x_src: IntArray, x_tgt: IntArray) -> Measured:
    """Measure a model on sources ``(n, source_len)`` with these right answers, ``(n, steps)``."""
    data = trained.config.data
    truth = true_alignment(data.task, x_src, x_tgt, data.rotate_by)
    found = evaluate(trained.model.network, x_src, x_tgt, truth)
    chance = None
    if truth is not None and found.alignment is not None:
        chance = guessing_alignment(truth, places(trained.config, x_src))
    return Measured(found, chance)
