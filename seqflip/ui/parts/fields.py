"""The settings that a page offers: one line each, with what it does to the learning.

Types, defaults and bounds come from `seqflip.config`; nothing of them is repeated here. A field's
name is its key in the session and its name in the URL as well, so a link reads like a
configuration: `?task=sort&d_model=64`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, cast, get_args, get_origin

from pydantic import TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from seqflip.config.config import (
    SECTIONS,
    Config,
)

Group = Literal["open", "data", "model", "training", "fine"]
Values = dict[str, Any]


@dataclass(frozen=True)
class Field:
    """One setting as a page offers it.

    Attributes
    ----------
    section, name : str
        Where it stands in the configuration.
    group : str
        Where it stands on the page; "open" is always in sight.
    label, help : str
        What it is called, and what it does to the learning.
    only : mapping
        Other fields' values with which this one means something; empty for always.
    words : mapping
        How the page calls the options of a choice.
    """

    section: str
    name: str
    group: Group
    label: str
    help: str
    only: Mapping[str, tuple[Any, ...]]
    words: Mapping[str, str]

    @property
    def key(self) -> str:
        """The setting as configurations and errors name it."""
        return f"{self.section}.{self.name}"

    @property
    def info(self) -> FieldInfo:
        """What the configuration says about it."""
        return SECTIONS[self.section].model_fields[self.name]

    @property
    def kind(self) -> Any:
        """`int`, `float` or `bool`; or the options of a choice, as a tuple."""
        kind = self.info.annotation
        if get_origin(kind) is Literal:
            return tuple(option for option in get_args(kind) if option in self.words)
        return next((part for part in get_args(kind) if part is not type(None)), kind)

    @property
    def optional(self) -> bool:
        """Whether it may be left empty."""
        return type(None) in get_args(self.info.annotation)

    @property
    def valid(self) -> str:
        """What may stand there, in words."""
        extra = self.info.json_schema_extra
        return str(extra["valid"]) if isinstance(extra, dict) else ""

    def applies(self, values: Mapping[str, Any]) -> bool:
        """Whether it means something beside these values."""
        return all(values.get(name) in allowed for name, allowed in self.only.items())

    def accepts(self, value: Any) -> bool:
        """Whether this value can be, whatever stands beside it."""
        kind = cast(Any, Annotated[self.info.annotation, self.info])
        try:
            TypeAdapter(kind).validate_python(value, strict=True)
        except ValidationError:
            return False
        return not isinstance(self.kind, tuple) or value in self.kind


def _field(
    key: str,
    group: Group,
    label: str,
    help: str,
    only: Mapping[str, tuple[Any, ...]] | None = None,
    words: Mapping[str, str] | None = None,
) -> Field:
    section, name = key.split(".")
    return Field(section, name, group, label, help, only or {}, words or {})


_ATTENDS = {"attention": ("scaled_dot", "dot", "additive")}

FIELDS: tuple[Field, ...] = (
    _field(
        "data.task",
        "open",
        "Task",
        "What is to be learned. Each task has its own pattern of attention: reversal is the "
        "anti-diagonal, copying the diagonal, rotating two diagonals, and sorting looks "
        "wherever the next token stands.",
        words={"reverse": "Reverse", "copy": "Copy", "sort": "Sort", "rotate": "Rotate"},
    ),
    _field(
        "data.vocab_size",
        "open",
        "Vocabulary",
        "How many token ids there are, counting the 0 that ends a sequence. More symbols mean "
        "more embeddings to tell apart, so the loss starts higher (at its logarithm) and "
        "falls later.",
    ),
    _field(
        "data.min_length",
        "open",
        "Shortest source",
        "Tokens in the shortest sequence; leave it empty for sequences that are all of one "
        "length. With many lengths the model cannot learn fixed places by heart, it has to "
        "find where to look.",
    ),
    _field(
        "data.src_length",
        "open",
        "Longest source",
        "Tokens in the longest sequence. Without attention the decoder knows the source only "
        "as one vector, so longer is much harder; with attention it is a little slower.",
    ),
    _field(
        "model.d_model",
        "open",
        "Width (d_model)",
        "Numbers in each embedding and state. Wider learns in fewer steps, but each step "
        "takes longer, roughly with the square of the width.",
    ),
    _field(
        "model.attention",
        "open",
        "Attention",
        "How the decoder looks back at the source. Scaled dot divides the scores by √d_k, so "
        "that the softmax starts soft; dot does not, which shows what that is good for. None "
        "leaves only the encoder's last state.",
        words={
            "scaled_dot": "Scaled dot product",
            "dot": "Dot product, unscaled",
            "additive": "Additive",
            "none": "None (bottleneck)",
        },
    ),
    _field(
        "data.tgt_length",
        "data",
        "Longest target",
        "Tokens in the longest target; leave it empty for as many as the source has. What is "
        "more is cut, so a shorter target is an easier task.",
        only={"task": ("reverse", "copy")},
    ),
    _field(
        "data.rotate_by",
        "data",
        "Rotate by",
        "How many tokens move from the front to the end: where the first diagonal of the "
        "attention ends and the other begins.",
        only={"task": ("rotate",)},
    ),
    _field(
        "data.n_train",
        "data",
        "Examples",
        "Sequences to train on. With too few the model learns them by heart: training "
        "accuracy rises, held-out accuracy does not.",
    ),
    _field(
        "data.n_test",
        "data",
        "Held-out examples",
        "Sequences that are never trained on. They do not change the learning; more of them "
        "measure it more finely.",
    ),
    _field(
        "data.random_seed",
        "data",
        "Data seed",
        "Chooses the sequences. Another seed is another draw of the same task; what is "
        "learned should not depend on it.",
    ),
    _field(
        "model.cell",
        "model",
        "Cell",
        "The recurrent cell. The plain RNN forgets over some ten steps; GRU and LSTM have "
        "gates that let a gradient reach further back, and cost three and four times as much.",
        words={"rnn": "RNN (tanh)", "gru": "GRU", "lstm": "LSTM"},
    ),
    _field(
        "model.layers",
        "model",
        "Layers",
        "Recurrent layers on top of each other. These tasks need one; more are slower, and "
        "often harder to train.",
    ),
    _field(
        "model.bidirectional",
        "model",
        "Read in both directions",
        "Half of each encoder state reads forwards, half backwards, so that a position also "
        "knows what follows it. Sorting gains most.",
    ),
    _field(
        "model.d_k",
        "model",
        "Query and key width (d_k)",
        "Numbers in a query and a key. Too few and positions cannot be told apart, so "
        "attention stays blurred.",
        only=_ATTENDS,
    ),
    _field(
        "model.d_v",
        "model",
        "Value width (d_v)",
        "Numbers in a value, and so in the context. Too few and the right place is found, but "
        "not what stands there.",
        only=_ATTENDS,
    ),
    _field(
        "model.input_feeding",
        "model",
        "Input feeding",
        "Tells the decoder at each step what it attended to before, so that it can keep track "
        "of where it is. Slower, as all steps must then be taken one by one.",
        only=_ATTENDS,
    ),
    _field(
        "model.dropout",
        "model",
        "Dropout",
        "Share of activations that are switched off at each training step. It keeps a model "
        "from learning by heart; here there is data enough, so it mostly slows the learning.",
    ),
    _field(
        "training.epochs",
        "training",
        "Epochs",
        "Passes over the training examples. Longer training only helps until the held-out "
        "curves are flat.",
    ),
    _field(
        "training.learning_rate",
        "training",
        "Learning rate",
        "How far each step goes. Too small is slow, too large jumps about or diverges. It can "
        "be changed while it runs.",
    ),
    _field(
        "training.batch_size",
        "training",
        "Batch size",
        "Sequences in one step. Larger batches make smoother curves, and fewer steps in an epoch.",
    ),
    _field(
        "training.optimizer",
        "training",
        "Optimizer",
        "Adam gives every weight its own step size and learns these tasks in seconds; SGD "
        "needs a larger learning rate and far more patience.",
        words={"adam": "Adam", "sgd": "SGD with momentum"},
    ),
    _field(
        "training.schedule",
        "training",
        "Schedule",
        "Whether the learning rate falls on the way. Falling to zero lets the last errors "
        "settle; constant keeps the curves restless.",
        words={"constant": "Constant", "linear": "Falls linearly", "cosine": "Falls as a cosine"},
    ),
    _field(
        "training.teacher_forcing_ratio",
        "training",
        "Teacher forcing",
        "How often the decoder is fed the true token during training. At 1 it learns fast, "
        "but never meets its own mistakes; lower is slower and sturdier.",
    ),
    _field(
        "training.seed",
        "training",
        "Seed",
        "Chooses first weights, order and dropout. The same seed gives the same run; another "
        "shows how much was luck.",
    ),
    _field(
        "training.momentum",
        "fine",
        "Momentum",
        "How much of the last step goes on. It carries SGD over flat stretches.",
        only={"optimizer": ("sgd",)},
    ),
    _field(
        "training.beta2",
        "fine",
        "Memory of gradient sizes (β₂)",
        "How slowly Adam forgets how large gradients were. 0.98 forgets the wild first steps "
        "in time for a short training.",
        only={"optimizer": ("adam",)},
    ),
    _field(
        "training.warmup_steps",
        "fine",
        "Warm-up steps",
        "Steps in which the learning rate first rises from zero, while the optimizer's "
        "averages are still rough.",
    ),
    _field(
        "training.clip_norm",
        "fine",
        "Clip gradients at",
        "The longest gradient that is followed as it is; longer ones are shortened. It keeps "
        "one bad batch from undoing the learning. Empty is no clipping.",
    ),
    _field(
        "training.patience",
        "fine",
        "Patience",
        "Evaluations without a better held-out loss before training stops by itself. Empty "
        "never stops early.",
    ),
    _field(
        "training.evaluate_every",
        "fine",
        "Evaluate every",
        "Steps between two looks at the held-out examples: the points of the held-out curves. "
        "It costs time, and does not change the learning. Empty is once an epoch.",
    ),
    _field(
        "training.evaluate_examples",
        "fine",
        "Evaluate on",
        "Held-out examples for each look; the last one takes all.",
    ),
    _field(
        "training.max_steps",
        "fine",
        "At most steps",
        "Stops after so many steps, even inside an epoch. Empty is all epochs.",
    ),
)
BY_NAME = {field.name: field for field in FIELDS}
BY_KEY = {field.key: field for field in FIELDS}


def values_of(config: Config) -> Values:
    """Return all offered settings of a configuration."""
    return {field.name: getattr(getattr(config, field.section), field.name) for field in FIELDS}


def in_words(sentence: str) -> str:
    """Name settings in a sentence as the page does."""
    for key in sorted(BY_KEY, key=len, reverse=True):
        sentence = sentence.replace(key, f"“{BY_KEY[key].label}”")
    return sentence
