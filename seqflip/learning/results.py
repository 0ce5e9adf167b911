"""The numbers with which a training ends."""

import math

import numpy as np

from seqflip.config.config import (
    Config,
)
from seqflip.data.tasks import Dataset, true_alignment
from seqflip.learning.training import TrainingState
from seqflip.nn.arrays import FloatArray

Metrics = dict[str, float | int | str | None]
Parameters = dict[str, FloatArray]


def kept_parameters(state: TrainingState) -> Parameters:
    """Return the best parameters by held-out loss; before any evaluation, those of now."""
    return state.model.parameters() if math.isinf(state.best_loss) else state.best_parameters


def final_metrics(config: Config, dataset: Dataset, state: TrainingState, reason: str) -> Metrics:
    """Measure the model that is kept, the best by held-out loss, on training and held-out data.

    Of the training data as many sequences are measured as there are held-out ones, so that the
    two compare and measuring never takes longer than training.

    Returns
    -------
    dict
        Flat. ``train_*`` and ``test_*``: loss, accuracy, sequence_accuracy, alignment (None where
        the task has none), examples; ``seconds`` (of training), ``steps``, ``epochs``,
        ``parameters``, and the ``reason`` for which training ended. A loss that is not finite is
        None, as JSON knows no such number.
    """
    model = state.model
    latest = model.network.parameters.flat.copy()
    for name, value in kept_parameters(state).items():
        model.parameters()[name][...] = value
    with np.errstate(over="ignore", invalid="ignore"):  # after a divergence
        n = len(dataset.x_src_test)
        train = (dataset.x_src_train[:n], dataset.x_tgt_train[:n])
        test = (dataset.x_src_test, dataset.x_tgt_test)
        metrics: Metrics = {}
        for kind, (x_src, x_tgt) in (("train", train), ("test", test)):
            truth = true_alignment(config.data.task, x_src, x_tgt, config.data.rotate_by)
            found = model.evaluate(x_src, x_tgt, alignment=truth)
            for metric in ("loss", "accuracy", "sequence_accuracy", "alignment"):
                number = found.get(metric, math.nan)
                metrics[f"{kind}_{metric}"] = number if math.isfinite(number) else None
            metrics[f"{kind}_examples"] = len(x_src)
    model.network.parameters.flat[...] = latest
    return metrics | {
        "seconds": state.seconds,
        "steps": state.step,
        "epochs": state.epoch,
        "parameters": model.parameter_count,
        "reason": reason,
    }
