"""A race that is over in no time."""

from typing import Any

from seqflip.race.config import RaceConfig

SETTINGS: dict[str, Any] = {
    "data": {"n_train": 192, "n_test": 40, "src_length": 5, "min_length": 3, "vocab_size": 8},
    "model": {"d_model": 8, "d_k": 4, "d_v": 8},
    "training": {"epochs": 3, "batch_size": 24, "evaluate_every": 5, "evaluate_examples": 24},
}
NONE = {"model": {"attention": "none"}}


def small_race(*, seeds: int = 1, **variants: Any) -> RaceConfig:
    """Return a race of 24 steps, by default of attention against none."""
    wanted = variants or {"with": None, "without": NONE}
    return RaceConfig(**SETTINGS, variants=wanted, seeds=seeds)
