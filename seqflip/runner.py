"""One training from a configuration file to its numbers, in three lines of Python."""

import os

from seqflip.config import Config, load_config
from seqflip.data import make_dataset
from seqflip.learning.events import Finished
from seqflip.learning.results import Metrics, final_metrics
from seqflip.learning.training import TrainingState, train
from seqflip.system.blas import one_blas_thread


class AttentionRunner:
    """Trains what a configuration file describes.

    Parameters
    ----------
    config_path : path, optional
        A YAML file such as those in ``configs/``; without it, the defaults: a quick reversal.

    Examples
    --------
    >>> AttentionRunner("configs/reverse.yaml").run()["test_sequence_accuracy"]  # doctest: +SKIP
    1.0
    """

    def __init__(self, config_path: str | os.PathLike[str] | None = None) -> None:
        self.config = Config() if config_path is None else load_config(config_path)

    def run(self) -> Metrics:
        """Make the data, train on them, and return the numbers as one flat dict.

        Among them are ``train_loss``, ``train_accuracy``, ``test_loss``, ``test_accuracy``,
        ``test_sequence_accuracy``, ``test_alignment``, ``seconds``, ``steps`` and ``parameters``:
        see :func:`seqflip.learning.results.final_metrics`.
        """
        dataset = make_dataset(self.config.data)
        with one_blas_thread():
            state = TrainingState.begin(self.config, dataset)
            reason = "completed"
            for event in train(state, dataset):
                if isinstance(event, Finished):
                    reason = event.reason
            return final_metrics(self.config, dataset, state, reason)
