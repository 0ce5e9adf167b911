"""Trainings of half a second, for mistakes that are made in training: each has a healthy twin."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

import numpy as np

from seqflip.config.config import Config
from seqflip.config.files import override
from seqflip.data.tasks import Dataset, make_dataset
from seqflip.learning.evaluation import Evaluation, evaluate
from seqflip.learning.events import StepDone
from seqflip.learning.training import TrainingState, train
from seqflip.nn.arrays import FloatArray, IntArray
from seqflip.nn.buffers import Buffers
from seqflip.nn.looking import WeighAt, by_softmax
from seqflip.nn.network import Network, Source
from seqflip.nn.rnn import RecurrentNetwork
from seqflip.nn.rnn.decoder import DecoderState
from seqflip.system.blas import one_blas_thread

SMALL: Final[Mapping[str, int | float]] = MappingProxyType(
    {
        "data.src_length": 6,
        "data.min_length": 6,
        "data.vocab_size": 11,
        "data.n_train": 4000,
        "data.n_test": 200,
        "model.d_model": 16,
        "model.d_k": 8,
        "model.d_v": 16,
        "training.epochs": 4,
    }
)
"""Reversing six of ten symbols: what differs from the defaults."""

TOO_FAST: Final = MappingProxyType({"training.learning_rate": 1.0})
"""Steps that are a hundred times as long."""

BY_HEART: Final = MappingProxyType({"data.n_train": 64, "data.n_test": 100, "training.epochs": 150})
"""Few sequences, read many times."""


class Peeking(RecurrentNetwork):
    """Its decoder reads at step t the very word that it is to predict: a target not shifted."""

    def shifted(self, x_tgt: IntArray) -> IntArray:
        """Return the target as it is."""
        return x_tgt


class Deaf(RecurrentNetwork):
    """Its decoder starts from zeros, and all that it could look at is zero."""

    def read_marked(
        self,
        marked: IntArray,
        rng: np.random.Generator | None,
        buffers: Buffers,
        weigh_at: WeighAt = by_softmax,
    ) -> Source:
        source = super().read_marked(marked, rng, buffers, weigh_at)
        assert isinstance(source.start, DecoderState)
        nothing = np.zeros_like(source.memory.value)
        layers = [tuple(map(np.zeros_like, layer)) for layer in source.start.layers]
        return source._replace(
            memory=source.memory._replace(value=nothing),
            start=source.start._replace(layers=layers),
        )


@dataclass(frozen=True, eq=False)
class Small:
    """A training from its first step to its last.

    Attributes
    ----------
    config : Config
    dataset : Dataset
    network : Network
        With the weights of the last step.
    losses : (steps,)
        Of the batches, in nats per token.
    seen, held_out : Evaluation
        On the first training sequences, as many as there are held-out ones, and on those.
    """

    config: Config
    dataset: Dataset
    network: Network
    losses: FloatArray
    seen: Evaluation
    held_out: Evaluation


def train_small(
    changes: Mapping[str, int | float] = MappingProxyType({}),
    kind: type[RecurrentNetwork] = RecurrentNetwork,
) -> Small:
    """Train a network of a kind with these settings, in place of those that are in :data:`SMALL`.

    Raises
    ------
    ConfigError
        If there can be no such training.
    """
    settings: dict[str, Any] = {**SMALL, **changes}
    config = override(Config(), [f"{name}={value}" for name, value in settings.items()])
    dataset = make_dataset(config.data)
    network = kind(config.model.architecture_for(dataset.vocab_size))  # type: ignore[arg-type]
    network.initialise(np.random.default_rng(config.training.seed))
    with one_blas_thread():
        events = train(TrainingState(network, config.training), dataset)
        losses = [event.loss for event in events if isinstance(event, StepDone)]
        n = config.data.n_test
        seen = evaluate(network, dataset.x_src_train[:n], dataset.x_tgt_train[:n])
        held_out = evaluate(network, dataset.x_src_test, dataset.x_tgt_test)
    return Small(config, dataset, network, np.array(losses), seen, held_out)
