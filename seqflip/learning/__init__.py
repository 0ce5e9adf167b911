"""How a network learns: the loop, the events that it yields, and how good it has become.

The loop knows no file and no screen; whoever iterates over it saves or draws.
"""

from seqflip.learning.evaluation import evaluate
from seqflip.learning.events import (
    BestModel,
    EpochDone,
    Evaluated,
    Event,
    Finished,
    LearningRateChanged,
    Started,
    StepDone,
)
from seqflip.learning.fitting import fit
from seqflip.learning.metrics import (
    alignment,
    counted,
    effective_size,
    sequence_accuracy_by_length,
    wilson_interval,
)
from seqflip.learning.results import Metrics, final_metrics, kept_parameters
from seqflip.learning.stepwise import StepwiseTraining
from seqflip.learning.training import TrainingState, train

__all__ = [
    "BestModel",
    "EpochDone",
    "Evaluated",
    "Event",
    "Finished",
    "LearningRateChanged",
    "Metrics",
    "Started",
    "StepDone",
    "StepwiseTraining",
    "TrainingState",
    "alignment",
    "counted",
    "effective_size",
    "evaluate",
    "final_metrics",
    "fit",
    "kept_parameters",
    "sequence_accuracy_by_length",
    "train",
    "wilson_interval",
]
