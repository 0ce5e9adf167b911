"""What attention is for: exact match with it and without it, over the length of the sequence.

``python -m benchmarks.bottleneck`` prints the table of docs/approach.md. All models are trained
alike on reversing sequences of 4 to 20 tokens, and asked about sequences that they never saw.
"""

import argparse
import sys
from collections.abc import Mapping, Sequence
from statistics import median

from benchmarks.table import table
from seqflip.config.config import Config
from seqflip.config.sections import DataConfig, ModelConfig, TrainingConfig
from seqflip.data.tasks import make_dataset
from seqflip.decoding import greedy
from seqflip.learning.metrics import sequence_accuracy_by_length
from seqflip.learning.training import TrainingState, train
from seqflip.nn.buffers import Buffers
from seqflip.system.blas import one_blas_thread
from seqflip.tasks import lengths

DATA = DataConfig(n_train=32_000, n_test=3_400, min_length=4, src_length=20, vocab_size=31)
TRAINING = TrainingConfig(learning_rate=0.02, evaluate_every=None)
MODELS = {
    "with attention": ModelConfig(),
    "without": ModelConfig(attention="none"),
    "without, twice as wide": ModelConfig(attention="none", d_model=64),
}


def exact_match(config: Config) -> dict[int, float]:
    """Train as configured; return the exact match on held-out sequences of each length."""
    dataset = make_dataset(config.data)
    state = TrainingState.begin(config, dataset)
    with one_blas_thread():
        for _ in train(state, dataset):
            pass
        source = state.network.read(dataset.x_src_test, None, Buffers(state.network.dtype))
        answers = greedy(state.network, source, dataset.tgt_length)
    return sequence_accuracy_by_length(answers, dataset.x_tgt_test, lengths(dataset.x_src_test))


def compare(
    data: DataConfig, models: Mapping[str, ModelConfig], training: TrainingConfig, seeds: int
) -> str:
    """Return the table: a row a length, a column a model; each seed has its own data too."""
    columns = {}
    for name, model in models.items():
        found = []
        for seed in range(seeds):
            own_data = data.model_copy(update={"random_seed": seed})
            own_training = training.model_copy(update={"seed": seed})
            config = Config(data=own_data, model=model, training=own_training)
            found.append(exact_match(config))
            print(f"{name}: {seed + 1} of {seeds} trained", file=sys.stderr, flush=True)
        columns[f"{name}: {config.size().parameters:,} parameters"] = found
    asked = range(data.sizes.shortest, data.src_length + 1, 2)
    rows = [
        [str(length), *(percentages([one[length] for one in found]) for found in columns.values())]
        for length in asked
    ]
    return table(["length", *columns], rows)


def percentages(shares: Sequence[float]) -> str:
    """Return the median of some shares and, where they differ, their range."""
    low, middle, high = (
        f"{100 * share:.0f}" for share in (min(shares), median(shares), max(shares))
    )
    return f"{middle} %" if low == high else f"{middle} % ({low}–{high})"


def main() -> None:
    """Train all models with all seeds, and print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bottleneck", description=__doc__)
    parser.add_argument("--seeds", type=int, default=3, help="trainings of each model (default 3)")
    parser.add_argument("--epochs", type=int, default=4, help="passes over the data (default 4)")
    options = parser.parse_args()
    training = TRAINING.model_copy(update={"epochs": options.epochs})
    print(compare(DATA, MODELS, training, options.seeds))


if __name__ == "__main__":
    main()
