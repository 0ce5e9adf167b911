"""The same training with attention, or without: what there is to compare a run with."""

import contextlib
from functools import lru_cache
from pathlib import Path

from seqflip.config.config import Config
from seqflip.config.files import load_config
from seqflip.config.section import ConfigError
from seqflip.config.sections import ModelConfig
from seqflip.nn import ARCHITECTURES
from seqflip.runs.run import Run
from seqflip.ui.parts.fields import Values
from seqflip.ui.parts.run_choice import has_weights
from seqflip.ui.shell.server import server


def can_be_blind(model: ModelConfig) -> bool:
    """Return whether there is such a model without attention: a Transformer is nothing else."""
    return "attention" in ARCHITECTURES[model.architecture].settings


def other_attention(model: ModelConfig) -> Values:
    """Return what to change of a model: no attention, or scaled dot product if it has none."""
    changed: Values = {"attention": "none" if model.attends else "scaled_dot"}
    if model.input_feeding:
        changed["input_feeding"] = False
    return changed


def with_other_attention(config: Config) -> Config:
    """Return the same training, with attention if this has none, or without."""
    model = ModelConfig(**{**config.model.model_dump(), **other_attention(config.model)})
    return Config(data=config.data, model=model, training=config.training, logging=config.logging)


def config_of(run: Run) -> Config:
    """Return a run's configuration, read once; raises ConfigError or OSError."""
    file = run.folder / Config.file_name
    return _config(file, file.stat().st_mtime_ns)


def counterpart(run: Run, first: tuple[str, ...] = ()) -> Run | None:
    """Return the newest run of the same data with attention, if this has none, or without.

    Of the examples, those that come `first` are preferred; only runs with weights count.
    """
    config = config_of(run)
    own_first = sorted(server().store.runs(), key=lambda one: (one.bundled, one.id not in first))
    for other in own_first:
        with contextlib.suppress(ConfigError, OSError):
            its = config_of(other)
            differs = its.model.attends != config.model.attends
            if differs and _same_data(its, config) and has_weights(other):
                return other
    return None


def _same_data(one: Config, other: Config) -> bool:
    """Whether both learn the same, of a user's own pairs those of equal files."""
    if one.data.path is None or other.data.path is None:
        return one.data == other.data
    pairs = one.data.model_copy(update={"path": other.data.path})
    return pairs == other.data and _content(one.data.path) == _content(other.data.path)


def _content(path: str) -> bytes:
    return Path(path).read_bytes()


@lru_cache(maxsize=2000)
def _config(file: Path, _modified: int) -> Config:
    return load_config(file)
