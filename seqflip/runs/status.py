"""Where a run stands, as ``status.json`` says it."""

from typing import Final, Literal

from pydantic import BaseModel

State = Literal[
    "queued", "running", "paused", "finished", "stopped", "interrupted", "diverged", "failed"
]


ACTIVE: Final = ("queued", "running", "paused")
"""States in which a process may have the run in its hands."""


ENDED: Final = ("finished", "stopped", "diverged", "failed")
"""States that the run does not leave by itself."""


class Status(BaseModel):
    """Where a run stands; whoever trains it changes the fields and publishes them.

    Attributes
    ----------
    state : str
        One of :data:`State`.
    step, total_steps, steps_per_epoch, epoch, epochs : int
        How far it is, and how far it goes; totals are 0 while they are not known.
    seconds : float
        Training time so far.
    tokens_per_second : float
        Target tokens in a second of the wall clock, over the last moments.
    parameters : int
        Size of the model.
    learning_rate, delay_seconds, lecture_seconds : float or None
        As they are now.
    loss, accuracy : float or None
        Of the training batches, as mean over the last moments.
    sequence_accuracy, alignment : float or None
        Of a sample of the training data, at the last evaluation.
    val_loss, val_accuracy, val_sequence_accuracy, val_alignment : float or None
        Of the last evaluation on held-out data.
    val_forced_accuracy : float or None
        Of the same, with teacher forcing; runs of earlier versions do not know it.
    val_step : int or None
        When that was.
    message : str
        One sentence for people: what happened, and what to do next.
    reason : str or None
        Why training ended by itself: completed, stopped_early or diverged.
    pid : int or None
        The process that has the run in its hands.
    updated : float
        When this was written, in seconds since 1970.
    """

    state: State = "paused"
    step: int = 0
    total_steps: int = 0
    steps_per_epoch: int = 0
    epoch: int = 0
    epochs: int = 0
    seconds: float = 0.0
    tokens_per_second: float = 0.0
    parameters: int = 0
    learning_rate: float | None = None
    delay_seconds: float = 0.0
    lecture_seconds: float = 0.0
    loss: float | None = None
    accuracy: float | None = None
    sequence_accuracy: float | None = None
    alignment: float | None = None
    val_loss: float | None = None
    val_accuracy: float | None = None
    val_forced_accuracy: float | None = None
    val_sequence_accuracy: float | None = None
    val_alignment: float | None = None
    val_step: int | None = None
    message: str = ""
    reason: str | None = None
    pid: int | None = None
    updated: float = 0.0
