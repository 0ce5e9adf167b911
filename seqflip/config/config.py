"""The configuration: what may be set, its defaults, and what to say when something cannot be.

Every mistake ends as one `ConfigError`: one sentence that names the key, what stands there and
what would be valid. The rules for one section stand in `sections`, those between sections here.
"""

from collections.abc import Iterator
from typing import ClassVar

from pydantic import ConfigDict

from seqflip.config.section import ConfigError, Section, field, shown
from seqflip.config.sections import DataConfig, LoggingConfig, ModelConfig, TrainingConfig
from seqflip.config.sizes import SizeEstimate, estimate, largest_cause
from seqflip.nn import POSITIONS
from seqflip.system.memory import memory_limit, readable_bytes


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
        return self.training.total_steps(self.data.n_train)

    def size(self, **sizes: int | None) -> SizeEstimate:
        """Estimate what the training takes; see :func:`seqflip.config.sizes.estimate`."""
        return estimate(self.data, self.model, self.training, **sizes)

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
        if not self.data.own_pairs:  # the file decides
            longest = max(self.data.sizes.src_length, self.data.sizes.tgt_length)
            yield from self.problems_of_positions(longest)
        check_memory(self)

    def problems_of_positions(self, longest: int) -> Iterator[tuple[str, str]]:
        """Yield what is wrong with the positions for sequences of so many tokens."""
        model = self.model
        counts = model.architecture == "transformer" and POSITIONS[model.positions].counts
        if counts and model.max_positions < longest:
            yield (
                "model.max_positions",
                f"model.max_positions must be at least {shown(longest)}, the tokens in the longest "
                f"sequence, with {model.positions} positions, not {shown(model.max_positions)}",
            )


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
    needed, limit = config.size(**sizes).memory_bytes, memory_limit()
    if needed > limit:
        key = largest_cause(config.data, config.model, config.training, **sizes)
        section, _, name = key.partition(".")
        raise ConfigError(
            key,
            f"{key} must be smaller than {shown(getattr(getattr(config, section), name))}, "
            f"as this configuration takes {readable_bytes(needed)} of memory "
            f"and there is {readable_bytes(limit)}",
        )
