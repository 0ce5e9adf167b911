"""The configuration: what may be set, its defaults, and what to say when something cannot be.

Every mistake ends as one `ConfigError`: one sentence that names the key, what stands there and
what would be valid. All rules stand in this file: those for one value in its field, those
between values in `_problems`.
"""

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar, Literal, TypeVar

from pydantic import ConfigDict, field_validator

from seqflip.limits import (
    Estimate,
    count_sequences,
    estimate,
    largest_cause,
    memory_limit,
    readable_bytes,
)
from seqflip.section import (
    ConfigError,
    Section,
    counted,
    field,
    one_of,
    section_names,
    shown,
    switch,
    unknown,
    whole,
    whole_or_null,
)
from seqflip.strict_yaml import MAX_BYTES, TOO_LONG, read_yaml, write_yaml

__all__ = [
    "Config",
    "ConfigError",
    "DataConfig",
    "Estimate",
    "LoggingConfig",
    "ModelConfig",
    "TrainingConfig",
    "check_memory",
    "dump_config",
    "estimate",
    "load_as",
    "load_config",
    "override",
    "parse_as",
    "parse_config",
]

Task = Literal["reverse", "copy", "sort", "rotate", "pairs"]
Cell = Literal["rnn", "gru", "lstm"]
Attention = Literal["scaled_dot", "dot", "additive", "none"]
Optimizer = Literal["adam", "sgd"]
Schedule = Literal["constant", "linear", "cosine"]
Level = Literal["debug", "info", "warning", "error"]

LARGEST_SEED = 2**63 - 1


class DataConfig(Section):
    """The task and its sequences."""

    prefix: ClassVar[str] = "data."

    task: Task = one_of("reverse", Task, "What is learned; pairs comes from your own file.")
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
    random_seed: int = whole(0, "Chooses the sequences.", low=0, high=LARGEST_SEED)
    rotate_by: int = whole(1, "How many tokens move from the front to the end (rotate only).")
    path: str | None = field(
        None,
        "the path of a CSV or TSV file, or null",
        "The file with your own pairs (pairs only); relative to the configuration file.",
        min_length=1,
    )

    @property
    def target_length(self) -> int:
        """Tokens in the longest target."""
        return self.src_length if self.tgt_length is None else self.tgt_length

    @property
    def shortest(self) -> int:
        """Tokens in the shortest source."""
        return self.src_length if self.min_length is None else self.min_length

    def _problems(self) -> Iterator[tuple[str, str]]:
        if self.task == "pairs":
            yield from self._problems_of_pairs()
            return
        if self.path is not None:
            yield (
                "data.path",
                f"data.path is {shown(self.path)} but task {self.task} reads no file; "
                "leave it out or set data.task to pairs",
            )
        if self.shortest > self.src_length:
            yield (
                "data.min_length",
                f"data.min_length must be at most data.src_length, {shown(self.src_length)}, "
                f"not {shown(self.shortest)}",
            )
        if self.task in ("sort", "rotate") and self.target_length != self.src_length:
            yield (
                "data.tgt_length",
                f"data.tgt_length must be data.src_length, {shown(self.src_length)}, or null "
                f"for task {self.task}, not {shown(self.tgt_length)}",
            )
        if self.task == "rotate" and self.rotate_by >= self.src_length:
            yield (
                "data.rotate_by",
                f"data.rotate_by must be less than data.src_length, {shown(self.src_length)}, "
                f"not {shown(self.rotate_by)}",
            )
        if self.task != "rotate" and self.rotate_by != 1:
            yield (
                "data.rotate_by",
                f"data.rotate_by is {shown(self.rotate_by)} but task {self.task} does not rotate; "
                "leave it out or set data.task to rotate",
            )
        wanted = self.n_train + self.n_test
        symbols = self.vocab_size - 1
        there_are = count_sequences(symbols, self.shortest, self.src_length, wanted)
        if there_are < wanted:
            lengths = _lengths(self.shortest, self.src_length)
            yield (
                "data.n_train",
                f"data.n_train and data.n_test ask for {shown(wanted)} distinct sequences, "
                f"but there are only {there_are:,} of {lengths} "
                f"out of {counted(symbols, 'symbol')}",
            )

    def _problems_of_pairs(self) -> Iterator[tuple[str, str]]:
        if self.path is None:
            yield "data.path", "data.path must be the path of a CSV or TSV file for task pairs"
        for name in ("src_length", "tgt_length", "min_length", "vocab_size", "rotate_by"):
            value = getattr(self, name)
            if value != type(self).model_fields[name].default:
                yield (
                    f"data.{name}",
                    f"data.{name} is {shown(value)}, but with task pairs the file decides it; "
                    "leave it out",
                )


class ModelConfig(Section):
    """The network."""

    prefix: ClassVar[str] = "model."

    d_model: int = whole(32, "Width of embedding, encoder and decoder states.")
    d_k: int = whole(16, "Width of queries and keys.")
    d_v: int = whole(32, "Width of values, and so of the context.")
    cell: Cell = one_of("gru", Cell, "The recurrent cell of encoder and decoder.")
    layers: int = whole(1, "Recurrent layers on top of each other.", high=16)
    bidirectional: bool = switch(
        True, "Whether the encoder reads in both directions, each half as wide."
    )
    attention: Attention = one_of(
        "scaled_dot", Attention, "How the decoder looks back at the source, if at all."
    )
    input_feeding: bool = switch(
        False, "Whether the decoder is told what it attended to a step before."
    )
    dropout: float = field(
        0.0,
        "a number from 0 up to, not including, 1",
        "Share of activations that are switched off at each training step.",
        ge=0,
        lt=1,
    )

    def _problems(self) -> Iterator[tuple[str, str]]:
        if self.bidirectional and self.d_model % 2:
            yield (
                "model.d_model",
                "model.d_model must be even when model.bidirectional is true (each direction is "
                f"half as wide), not {shown(self.d_model)}",
            )
        if self.input_feeding and self.attention == "none":
            yield (
                "model.input_feeding",
                "model.input_feeding must be false when model.attention is none, "
                "as it feeds what was attended to",
            )


class TrainingConfig(Section):
    """How it is learned."""

    prefix: ClassVar[str] = "training."

    epochs: int = whole(10, "Passes over the training sequences.", high=1_000_000)
    learning_rate: float = field(
        0.01,
        "a number above 0, at most 1,000",
        "How far a step goes: too small is slow, too large never settles.",
        gt=0,
        le=1000,
    )
    batch_size: int = whole(64, "Sequences in one step.")
    optimizer: Optimizer = one_of("adam", Optimizer, "The rule that turns gradients into steps.")
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
    schedule: Schedule = one_of(
        "linear", Schedule, "How the learning rate falls to 0 by the end, or stays."
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


class LoggingConfig(Section):
    """What is told and kept while it is learned."""

    prefix: ClassVar[str] = "logging."

    level: Level = one_of("info", Level, "How much is told.")
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


class Config(Section):
    """All settings of a run; `Config()` learns to reverse sequences in a few seconds."""

    model_config = ConfigDict(strict=False)  # a section may be given as a mapping
    file_name: ClassVar[str] = "config.yaml"

    data: DataConfig = field(DataConfig(), "a mapping of settings", "The task and its sequences.")
    model: ModelConfig = field(ModelConfig(), "a mapping of settings", "The network.")
    training: TrainingConfig = field(
        TrainingConfig(), "a mapping of settings", "How it is learned."
    )
    logging: LoggingConfig = field(
        LoggingConfig(), "a mapping of settings", "What is told and kept."
    )

    @property
    def total_steps(self) -> int:
        """Updates of the weights from beginning to end, unless training stops early."""
        steps = self.training.epochs * -(-self.data.n_train // self.training.batch_size)
        return min(steps, self.training.max_steps or steps)

    def _problems(self) -> Iterator[tuple[str, str]]:
        data, training = self.data, self.training
        if training.batch_size > data.n_train:
            yield (
                "training.batch_size",
                f"training.batch_size must be at most data.n_train, {shown(data.n_train)}, "
                f"not {shown(training.batch_size)}",
            )
        if training.warmup_steps >= (steps := self.total_steps):
            yield (
                "training.warmup_steps",
                f"training.warmup_steps must be less than the {shown(steps)} steps of the whole "
                f"training, not {shown(training.warmup_steps)}",
            )
        check_memory(self)


ConfigT = TypeVar("ConfigT", bound=Config)

SECTIONS: dict[str, type[Section]] = {
    "data": DataConfig,
    "model": ModelConfig,
    "training": TrainingConfig,
    "logging": LoggingConfig,
}


def check_memory(config: Config, **sizes: int | None) -> None:
    """Refuse what would not fit in memory, before anything is allocated.

    `Config` does this itself. With pairs of a user's own only the file says how large things are:
    give `vocab_size`, `src_length` and `tgt_length` as `make_dataset` found them.

    Raises
    ------
    ConfigError
        With the setting that takes the most, and with the estimate.
    """
    needed, limit = estimate(config, **sizes).memory_bytes, memory_limit()
    if needed > limit:
        key = largest_cause(config, **sizes)
        section, _, name = key.partition(".")
        raise ConfigError(
            key,
            f"{key} must be smaller than {shown(getattr(getattr(config, section), name))}, "
            f"as this configuration takes {readable_bytes(needed)} of memory "
            f"and there is {readable_bytes(limit)}",
        )


def load_config(path: str | os.PathLike[str]) -> Config:
    """Read a configuration file.

    A relative `data.path` in it is taken relative to the folder of the file.

    Raises
    ------
    ConfigError
        If the file cannot be read, or says something that cannot be.
    """
    return load_as(Config, path)


def load_as(kind: type[ConfigT], path: str | os.PathLike[str]) -> ConfigT:
    """Read a file as :func:`load_config` does, of a kind that may say more than settings."""
    file = Path(path)
    where = str(path)
    config = parse_as(kind, _read_text(file, where), where)
    if config.data.path is None:
        return config
    data = config.data.model_copy(update={"path": str(file.parent / config.data.path)})
    return config.model_copy(update={"data": data})


def parse_config(text: str, where: str = "configuration") -> Config:
    """Read a configuration from YAML text; `where` is what errors call it.

    Raises
    ------
    ConfigError
        If the text is not YAML, or says something that cannot be.
    """
    return parse_as(Config, text, where)


def parse_as(kind: type[ConfigT], text: str, where: str) -> ConfigT:
    """Read text as :func:`parse_config` does, of a kind that may say more than settings."""
    try:
        values = read_yaml(text)
    except ValueError as error:
        raise ConfigError("", str(error), where) from None
    if values is None:
        raise ConfigError("", f"there are no settings; begin with {section_names()}", where)
    if not isinstance(values, dict):
        raise ConfigError("", f"this is not a mapping of {section_names()}", where)
    if kind is Config and "variants" in values:
        told = "variants make it a race; run it with: python -m seqflip race FILE"
        raise ConfigError("variants", told, where)
    try:
        return _build(kind, values)
    except ConfigError as error:
        raise ConfigError(error.key, error.message, where) from None


def dump_config(config: Config) -> str:
    """Write a configuration as YAML: only what differs from the defaults."""
    values = config.model_dump(exclude_defaults=True)
    return write_yaml({section: settings for section, settings in values.items() if settings})


def override(config: ConfigT, settings: Iterable[str]) -> ConfigT:
    """Change some settings, each given as "section.key=value" with the value as in YAML.

    All are applied before anything is checked, so that their order does not matter.

    Raises
    ------
    ConfigError
        If a setting is not of that form, or the result cannot be.
    """
    values: dict[str, Any] = config.model_dump()
    for setting in settings:
        key, equals, text = setting.partition("=")
        section, dot, name = key.strip().partition(".")
        if not (equals and dot):
            raise ConfigError(
                "",
                f"{shown(setting)} is not of the form section.key=value, as training.epochs=3 is",
            )
        if section not in SECTIONS:
            raise unknown(key.strip())
        try:
            values[section][name] = read_yaml(text)
        except ValueError as error:
            raise ConfigError(key.strip(), f"{key.strip()} cannot be read: {error}") from None
    return _build(type(config), values)


def _build(kind: type[ConfigT], values: Mapping[str, Any]) -> ConfigT:
    # A section with nothing in it, as when all its lines are commented out, is all defaults.
    return kind(**{name: {} if value is None else value for name, value in values.items()})


def _read_text(file: Path, where: str) -> str:
    try:
        with file.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)  # never more, whatever the file is
    except FileNotFoundError:
        raise ConfigError("", "there is no such file", where) from None
    except IsADirectoryError:
        raise ConfigError("", "this is a directory, not a YAML file", where) from None
    except (OSError, ValueError) as error:  # ValueError: a path with a null byte
        reason = getattr(error, "strerror", None) or str(error)
        raise ConfigError("", f"the file cannot be read: {reason}", where) from None
    if len(content) > MAX_BYTES:
        raise ConfigError("", TOO_LONG, where)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ConfigError("", f"line {line} is not UTF-8 text", where) from None


def _lengths(shortest: int, longest: int) -> str:
    if shortest == longest:
        return counted(longest, "token")
    return f"{shown(shortest)} to {counted(longest, 'token')}"
