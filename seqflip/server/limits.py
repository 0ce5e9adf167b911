"""What a server allows: sizes, disk, workers, patience. The defaults suit a laptop.

Each setting is an environment variable, ``SEQFLIP_`` and the field's name in capitals:
``SEQFLIP_WORKERS=4``. The command line is not bound by the sizes; they are for what comes in
through a browser.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from seqflip.config.config import Config
from seqflip.config.section import ConfigError
from seqflip.race.config import RaceConfig
from seqflip.runs.run import PAIRS
from seqflip.server.brought import FOLDER
from seqflip.server.cluster.connection import ClusterError, check_cluster
from seqflip.system.memory import readable_bytes

_PREFIX = "SEQFLIP_"
Whole = Annotated[int, Field(ge=0)]
_FRAMES = "*, 'self', 'none', or addresses with spaces between them"
_MOST_SEEDS = 5  # of a race


class LimitsError(ValueError):
    """An environment variable with an invalid value."""


class ServerLimits(BaseSettings):
    """The bounds of one server.

    Attributes
    ----------
    runs : Path
        Where runs are kept.
    workers : int
        How many runs train at the same time; 0 stands for as many as this machine has cores, or
        the cluster has threads.
    cluster : str
        The scheduler of a Dask cluster that trains the runs; ``none``: this machine does.
    grace_seconds : int
        How long a run goes on that nobody watches, before it is paused.
    disk_megabytes : int
        How much all runs together may take.
    keep_days : int
        After how many days runs that have ended make room for those of other visitors, too.
    max_runs_per_visitor : int
        How many runs of one visitor may train or wait at a time; 0 stands for any number.
    turn_seconds : int
        How long a run keeps its place when somebody waits who has fewer in training.
    max_hours : int
        How long a run may train in all; 0 stands for ever.
    upload_megabytes : int
        The largest archive of a run that is taken in.
    framed_by : str
        Which sites may show a page in a frame: ``*``, ``'self'``, ``'none'``, or their addresses.
    max_parameters, max_memory_megabytes : int
        The largest model, and the most memory for training one.
    max_length, max_vocab_size, max_examples, max_epochs, max_steps : int
        The longest sequence, the most token ids, the most sequences (training and held-out),
        passes and steps.
    """

    model_config = SettingsConfigDict(env_prefix=_PREFIX, env_ignore_empty=True, frozen=True)

    runs: Path = Path("runs")
    workers: Whole = 0
    cluster: str = "none"
    grace_seconds: Whole = 120
    disk_megabytes: Whole = 1000
    keep_days: Whole = 7
    max_runs_per_visitor: Whole = 10
    turn_seconds: Whole = 60
    max_hours: Whole = 24
    upload_megabytes: Whole = 50
    framed_by: str = Field("*", pattern=r"^[^;,\r\n]+$")
    max_parameters: Whole = 5_000_000
    max_memory_megabytes: Whole = 2000
    max_length: Whole = 100
    max_vocab_size: Whole = 1000
    max_examples: Whole = 100_000
    max_epochs: Whole = 1000
    max_steps: Whole = 1_000_000

    @classmethod
    def from_environment(cls) -> Self:
        """Read the limits from this process's environment variables.

        Raises
        ------
        LimitsError
            If a variable is not what it has to be.
        """
        try:
            limits = cls()
            if limits.cluster != "none":
                check_cluster(limits.cluster, f"{_PREFIX}CLUSTER")
            return limits
        except ClusterError as error:
            raise LimitsError(str(error)) from None
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            variable = f"{_PREFIX}{first['loc'][0]}".upper()
            valid = _FRAMES if first["loc"] == ("framed_by",) else "a whole number of at least 0"
            raise LimitsError(f"{variable} must be {valid}, not {first['input']!r:.42}") from None

    @property
    def worker_count(self) -> int:
        """How many runs train at the same time."""
        return self.workers or _cores()

    def problems(self, config: Config) -> dict[str, str]:
        """Return what is too large for this server: setting ("section.key") to one sentence."""
        found: dict[str, str] = {}
        for key, sentence in self._problems(config):
            found.setdefault(key, sentence)
        return found

    def check(self, config: Config) -> None:
        """Raise a :class:`ConfigError` for the first of the :meth:`problems`."""
        for key, sentence in self._problems(config):
            raise ConfigError(key, sentence)

    def check_opened(self, config: Config) -> None:
        """Raise a :class:`ConfigError` for what is too large to be opened, whoever trained it."""
        for key, sentence in self._too_large(config):
            raise ConfigError(key, sentence)

    def check_race(self, config: RaceConfig) -> None:
        """Raise a :class:`ConfigError` for what is too large in any of a race's lanes, or in all.

        A worker trains all lanes, so together they may take no more than a single run.
        """
        lanes = config.lanes()
        for name, lane in lanes.items():
            for key, sentence in self._problems(lane):
                raise ConfigError(key, f"{name}: {sentence}")
        if config.seeds > _MOST_SEEDS:
            told = f"seeds must be at most {_MOST_SEEDS} on this server, not {config.seeds}"
            raise ConfigError("seeds", told)
        steps = config.seeds * sum(lane.total_steps for lane in lanes.values())
        if steps > self.max_steps:
            raise ConfigError(
                "training.epochs",
                f"training.epochs must be smaller than {config.training.epochs:,}, as all variants "
                f"and seeds take {steps:,} steps and this server makes at most {self.max_steps:,}",
            )
        memory = sum(lane.size().memory_bytes for lane in lanes.values())
        if memory > self.max_memory_megabytes * 10**6:
            raise ConfigError(
                "variants",
                f"variants must be fewer or smaller, as together they take "
                f"{readable_bytes(memory)} of memory and this server allows "
                f"{readable_bytes(self.max_memory_megabytes * 10**6)}",
            )

    def _keeps(self, path: str | None) -> bool:
        """Whether these pairs lie here: in a run's folder, or where visitors bring them."""
        if path is None:
            return False
        file, runs = Path(path).resolve(), self.runs.resolve()
        return file.name in PAIRS and file.parent.parent in (runs, runs / FOLDER)

    def _problems(self, config: Config) -> Iterator[tuple[str, str]]:
        if config.data.own_pairs and not self._keeps(config.data.path):
            yield "data.task", "data.task pairs reads a file, so it is for the command line only"
        if config.logging.file is not None:
            yield "logging.file", "logging.file writes a file, so it is for the command line only"
        yield from self._too_large(config)

    def _too_large(self, config: Config) -> Iterator[tuple[str, str]]:
        data, training = config.data, config.training
        bounds = (
            ("data.src_length", data.sizes.src_length, self.max_length),
            ("data.tgt_length", data.tgt_length or 0, self.max_length),
            ("data.vocab_size", data.sizes.vocab_size, self.max_vocab_size),
            ("data.n_train", data.n_train + data.n_test, self.max_examples),
            ("training.epochs", training.epochs, self.max_epochs),
        )
        for key, value, most in bounds:
            if value > most:
                what = "data.n_train and data.n_test together" if key == "data.n_train" else key
                yield key, f"{what} must be at most {most:,} on this server, not {value:,}"
        if config.total_steps > self.max_steps:
            yield (
                "training.epochs",
                f"training.epochs must be smaller than {training.epochs:,}, as this takes "
                f"{config.total_steps:,} steps and this server makes at most {self.max_steps:,}",
            )
        size = config.size()
        if size.parameters > self.max_parameters:
            yield (
                "model.d_model",
                f"model.d_model must be smaller than {config.model.d_model:,}, as this model has "
                f"{size.parameters:,} parameters and this server allows {self.max_parameters:,}",
            )
        most_memory = self.max_memory_megabytes * 10**6
        if size.memory_bytes > most_memory:
            yield (
                "training.batch_size",
                f"training.batch_size must be smaller than {training.batch_size:,}, as this takes "
                f"{readable_bytes(size.memory_bytes)} of memory and this server allows "
                f"{readable_bytes(most_memory)}",
            )


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
