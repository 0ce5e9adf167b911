"""The numbers with which a training ends."""

import math

import numpy as np

from seqflip.config.config import Config
from seqflip.data.tasks import Dataset, true_alignment
from seqflip.learning.evaluation import evaluate
from seqflip.learning.training import TrainingState
from seqflip.nn.arrays import FloatArray

Metrics = dict[str, float | int | str | None]
Parameters = dict[str, FloatArray]


def kept_parameters(state: TrainingState) -> Parameters:
    """Return the best parameters by held-out loss; before any evaluation, those of now."""
    return state.best_parameters if state.has_best else dict(state.network.parameters.values)


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
    network = state.network
    latest = network.parameters.flat.copy()
    network.parameters.assign(kept_parameters(state))
    with np.errstate(over="ignore", invalid="ignore"):  # after a divergence
        n = len(dataset.x_src_test)
        train = (dataset.x_src_train[:n], dataset.x_tgt_train[:n])
        test = (dataset.x_src_test, dataset.x_tgt_test)
        metrics: Metrics = {}
        for kind, (x_src, x_tgt) in (("train", train), ("test", test)):
            truth = true_alignment(config.data.task, x_src, x_tgt, config.data.rotate_by)
            found = evaluate(network, x_src, x_tgt, truth)
            for metric in ("loss", "accuracy", "sequence_accuracy", "alignment"):
                number = getattr(found, metric)
                finite = number is not None and math.isfinite(number)
                metrics[f"{kind}_{metric}"] = number if finite else None
            metrics[f"{kind}_examples"] = len(x_src)
    network.parameters.flat[...] = latest
    return metrics | {
        "seconds": state.seconds,
        "steps": state.step,
        "epochs": state.epoch,
        "parameters": network.parameter_count,
        "reason": reason,
    }
