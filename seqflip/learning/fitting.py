"""Training without a configuration: arrays in, a history out."""

import warnings

import numpy as np

from seqflip.config.sections import TrainingConfig
from seqflip.data.tasks import Dataset
from seqflip.learning.events import EpochDone, Finished
from seqflip.learning.training import TrainingState, train
from seqflip.nn.arrays import IntArray
from seqflip.nn.network import Network
from seqflip.system.blas import one_blas_thread

Pairs = tuple[IntArray, IntArray]


def fit(
    network: Network,
    pairs: Pairs,
    held_out: Pairs | None,
    epochs: int,
    learning_rate: float,
    batch_size: int,
    verbose: bool,
    seed: int | None,
) -> dict[str, list[float]]:
    """Train with Adam at a constant rate; ``seed`` decides the order, None: different every time.

    A divergence is warned of: what is returned then ends early, and the last good weights stay.
    """
    x_src, x_tgt = pairs
    nothing = (x_src[:0], x_tgt[:0])
    test_src, test_tgt = held_out or nothing
    dataset = Dataset(
        x_src, x_tgt, test_src, test_tgt, [], network.vocab_size, x_src.shape[1], x_tgt.shape[1]
    )
    settings = TrainingConfig(
        epochs=int(epochs),
        learning_rate=float(learning_rate),
        batch_size=int(batch_size),
        schedule="constant",
        evaluate_every=None,
        evaluate_examples=max(1, len(test_src)),
        seed=int(np.random.default_rng().integers(2**63) if seed is None else seed),
    )
    state = TrainingState(network, settings)
    with one_blas_thread():
        for event in train(state, dataset):
            if verbose and isinstance(event, EpochDone):
                print(_line(event, epochs, state))
            elif isinstance(event, Finished) and event.reason == "diverged":
                warnings.warn(event.message, RuntimeWarning, stacklevel=3)
    names = ["loss", "accuracy"]
    if held_out is not None:
        names += ["val_loss", "val_accuracy", "val_sequence_accuracy"]
    return {name: [v for v in state.history[name] if v is not None] for name in names}


def _line(event: EpochDone, epochs: int, state: TrainingState) -> str:
    line = f"epoch {event.epoch}/{epochs}  loss {event.loss:.4f}  accuracy {event.accuracy:.4f}"
    for name in ("val_loss", "val_sequence_accuracy"):
        if state.history[name]:
            line += f"  {name} {state.history[name][-1]:.4f}"
    return line
