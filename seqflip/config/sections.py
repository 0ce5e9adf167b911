"""The sections of a configuration: every setting, its bounds, its default and what it is for.

The rules for one value stand in its field, those between values in `_problems`.
"""

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar

from pydantic import field_validator

from seqflip.config.counting import count_sequences
from seqflip.config.section import (
    OneOf,
    Section,
    choice,
    field,
    quantity,
    shown,
    switch,
    whole,
    whole_or_null,
)
from seqflip.nn import (
    ARCHITECTURES,
    ATTENTIONS,
    CELLS,
    NORMS,
    OPTIMIZERS,
    POSITIONS,
    SCHEDULES,
    Architecture,
)
from seqflip.tasks import NUMBERS, SYMBOLS, TASKS, Language, Sizes

LARGEST_SEED = 2**63 - 1
LARGEST_LEARNING_RATE = 1000
SPELLINGS = ("words", "letters")
LEVELS = ("debug", "info", "warning", "error")

_OF_PAIRS = ("tokens", "lower_case", "punctuation", "min_count", "max_tokens", "header")
_SIZES_OF_SEQUENCES = ("src_length", "tgt_length", "min_length", "vocab_size")


class DataConfig(Section):
    """The task and its sequences."""

    prefix: ClassVar[str] = "data."

    task: Annotated[str, OneOf(TASKS)] = choice(
        "reverse", "What is learned; pairs comes from your own file."
    )
    n_train: int = whole(4000, "How many sequences are trained on.")
    n_test: int = whole(500, "How many held-out sequences; none of them is trained on.")
    src_length: int = whole(10, "Tokens in the longest source.")
    tgt_length: int | None = whole_or_null(
        None,
        "Tokens in the longest target; copy and reverse cut what is more, and pad what is less.",
        "as long as the source",
    )
    min_length: int | None = whole_or_null(
        4, "Tokens in the shortest source.", "all are src_length long"
    )
    vocab_size: int = whole(
        21, "Token ids, counting the 0 that pads: 21 has symbols 1 to 20.", low=2
    )
    symbols: Annotated[str, OneOf(SYMBOLS)] = choice(
        NUMBERS.name, "How the symbols of the built-in tasks are written."
    )
    random_seed: int = whole(0, "Chooses the sequences.", low=0, high=LARGEST_SEED)
    rotate_by: int = whole(1, "How many tokens move from the front to the end (rotate only).")
    path: str | None = field(
        None,
        "the path of a file of pairs, or null",
        "The file with your own pairs (pairs only); relative to the configuration file.",
        min_length=1,
    )
    tokens: Annotated[str, OneOf(SPELLINGS)] = choice(
        "words", "What is a token of your own pairs (pairs only): each word, or each letter."
    )
    lower_case: bool = switch(False, "Whether your own pairs are read in lower case (pairs only).")
    punctuation: bool = switch(
        False,
        "Whether punctuation in your own pairs is apart from words (pairs of words only).",
    )
    min_count: int = whole(
        1,
        "How often a token of your own pairs must occur; rarer ones are read as <unknown> "
        "(pairs only).",
    )
    max_tokens: int | None = whole_or_null(
        None, "Tokens in a side of your own pairs, at most (pairs only).", "leave out no pair"
    )
    header: bool | None = field(
        None,
        "true, false, or null (if it has usual names)",
        "Whether the first line of your own pairs names the columns (pairs only).",
    )

    @property
    def own_pairs(self) -> bool:
        """Whether the sequences come from a user's own file."""
        return TASKS[self.task].reads_file

    @property
    def reading(self) -> dict[str, Any]:
        """How the file is read: the arguments of :func:`seqflip.data.read_pairs`."""
        return {name: getattr(self, name) for name in _OF_PAIRS}

    @property
    def any_source(self) -> bool:
        """Whether any tokens in any order are a source."""
        return TASKS[self.task].any_source

    @property
    def sizes(self) -> Sizes:
        """How large the sequences are; of a user's own pairs a guess, as the file decides."""
        kind = TASKS[self.task]
        if issubclass(kind, Language):
            return kind.sizes()
        longest = self.src_length
        return Sizes(
            vocab_size=self.vocab_size,
            shortest=longest if self.min_length is None else self.min_length,
            src_length=longest,
            tgt_length=longest if self.tgt_length is None else self.tgt_length,
        )

    def _problems(self) -> Iterator[tuple[str, str]]:
        task, sizes = TASKS[self.task], self.sizes
        if self.own_pairs:
            yield from self._problems_of_pairs()
            return
        if self.path is not None:
            yield (
                "data.path",
                f"data.path is {shown(self.path)} but task {self.task} reads no file; "
                "leave it out or set data.task to pairs",
            )
        for name in _OF_PAIRS:
            value = getattr(self, name)
            if value != type(self).model_fields[name].default:
                yield (
                    f"data.{name}",
                    f"data.{name} is {shown(value)} but task {self.task} reads no file; leave it "
                    "out or set data.task to pairs",
                )
        if issubclass(task, Language):
            yield from self._problems_of_language(task)
            return
        written = SYMBOLS[self.symbols].written
        if written and self.vocab_size > len(written) + 1:
            yield (
                "data.vocab_size",
                f"data.vocab_size must be at most {len(written) + 1} with data.symbols "
                f"{self.symbols} ({written[0]} to {written[-1]}, and the end), "
                f"not {shown(self.vocab_size)}",
            )
        if sizes.shortest > self.src_length:
            yield (
                "data.min_length",
                f"data.min_length must be at most data.src_length, {shown(self.src_length)}, "
                f"not {shown(sizes.shortest)}",
            )
        if not task.any_target_length and sizes.tgt_length != self.src_length:
            yield (
                "data.tgt_length",
                f"data.tgt_length must be data.src_length, {shown(self.src_length)}, or null "
                f"for task {self.task}, not {shown(self.tgt_length)}",
            )
        if task.rotates and self.rotate_by >= self.src_length:
            yield (
                "data.rotate_by",
                f"data.rotate_by must be less than data.src_length, {shown(self.src_length)}, "
                f"not {shown(self.rotate_by)}",
            )
        if not task.rotates and self.rotate_by != 1:
            yield (
                "data.rotate_by",
                f"data.rotate_by is {shown(self.rotate_by)} but task {self.task} does not rotate; "
                "leave it out or set data.task to rotate",
            )
        wanted = self.n_train + self.n_test
        symbols = self.vocab_size - 1
        there_are = count_sequences(symbols, sizes.shortest, self.src_length, wanted)
        if there_are < wanted:
            lengths = _lengths(sizes.shortest, self.src_length)
            yield (
                "data.n_train",
                f"data.n_train and data.n_test ask for {shown(wanted)} distinct sequences, "
                f"but there are only {there_are:,} of {lengths} "
                f"out of {quantity(symbols, 'symbol')}",
            )

    def _problems_of_pairs(self) -> Iterator[tuple[str, str]]:
        if self.path is None:
            yield "data.path", "data.path must be the path of a file of pairs for task pairs"
        if self.punctuation and self.tokens == "letters":
            yield (
                "data.punctuation",
                "data.punctuation is true, but with data.tokens letters all signs are apart; "
                "leave it out",
            )
        yield from self._decided("the file decides it")

    def _problems_of_language(self, language: type[Language]) -> Iterator[tuple[str, str]]:
        yield from self._decided("the language decides it")
        there_are = sum(shape.count for shape in language.shapes())
        if there_are < (wanted := self.n_train + self.n_test):
            yield (
                "data.n_train",
                f"data.n_train and data.n_test ask for {shown(wanted)} distinct sentences, "
                f"but task {self.task} has only {there_are:,}",
            )

    def _decided(self, why: str) -> Iterator[tuple[str, str]]:
        """Refuse what is set but not to be chosen, as the sequences have it already."""
        for name in (*_SIZES_OF_SEQUENCES, "symbols", "rotate_by"):
            value = getattr(self, name)
            if value != type(self).model_fields[name].default:
                yield (
                    f"data.{name}",
                    f"data.{name} is {shown(value)}, but with task {self.task} {why}; leave it out",
                )


class ModelConfig(Section):
    """The network."""

    prefix: ClassVar[str] = "model."

    architecture: Annotated[str, OneOf(ARCHITECTURES)] = choice(
        "recurrent", "Whether states follow one another, or all words look at each other."
    )
    d_model: int = whole(32, "Width of embedding, encoder and decoder states.")
    d_k: int = whole(16, "Width of queries and keys.")
    d_v: int = whole(32, "Width of values, and so of the context.")
    cell: Annotated[str, OneOf(CELLS)] = choice("gru", "The recurrent cell of encoder and decoder.")
    layers: int = whole(
        1, "Layers on top of each other, in the encoder as in the decoder.", high=16
    )
    bidirectional: bool = switch(
        True, "Whether the encoder reads in both directions, each half as wide."
    )
    attention: Annotated[str, OneOf(ATTENTIONS)] = choice(
        "scaled_dot", "How the decoder looks back at the source, if at all."
    )
    input_feeding: bool = switch(
        False, "Whether the decoder is told what it attended to a step before."
    )
    source_marks: bool = switch(
        False, "Whether the encoder reads a mark before the source and one behind it."
    )
    dropout: float = field(
        0.0,
        "a number from 0 up to, not including, 1",
        "Share of activations that are switched off at each training step.",
        ge=0,
        lt=1,
    )

    heads: int = whole(4, "Heads of each attention, which share its width (transformer only).")
    feed_forward: int = whole(
        128,
        "Width of the hidden layer behind each attention; 0: there is none (transformer only).",
        low=0,
    )
    norm: Annotated[str, OneOf(NORMS)] = choice(
        "before", "Where the layer norms stand (transformer only)."
    )
    positions: Annotated[str, OneOf(POSITIONS)] = choice(
        "sinusoidal", "What tells where a word stands (transformer only)."
    )
    max_positions: int = whole(
        128, "Places that there are, for learned and randomised positions (transformer only)."
    )

    @property
    def attends(self) -> bool:
        """Whether there is any attention."""
        return ATTENTIONS[self.attention].attends

    def architecture_for(self, vocab_size: int) -> Architecture:
        """Return the network that is described, for so many token ids."""
        kind = ARCHITECTURES[self.architecture]
        settings = {name: getattr(self, name) for name in kind.settings}
        return kind.described(vocab_size=vocab_size, **settings)

    def _problems(self) -> Iterator[tuple[str, str]]:
        yield from self._of_another_architecture()
        if self.architecture == "transformer":
            yield from self._problems_of_heads()
            return
        if self.bidirectional and self.d_model % 2:
            yield (
                "model.d_model",
                "model.d_model must be even when model.bidirectional is true (each direction is "
                f"half as wide), not {shown(self.d_model)}",
            )
        if self.input_feeding and not self.attends:
            yield (
                "model.input_feeding",
                f"model.input_feeding must be false when model.attention is {self.attention}, "
                "as it feeds what was attended to",
            )

    def _of_another_architecture(self) -> Iterator[tuple[str, str]]:
        """Refuse what is set but belongs to an architecture that is not the chosen one."""
        own = ARCHITECTURES[self.architecture].settings
        for name, info in type(self).model_fields.items():
            value = getattr(self, name)
            if name != "architecture" and name not in own and value != info.default:
                others = [kind for kind, one in ARCHITECTURES.items() if name in one.settings]
                yield (
                    f"model.{name}",
                    f"model.{name} is {shown(value)}, which means nothing to architecture "
                    f"{self.architecture}; leave it out or set model.architecture to "
                    f"{' or '.join(others)}",
                )

    def _problems_of_heads(self) -> Iterator[tuple[str, str]]:
        if self.d_model % self.heads:
            few = [str(n) for n in range(1, min(self.d_model, 64) + 1) if self.d_model % n == 0]
            yield (
                "model.heads",
                f"model.heads must divide model.d_model, {shown(self.d_model)}, as "
                f"{', '.join(few)} do{'es' if few[1:] == [] else ''}, not {shown(self.heads)}",
            )
        elif POSITIONS[self.positions].rotates and self.d_model // self.heads % 2:
            yield (
                "model.heads",
                f"model.heads must leave each head an even part of model.d_model, "
                f"{shown(self.d_model)}, with rotary positions, which turn pairs; "
                f"{shown(self.heads)} leave it {self.d_model // self.heads}",
            )


class TrainingConfig(Section):
    """How it is learned."""

    prefix: ClassVar[str] = "training."

    epochs: int = whole(10, "Passes over the training sequences.", high=1_000_000)
    learning_rate: float = field(
        0.01,
        f"a number above 0, at most {LARGEST_LEARNING_RATE:,}",
        "How far a step goes: too small is slow, too large never settles.",
        gt=0,
        le=LARGEST_LEARNING_RATE,
    )
    batch_size: int = whole(64, "Sequences in one step.")
    optimizer: Annotated[str, OneOf(OPTIMIZERS)] = choice(
        "adam", "The rule that turns gradients into steps."
    )
    momentum: float = field(
        0.9,
        "a number from 0 up to, not including, 1",
        "How much of the last step goes on (SGD only).",
        ge=0,
        lt=1,
    )
    beta2: float = field(
        0.999,
        "a number from 0 up to, not including, 1",
        "How slowly the size of past gradients is forgotten (Adam only).",
        ge=0,
        lt=1,
    )
    schedule: Annotated[str, OneOf(SCHEDULES)] = choice(
        "linear", "How the learning rate falls to 0 by the end, or stays."
    )
    warmup_steps: int = whole(0, "Steps in which the learning rate first rises from 0.", low=0)
    clip_norm: float | None = field(
        1.0,
        "a number above 0, or null (no clipping)",
        "The longest gradient that is followed as it is; longer ones are shortened to it.",
        gt=0,
    )
    teacher_forcing_ratio: float = field(
        1.0,
        "a number from 0 to 1",
        "How often the decoder is fed the true token during training, not its own.",
        ge=0,
        le=1,
    )
    patience: int | None = whole_or_null(
        None,
        "Evaluations without a better held-out loss before training stops.",
        "never stop early",
    )
    evaluate_every: int | None = whole_or_null(
        50, "Steps between evaluations on held-out data.", "once an epoch"
    )
    evaluate_examples: int = whole(
        512, "Held-out sequences for an evaluation during training; the last one takes all."
    )
    max_steps: int | None = whole_or_null(
        None, "Steps after which training ends, even inside an epoch.", "all epochs"
    )
    seed: int = whole(
        0, "Chooses the first weights, the order, dropout and coins.", low=0, high=LARGEST_SEED
    )

    def steps_per_epoch(self, n_train: int) -> int:
        """Count the updates in which so many sequences are all seen once."""
        return -(-n_train // self.batch_size)

    def total_steps(self, n_train: int) -> int:
        """Count the updates from beginning to end, unless training stops early."""
        steps = self.epochs * self.steps_per_epoch(n_train)
        return min(steps, self.max_steps or steps)


class LoggingConfig(Section):
    """What is told and kept while it is learned."""

    prefix: ClassVar[str] = "logging."

    level: Annotated[str, OneOf(LEVELS)] = choice("info", "How much is told.")
    file: str | None = field(
        None,
        "the path of a file, or null (no file)",
        "Where it is written to as well.",
        min_length=1,
    )
    snapshots: int = whole(
        60, "Snapshots of the weights that are kept to replay the run; 0 keeps none.", 0, 1000
    )
    snapshot_megabytes: int = whole(
        8, "What all snapshots of a run may take; large models have fewer.", high=1000
    )

    @field_validator("level", mode="before")
    @classmethod
    def _any_case(cls, value: object) -> object:
        return value.lower() if isinstance(value, str) else value  # the logging module writes INFO


def _lengths(shortest: int, longest: int) -> str:
    if shortest == longest:
        return quantity(longest, "token")
    return f"{shown(shortest)} to {quantity(longest, 'token')}"
