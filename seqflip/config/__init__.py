"""Typed settings and the YAML they are written in; how large a thing would be that they describe.

A wrong setting is one `ConfigError`: a sentence that names it and says what would be valid.
"""

from seqflip.config.config import SECTIONS, Config, check_memory
from seqflip.config.counting import count_of_length, count_sequences
from seqflip.config.files import dump_config, load_as, load_config, override, parse_as, parse_config
from seqflip.config.section import ConfigError, Section
from seqflip.config.sections import (
    LARGEST_LEARNING_RATE,
    LARGEST_SEED,
    DataConfig,
    LoggingConfig,
    ModelConfig,
    TrainingConfig,
)
from seqflip.config.sizes import SizeEstimate, estimate

__all__ = [
    "LARGEST_LEARNING_RATE",
    "LARGEST_SEED",
    "SECTIONS",
    "Config",
    "ConfigError",
    "DataConfig",
    "LoggingConfig",
    "ModelConfig",
    "Section",
    "SizeEstimate",
    "TrainingConfig",
    "check_memory",
    "count_of_length",
    "count_sequences",
    "dump_config",
    "estimate",
    "load_as",
    "load_config",
    "override",
    "parse_as",
    "parse_config",
]
