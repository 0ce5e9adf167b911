"""SeqFlip as its users train it: the public training loop, whatever it does beside the mathematics.

That includes shuffling, the accuracy and gradient norm of every step, and one event a step.
"""

import numpy as np

from benchmarks.problem import Array, Problem
from seqflip import Seq2SeqAttentionModel
from seqflip.config.sections import TrainingConfig
from seqflip.data.tasks import Dataset
from seqflip.learning.events import StepDone
from seqflip.learning.training import TrainingState, train


class SeqFlip:
    """Trains through :func:`seqflip.learning.training.train`."""

    def __init__(self, problem: Problem) -> None:
        length = problem.length
        self._first = problem.x_src[0], problem.x_tgt[0]
        self._model = Seq2SeqAttentionModel(
            problem.vocab_size,
            length,
            length,
            problem.d_model,
            problem.d_k,
            problem.d_v,
            **problem.options,
        )
        self._weights = problem.parameters
        self._model.load_parameters(self._weights)
        x_src, x_tgt = problem.x_src.reshape(-1, length), problem.x_tgt.reshape(-1, length)
        vocabulary = [str(token) for token in range(problem.vocab_size)]
        nothing = np.empty((0, length), np.int64)
        dataset = Dataset(
            x_src, x_tgt, nothing, nothing, vocabulary, problem.vocab_size, length, length
        )
        settings = TrainingConfig(
            epochs=1_000_000,
            learning_rate=problem.learning_rate,
            batch_size=problem.batch_size,
            optimizer="adam",
            schedule="constant",
            clip_norm=problem.clip_norm,
            evaluate_every=None,
        )
        self._events = train(TrainingState(self._model.network, settings), dataset)

    def loss_and_gradients(self) -> tuple[float, dict[str, Array]]:
        """Return the first batch's loss and gradients at the first weights."""
        self._model.load_parameters(self._weights)
        return self._model.loss_and_gradients(*self._first)

    def parameters(self) -> dict[str, Array]:
        """Return the weights."""
        return self._model.parameters()

    def run(self, steps: int) -> None:
        """Take training steps."""
        while steps:
            steps -= isinstance(next(self._events), StepDone)
