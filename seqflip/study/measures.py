"""The four measures of a trained model, on what its run held out, and what chance would give."""

from typing import NamedTuple

import numpy as np

from seqflip.data.tasks import true_alignment
from seqflip.learning.evaluation import Evaluation, evaluate
from seqflip.learning.metrics import alignment
from seqflip.nn.arrays import BoolArray, IntArray
from seqflip.runs.held_out import held_out
from seqflip.runs.run import Run
from seqflip.runs.trained import Trained


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
    chance = None if truth is None or found.alignment is None else _by_chance(x_src, truth)
    return Measured(found, chance)


def _by_chance(x_src: IntArray, truth: BoolArray) -> float:
    is_token = x_src != 0
    alike = is_token / is_token.sum(axis=1, keepdims=True)
    return alignment(np.broadcast_to(alike[:, None], truth.shape), truth)
