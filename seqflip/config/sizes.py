"""How large a configuration is: how many parameters, how much memory.

Everything here is arithmetic on the configuration, so that what cannot fit is refused before
the first array is made. What the network takes, the network itself says.
"""

from dataclasses import dataclass
from typing import Any

from seqflip.config.sections import DataConfig, ModelConfig, TrainingConfig

EVALUATED_AT_ONCE = 256  # sequences
_FLOAT, _INT = 4, 8  # bytes
_CAUSES = {
    "data": ("n_train", "n_test", "src_length", "tgt_length", "vocab_size"),
    "model": ("d_model", "d_k", "d_v", "layers", "feed_forward", "max_positions"),
    "training": ("batch_size",),
}


@dataclass(frozen=True)
class SizeEstimate:
    """What training a configuration takes.

    Attributes
    ----------
    parameters
        Number of trained weights; exact.
    data_bytes
        Memory for training and held-out sequences.
    model_bytes
        Memory for weights, gradients, the optimizer and the best weights so far.
    batch_bytes
        Memory for what one training step keeps for its backward pass; the roughest of the three.
    """

    parameters: int
    data_bytes: int
    model_bytes: int
    batch_bytes: int

    @property
    def memory_bytes(self) -> int:
        """Memory for all of it."""
        return self.data_bytes + self.model_bytes + self.batch_bytes


def estimate(
    data: DataConfig,
    model: ModelConfig,
    training: TrainingConfig,
    *,
    vocab_size: int | None = None,
    src_length: int | None = None,
    tgt_length: int | None = None,
) -> SizeEstimate:
    """Estimate what a training takes, without allocating anything.

    The three sizes stand in the configuration, except for a user's own pairs, where the file
    decides: give them as `make_dataset` found them.
    """
    sizes = data.sizes
    source, target = src_length or sizes.src_length, tgt_length or sizes.tgt_length
    network = model.architecture_for(vocab_size or sizes.vocab_size)
    parameters = network.parameter_count

    n = data.n_train + data.n_test
    batch = max(training.batch_size, min(data.n_test, EVALUATED_AT_ONCE))
    kept = batch * network.kept_by_sequence(source, target) + network.kept_by_batch()
    return SizeEstimate(
        parameters=parameters,
        data_bytes=data_bytes(n, source, target) + 2 * data.n_test * source * target,  # alignments
        model_bytes=6 * _FLOAT * parameters,
        batch_bytes=_FLOAT * kept,
    )


def sequence_bytes(model: ModelConfig, vocab_size: int, src_length: int, tgt_length: int) -> int:
    """Memory for what each sequence of a batch keeps on its way through the network and back."""
    return _FLOAT * model.architecture_for(vocab_size).kept_by_sequence(src_length, tgt_length)


def data_bytes(n: int, src_length: int, tgt_length: int) -> int:
    """Memory for making `n` pairs of sequences: drawn, answered, put into an order."""
    return 3 * _INT * n * (src_length + tgt_length)


def largest_cause(
    data: DataConfig, model: ModelConfig, training: TrainingConfig, **sizes: int | None
) -> str:
    """Name the setting ("section.key") whose default would make the estimate smallest.

    Sizes that are given, as to `estimate`, are a file's, and no setting of `data` is to blame.
    """
    sections: dict[str, Any] = {"data": data, "model": model, "training": training}

    def memory_with_default(section: str, name: str) -> int:
        part = sections[section]
        default = type(part).model_fields[name].default
        changed = sections | {section: part.model_copy(update={name: default})}
        data, model, training = (changed[part] for part in sections)
        return estimate(data, model, training, **sizes).memory_bytes

    blamed = [section for section in _CAUSES if not (sizes and section == "data")]
    keys = [(section, name) for section in blamed for name in _CAUSES[section]]
    return ".".join(min(keys, key=lambda key: memory_with_default(*key)))
