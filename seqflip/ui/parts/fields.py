"""The settings that a page offers: one line each, with what it does to the learning.

Types, defaults and bounds come from `seqflip.config`; nothing of them is repeated here. A field's
name is its key in the session and its name in the URL as well, so a link reads like a
configuration: `?task=sort&d_model=64`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, cast, get_args

from pydantic import TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from seqflip.config import SECTIONS, Config
from seqflip.config.section import options_of, valid_for
from seqflip.nn import Registry

Group = Literal["open", "data", "model", "training", "fine"]
Values = dict[str, Any]
Needs = tuple[str, Callable[[Any], bool]]  # the name of a choice, and which of its kinds suit


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
    needs : tuple of pairs
        The names of choices, and which of their kinds this setting means something with.
    """

    section: str
    name: str
    group: Group
    label: str
    help: str
    needs: tuple[Needs, ...] = ()

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
        if options_of(self.info) is not None:
            return tuple(self.words)
        kind = self.info.annotation
        return next((part for part in get_args(kind) if part is not type(None)), kind)

    @property
    def optional(self) -> bool:
        """Whether it may be left empty."""
        return type(None) in get_args(self.info.annotation)

    @property
    def valid(self) -> str:
        """What may stand there, in words."""
        return valid_for(self.info)

    @property
    def words(self) -> dict[str, str]:
        """How the page calls the options of a choice, as each kind says itself."""
        options = options_of(self.info)
        kinds = options if isinstance(options, Registry) else {}
        return {name: kind.label for name, kind in kinds.items() if kind.label}

    def applies(self, values: Mapping[str, Any]) -> bool:
        """Whether it means something beside these values; what is left out is as by default."""
        for name, suits in self.needs:
            choice = BY_NAME[name]
            kinds = options_of(choice.info)
            value = values.get(name, choice.info.default)
            if not (isinstance(kinds, Registry) and suits(kinds[value])):
                return False
        return True

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
    *needs: Needs,
) -> Field:
    section, name = key.split(".")
    if section == "model" and name != "architecture":
        needs = (("architecture", lambda kind: name in kind.settings), *needs)
    return Field(section, name, group, label, help, needs)


_ANY_SOURCE: Needs = ("task", lambda kind: kind.any_source)
_ATTENDS: Needs = ("attention", lambda kind: kind.attends)
_COUNTS: Needs = ("positions", lambda kind: kind.counts)

FIELDS: tuple[Field, ...] = (
    _field(
        "data.task",
        "open",
        "Task",
        "What is to be learned. Each task has its own pattern of attention: reversal is the "
        "anti-diagonal, copying the diagonal, rotating two diagonals, and sorting looks "
        "wherever the next token stands. The small languages have sentences of their own, and "
        "learn best with the settings of their presets.",
    ),
    _field(
        "data.symbols",
        "data",
        "Symbols",
        "How tokens are written. With letters you can type your name; to the model it is all the "
        "same, as it sees the numbers of the tokens alone.",
        _ANY_SOURCE,
    ),
    _field(
        "data.vocab_size",
        "open",
        "Vocabulary",
        "How many token ids there are, counting the 0 that ends a sequence. More symbols mean "
        "more embeddings to tell apart, so the loss starts higher (at its logarithm) and "
        "falls later.",
        _ANY_SOURCE,
    ),
    _field(
        "data.min_length",
        "open",
        "Shortest source",
        "Tokens in the shortest sequence; leave it empty for sequences that are all of one "
        "length. With many lengths the model cannot learn fixed places by heart, it has to "
        "find where to look.",
        _ANY_SOURCE,
    ),
    _field(
        "data.src_length",
        "open",
        "Longest source",
        "Tokens in the longest sequence. Without attention the decoder knows the source only "
        "as one vector, so longer is much harder; with attention it is a little slower.",
        _ANY_SOURCE,
    ),
    _field(
        "model.architecture",
        "open",
        "Architecture",
        "Recurrent: a state follows another, and the decoder looks back at the source. "
        "Transformer: there are no states; all words look at each other, several times, each time "
        "with several heads. What can be set further down depends on it.",
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
        "leaves only the encoder's last state. Shift moves on from where it looked a step "
        "before, location is told where that was: so they can go on beyond the trained length.",
    ),
    _field(
        "data.tgt_length",
        "data",
        "Longest target",
        "Tokens in the longest target; leave it empty for as many as the source has. What is "
        "more is cut, so a shorter target is an easier task.",
        ("task", lambda kind: kind.any_target_length),
    ),
    _field(
        "data.rotate_by",
        "data",
        "Rotate by",
        "How many tokens move from the front to the end: where the first diagonal of the "
        "attention ends and the other begins.",
        ("task", lambda kind: kind.rotates),
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
        "gates that let a gradient reach further back, and cost three and four times as much. "
        "Feedforward remembers nothing: only attention can know where it was.",
    ),
    _field(
        "model.layers",
        "model",
        "Layers",
        "Layers on top of each other, in encoder and decoder. These tasks need one; more are "
        "slower. A Transformer learns them in fewer steps with two.",
    ),
    _field(
        "model.heads",
        "model",
        "Heads",
        "How many looks each attention takes at once, each with its share of the width. They must "
        "divide the width. With one, what is seen is one weighted mean.",
    ),
    _field(
        "model.feed_forward",
        "model",
        "Feed-forward width",
        "Numbers in the hidden layer that each word goes through behind its looks; 0: there is "
        "none, and the model only looks.",
    ),
    _field(
        "model.positions",
        "model",
        "Positions",
        "What tells where a word stands. Attention by itself sees a set of words without order, so "
        "with none the source cannot be reversed.",
    ),
    _field(
        "model.max_positions",
        "model",
        "Places",
        "How many places there are: vectors that are learned, or places that are drawn from. No "
        "trained sequence may be longer.",
        _COUNTS,
    ),
    _field(
        "model.norm",
        "model",
        "Layer norms",
        "Whether vectors are normalised before each part or after it. After is how it was "
        "published, and asks for more care with the first steps.",
    ),
    _field(
        "model.bidirectional",
        "model",
        "Read in both directions",
        "Half of each encoder state reads forwards, half backwards, so that a position also "
        "knows what follows it. It need not help: attention sees every position anyway.",
    ),
    _field(
        "model.d_k",
        "model",
        "Query and key width (d_k)",
        "Numbers in a query and a key. Too few and positions cannot be told apart, so "
        "attention stays blurred.",
        _ATTENDS,
    ),
    _field(
        "model.d_v",
        "model",
        "Value width (d_v)",
        "Numbers in a value, and so in the context. Too few and the right place is found, but "
        "not what stands there.",
        _ATTENDS,
    ),
    _field(
        "model.input_feeding",
        "model",
        "Input feeding",
        "Tells the decoder at each step what it attended to before, so that it can keep track "
        "of where it is. Slower, as all steps must then be taken one by one.",
        _ATTENDS,
    ),
    _field(
        "model.source_marks",
        "model",
        "Marks around the source",
        "The encoder reads a mark before the source and one behind it, and both can be looked "
        "at: then the end is found wherever it is, and need not be counted.",
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
    ),
    _field(
        "training.schedule",
        "training",
        "Schedule",
        "Whether the learning rate falls on the way. Falling to zero lets the last errors "
        "settle; constant keeps the curves restless.",
    ),
    _field(
        "training.teacher_forcing_ratio",
        "training",
        "Teacher forcing",
        "How often the decoder is fed the true token during training. At 1 it learns fast, "
        "but never meets its own mistakes; lower (scheduled sampling) is slower and sturdier.",
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
        ("optimizer", lambda kind: "momentum" in kind.settings),
    ),
    _field(
        "training.beta2",
        "fine",
        "Memory of gradient sizes (β₂)",
        "How slowly Adam forgets how large gradients were. 0.98 forgets the wild first steps "
        "in time for a short training.",
        ("optimizer", lambda kind: "beta2" in kind.settings),
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


def with_labels(sentence: str) -> str:
    """Name settings in a sentence as the page does."""
    for key in sorted(BY_KEY, key=len, reverse=True):
        sentence = sentence.replace(key, f"“{BY_KEY[key].label}”")
    return sentence
