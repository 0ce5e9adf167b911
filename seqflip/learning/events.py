"""What training reports while it runs.

Training is a generator of these values. Whoever consumes them prints, saves or draws, and the loop
itself knows neither file nor screen. All fields are plain Python values, so an event is a line of
JSON at once.
"""

from dataclasses import dataclass
from typing import Annotated, Literal

FinishReason = Literal["completed", "stopped_early", "diverged"]


@dataclass(frozen=True, slots=True)
class Started:
    """Training begins, or goes on after ``step`` updates."""

    step: int
    epoch: int
    steps_per_epoch: int
    total_steps: int
    parameters: int


@dataclass(frozen=True, slots=True)
class StepDone:
    """One update of the weights is over; always the last event of its step.

    ``loss`` (nats per counted token) and ``accuracy`` are those of the batch before the update,
    under the inputs it was trained with. ``tokens`` counts the batch's target tokens. ``seconds``
    is the training time so far.

    Each field says how it is kept in a file: :mod:`seqflip.runs.steplog` writes them in this order.
    """

    step: Annotated[int, "<u8"]
    epoch: Annotated[int, "<u4"]
    tokens: Annotated[int, "<u4"]
    loss: Annotated[float, "<f8"]
    accuracy: Annotated[float, "<f8"]
    grad_norm: Annotated[float, "<f8"]
    learning_rate: Annotated[float, "<f8"]
    seconds: Annotated[float, "<f8"]


@dataclass(frozen=True, slots=True)
class Evaluated:
    """Held-out data: teacher-forced ``loss`` and ``alignment``, free-running accuracies.

    ``forced_accuracy`` is that of tokens with teacher forcing, as a training step has it; older
    logs do not know it.
    ``seconds`` is how long it took to find out, which counts as training time. The ``train_``
    values are of a sample of the training data, measured in the same way.
    """

    step: int
    epoch: int
    loss: float
    accuracy: float
    sequence_accuracy: float
    alignment: float | None
    examples: int
    seconds: float = 0.0
    train_sequence_accuracy: float | None = None
    train_alignment: float | None = None
    forced_accuracy: float | None = None


@dataclass(frozen=True, slots=True)
class EpochDone:
    """Every training example has been seen once more; means over the epoch's tokens."""

    epoch: int
    step: int
    loss: float
    accuracy: float


@dataclass(frozen=True, slots=True)
class BestModel:
    """The held-out loss is the lowest so far, and these weights are kept.

    ``val_loss`` is over the sequences of an evaluation during training, also at the end, so that
    only like is compared with like.
    """

    step: int
    val_loss: float


@dataclass(frozen=True, slots=True)
class LearningRateChanged:
    """Somebody changed the base learning rate; it holds for the steps after ``step``."""

    step: int
    learning_rate: float


@dataclass(frozen=True, slots=True)
class Diverged:
    """The loss, the gradient, the weights or the held-out loss of ``step`` were not finite.

    The weights are again the last ones with which all of them were.
    """

    step: int
    loss: float
    grad_norm: float
    recent_losses: tuple[float, ...]
    recent_grad_norms: tuple[float, ...]
    advice: str


@dataclass(frozen=True, slots=True)
class Finished:
    """Nothing more will come: why, when, and in one sentence what happened."""

    reason: FinishReason
    step: int
    epoch: int
    seconds: float
    message: str


Event = (
    Started
    | StepDone
    | Evaluated
    | EpochDone
    | BestModel
    | LearningRateChanged
    | Diverged
    | Finished
)
