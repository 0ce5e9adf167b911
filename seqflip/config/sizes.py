"""How large a configuration is: how many sequences there are, how many parameters, how much memory.

Everything here is arithmetic on the configuration, so that what cannot fit is refused before
the first array is made.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from seqflip.config.config import Config

GATES = {"rnn": 1, "gru": 3, "lstm": 4}
SIZES = {
    "data": ("n_train", "n_test", "src_length", "tgt_length", "vocab_size"),
    "model": ("d_model", "d_k", "d_v", "layers"),
    "training": ("batch_size",),
}
EVALUATED_AT_ONCE = 256
_FLOAT, _INT = 4, 8  # bytes


@dataclass(frozen=True)
class Estimate:
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
    config: "Config",
    *,
    vocab_size: int | None = None,
    src_length: int | None = None,
    tgt_length: int | None = None,
) -> Estimate:
    """Estimate what training `config` takes, without allocating anything.

    The three sizes stand in the configuration, except for a user's own pairs, where the file
    decides: give them as `make_dataset` found them.
    """
    data, model = config.data, config.model
    batch = max(config.training.batch_size, min(data.n_test, EVALUATED_AT_ONCE))
    vocab = vocab_size or data.vocab_size
    source = src_length or data.src_length
    target = tgt_length or data.target_length
    parameters = count_parameters(config, vocab)

    wide = GATES[model.cell] * model.d_model
    tables = 2 * vocab * wide * 3  # embedding times input weights: two directions and the decoder

    n = data.n_train + data.n_test
    return Estimate(
        parameters=parameters,
        data_bytes=data_bytes(n, source, target) + 2 * data.n_test * source * target,  # alignments
        model_bytes=6 * _FLOAT * parameters,
        batch_bytes=batch * sequence_bytes(config, vocab, source, target) + _FLOAT * tables,
    )


def sequence_bytes(config: "Config", vocab_size: int, source: int, target: int) -> int:
    """Memory for what each sequence of a batch keeps on its way through the model and back."""
    model = config.model
    wide = GATES[model.cell] * model.d_model
    # A recurrent step keeps its gates, its states, and the gradients of both.
    recurrent = model.layers * (source + target) * (2 * wide + 6 * model.d_model)
    attention = 0
    if model.attention != "none":
        # scores, weights and their gradients; additive attention has a whole vector for each score
        score_width = 4 + (2 * model.d_k if model.attention == "additive" else 0)
        attention = target * source * score_width
        attention += 3 * (source + target) * (model.d_k + model.d_v)
    logits = 3 * target * vocab_size
    return _FLOAT * (recurrent + attention + logits)


def data_bytes(n: int, src_length: int, tgt_length: int) -> int:
    """Memory for making `n` pairs of sequences: drawn, answered, put into an order."""
    return 3 * _INT * n * (src_length + tgt_length)


def count_parameters(config: "Config", vocab_size: int) -> int:
    """Count the weights of the model that `config` describes, for a vocabulary of `vocab_size`."""
    model = config.model
    d, d_k, d_v = model.d_model, model.d_k, model.d_v
    gates = GATES[model.cell]
    attends = model.attention != "none"

    def recurrent(inputs: int, width: int) -> int:
        return gates * width * (inputs + width + 2)  # two matrices, two biases

    directions = 2 if model.bidirectional else 1
    encoder = model.layers * directions * recurrent(d, d // directions)
    fed = d_v if model.input_feeding else 0
    decoder = recurrent(d + fed, d) + (model.layers - 1) * recurrent(d, d)
    attention = (2 * d_k + d_v) * d if attends else 0
    if model.attention == "additive":
        attention += d_k
    output = vocab_size * (d + (d_v if attends else 0) + 1)
    return (vocab_size + 1) * d + encoder + decoder + attention + output


def largest_cause(config: "Config", **sizes: int | None) -> str:
    """Name the setting ("section.key") whose default would make the estimate smallest.

    Sizes that are given, as to `estimate`, are a file's, and no setting of `data` is to blame.
    """

    def memory_with_default(section: str, name: str) -> int:
        part = getattr(config, section)
        default = type(part).model_fields[name].default
        changed = part.model_copy(update={name: default})
        return estimate(config.model_copy(update={section: changed}), **sizes).memory_bytes

    sections = [section for section in SIZES if not (sizes and section == "data")]
    keys = [(section, name) for section in sections for name in SIZES[section]]
    return ".".join(min(keys, key=lambda key: memory_with_default(*key)))
