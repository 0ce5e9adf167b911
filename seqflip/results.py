"""The numbers with which a training ends."""

import math

from seqflip.config import Config
from seqflip.nn.arrays import FloatArray
from seqflip.tasks import Dataset, true_alignment
from seqflip.training import TrainingState

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
        ``parameters``, and the ``reason`` for which training ended.
    """
    model = state.model
    latest = {name: array.copy() for name, array in model.parameters().items()}
    model.load_parameters(kept_parameters(state))
    try:
        n = len(dataset.x_src_test)
        train = (dataset.x_src_train[:n], dataset.x_tgt_train[:n])
        test = (dataset.x_src_test, dataset.x_tgt_test)
        metrics: Metrics = {}
        for kind, (x_src, x_tgt) in (("train", train), ("test", test)):
            truth = true_alignment(config.data.task, x_src, x_tgt, config.data.rotate_by)
            found = model.evaluate(x_src, x_tgt, alignment=truth)
            for name in ("loss", "accuracy", "sequence_accuracy", "alignment"):
                metrics[f"{kind}_{name}"] = found.get(name)
            metrics[f"{kind}_examples"] = len(x_src)
    finally:
        model.load_parameters(latest)
    return metrics | {
        "seconds": state.seconds,
        "steps": state.step,
        "epochs": state.epoch,
        "parameters": model.parameter_count,
        "reason": reason,
    }
