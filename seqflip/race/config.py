"""A race file: a configuration, and the two to four variants of it that are compared.

What a variant changes stands below its name as in any configuration. It may change the model and
how it learns, but not what would make the comparison unfair: the data, their order, the seed, and
when it is measured.
"""

import os
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Final

from seqflip.config.config import SECTIONS, Config
from seqflip.config.files import load_as
from seqflip.config.section import ConfigError, field, shown
from seqflip.config.sections import LARGEST_SEED, TrainingConfig
from seqflip.runs.run import RACE_FILE
from seqflip.system.memory import memory_limit, readable_bytes

FEWEST, MOST = 2, 4
MOST_SEEDS: Final = 100
SHARED: Final = ("batch_size", "seed", "evaluate_every", "evaluate_examples")
"""Settings of the training that all variants have in common."""

_LONGEST_NAME = 40
_VALID = f"{FEWEST} to {MOST} names, each with the settings that differ"

Changes = dict[str, dict[str, Any]]
"""Each variant's name to what it changes: "section.key" to the value."""


class RaceConfig(Config):
    """All settings of a race: those of a run, its variants, and with how many seeds."""

    file_name: ClassVar[str] = RACE_FILE

    variants: dict[str, Any] = field({}, _VALID, "What is compared.")
    seeds: int = field(
        1,
        f"a whole number from 1 to {MOST_SEEDS}",
        "How often it is repeated, each time from another training.seed.",
        ge=1,
        le=MOST_SEEDS,
        strict=True,
    )

    @property
    def changes(self) -> Changes:
        """What each variant changes."""
        return {
            name: {
                f"{section}.{key}": value
                for section, settings in (sections or {}).items()
                for key, value in (settings or {}).items()
            }
            for name, sections in self.variants.items()
        }

    def lanes(self, round_: int = 0) -> dict[str, Config]:
        """Return what each variant trains, from the seed of this repetition (from 0)."""
        return {name: self._lane(changes, round_) for name, changes in self.changes.items()}

    def seed(self, round_: int) -> int:
        """Return the seed of a repetition (from 0)."""
        return self.training.seed + round_

    def _lane(self, changes: Mapping[str, Any], round_: int) -> Config:
        values = {name: getattr(self, name).model_dump() for name in SECTIONS}
        for setting, value in changes.items():
            section, _, key = setting.partition(".")
            values[section][key] = value
        values["training"]["seed"] = self.seed(round_)
        return Config(**values)

    def _problems(self) -> Iterator[tuple[str, str]]:
        yield from super()._problems()
        if not FEWEST <= len(self.variants) <= MOST:
            yield "variants", f"variants must be {_VALID}, not {shown(len(self.variants))}"
        if self.seed(self.seeds - 1) > LARGEST_SEED:
            yield "seeds", f"seeds must be so few that training.seed stays below {LARGEST_SEED:,}"
        for name, sections in self.variants.items():
            yield from _problems_of(name, sections)
        needed = 0
        for name in self.variants:
            try:
                needed += self._lane(self.changes[name], 0).size().memory_bytes
            except ConfigError as error:
                raise ConfigError(f"variants.{name}", f"{_the(name)}: {error.message}") from None
        if needed > (limit := memory_limit()):
            yield (
                "variants",
                f"variants must be fewer or smaller, as together they take "
                f"{readable_bytes(needed)} of memory and there is {readable_bytes(limit)}",
            )


def load_race(path: str | os.PathLike[str]) -> RaceConfig:
    """Read a race file; raises :class:`ConfigError` as `load_config` does."""
    return load_as(RaceConfig, path)


def _problems_of(name: str, sections: object) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with a variant before one looks at its values."""
    key = f"variants.{name}"
    if not (name.strip() and name.isprintable() and len(name) <= _LONGEST_NAME):
        yield (
            "variants",
            f"a variant's name must be one line of 1 to {_LONGEST_NAME} characters, "
            f"not {shown(name)}",
        )
    if sections is None:
        return
    if not isinstance(sections, dict):
        yield key, f"{_the(name)} must be a mapping of model and training, not {shown(sections)}"
        return
    for section, settings in sections.items():
        if section not in ("model", "training"):
            yield (
                key,
                f"{_the(name)} may change model and training only, so that all variants learn "
                f"the same data, not {section[:40]}",
            )
        if settings is not None and not isinstance(settings, dict):
            yield key, f"{_the(name)}: {section} must be a mapping, not {shown(settings)}"
    for setting in SHARED:
        if setting in (sections.get("training") or {}):
            yield (
                key,
                f"{_the(name)} may not change {TrainingConfig.prefix}{setting}, "
                "which all variants share so that they compare",
            )


def _the(name: str) -> str:
    return f"variant {shown(name)}"
