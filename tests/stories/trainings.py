"""Trainings of the stories, each done once and asked many times."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from statistics import median
from typing import Final

from seqflip.config import Config, DataConfig, load_config
from seqflip.data import Dataset, make_dataset
from seqflip.learning import TrainingState, evaluate, train
from seqflip.learning.events import Evaluated, StepDone
from seqflip.nn.network import Network
from seqflip.race import load_race
from seqflip.system.blas import one_blas_thread
from seqflip.tasks import lengths

CONFIGS: Final = Path(__file__).parents[2] / "configs"
SEEDS: Final = range(5)


@dataclass(frozen=True)
class Point:
    """What was measured on held-out data after a step."""

    loss: float
    alignment: float
    exact_match: float


@dataclass(frozen=True)
class Training:
    """What became of one training."""

    data: DataConfig
    network: Network
    dataset: Dataset
    points: dict[int, Point]  # by step

    @property
    def end(self) -> Point:
        """The last one."""
        return self.points[max(self.points)]

    def exact_match_at(self, length: int) -> float:
        """Exact match of the held-out sequences of this length."""
        x_src, x_tgt = self.dataset.x_src_test, self.dataset.x_tgt_test
        these = lengths(x_src) == length
        return evaluate(self.network, x_src[these], x_tgt[these]).sequence_accuracy


def preset(name: str) -> Config:
    """Return the configuration of a preset."""
    return load_config(CONFIGS / f"{name}.yaml")


def lanes(name: str) -> dict[str, Config]:
    """Return the configurations of a race's variants."""
    return load_race(CONFIGS / f"{name}.yaml").lanes()


def trainings(config: Config, steps: int | None = None) -> list[Training]:
    """Train with five seeds; with ``steps``, only so far, by the schedule of the whole."""
    return [_train(measured(config, seed), steps) for seed in SEEDS]


def measured(config: Config, seed: int) -> Config:
    """Return it with this seed, and measured as all others are."""
    training = config.training.model_copy(
        update={"seed": seed, "evaluate_every": 20, "evaluate_examples": 256}
    )
    return config.model_copy(update={"training": training})


def middle(values: Iterable[float]) -> float:
    """Return the median of the seeds."""
    return median(values)


@cache
def _train(config: Config, steps: int | None) -> Training:
    dataset = make_dataset(config.data)
    points = {}
    with one_blas_thread():
        state = TrainingState.begin(config, dataset)
        for event in train(state, dataset):
            if isinstance(event, Evaluated):
                points[event.step] = Point(
                    event.loss, event.alignment or 0.0, event.sequence_accuracy
                )
            if isinstance(event, StepDone) and event.step == steps:
                break
    return Training(config.data, state.network, dataset, points)
