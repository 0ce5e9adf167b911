"""Training as a generator: one batch after the other, and an event for whatever happens.

The loop knows no file and no screen. Whoever iterates over it saves or draws, and stops it by
iterating no more. At every :class:`~seqflip.learning.events.StepDone` the :class:`TrainingState` is
complete: saved there and restored in another process, training goes on to the same weights, bit for
bit.
"""

import math
import time
from collections import deque
from collections.abc import Iterator, Mapping
from typing import Any, Self

import numpy as np

from seqflip.config.config import Config
from seqflip.config.section import ConfigError
from seqflip.config.sections import TrainingConfig
from seqflip.data.tasks import Dataset, true_alignment
from seqflip.decoding import scheduled_inputs
from seqflip.learning.evaluation import evaluate
from seqflip.learning.events import (
    BestModel,
    Diverged,
    EpochDone,
    Evaluated,
    Event,
    Finished,
    FinishReason,
    LearningRateChanged,
    Started,
    StepDone,
)
from seqflip.learning.metrics import counted
from seqflip.nn.arrays import BoolArray, FloatArray, IntArray
from seqflip.nn.buffers import Buffers
from seqflip.nn.loss import CrossEntropy, softmax_cross_entropy, softmax_cross_entropy_backward
from seqflip.nn.network import Network, make_network
from seqflip.nn.optim import OPTIMIZERS, clip_by_global_norm, schedule

SAMPLE = 128
"""How many training sequences an evaluation looks at, to compare them with held-out ones."""

REMEMBERED = 5  # losses and gradient norms that a divergence is explained with


class TrainingState:
    """Everything that training knows between two steps.

    Parameters
    ----------
    network : Network
    settings : TrainingConfig
    truth : (n_test, target_len, source_len) boolean, optional
        The held-out data's true alignment, where the task has one.
    train_truth : (SAMPLE or less, target_len, source_len) boolean, optional
        That of the first training sequences.

    Attributes
    ----------
    step, epoch : int
        Updates so far, and the epoch that the last of them belonged to (from 1; 0 before the
        first).
    seconds : float
        Training time so far, evaluations included.
    learning_rate : float
        The base rate; may be set between two events.
    history : dict of lists
        One number an epoch: ``loss``, ``accuracy``, ``val_loss``, ``val_accuracy``,
        ``val_sequence_accuracy``, ``val_alignment`` (None where there is no such thing).
    finished : str, optional
        Why there is nothing more to do.
    """

    def __init__(
        self,
        network: Network,
        settings: TrainingConfig,
        truth: BoolArray | None = None,
        train_truth: BoolArray | None = None,
    ) -> None:
        self.network, self.settings = network, settings
        self.truth, self.train_truth = truth, train_truth
        self.step = self.epoch = 0
        self.seconds = 0.0
        self.learning_rate = self.announced_rate = settings.learning_rate
        self.history: dict[str, list[float | None]] = {
            name: []
            for name in (
                "loss",
                "accuracy",
                "val_loss",
                "val_accuracy",
                "val_sequence_accuracy",
                "val_alignment",
            )
        }
        self.finished: FinishReason | None = None
        # Independent streams: another dropout rate, say, leaves the order as it is.
        seeds = np.random.SeedSequence(settings.seed).spawn(3)
        self.chance = {
            name: np.random.default_rng(seed)
            for name, seed in zip(("order", "dropout", "coin"), seeds, strict=True)
        }
        self.order: IntArray = np.empty(0, np.int64)  # of the epoch that has begun
        self.used = 0  # how much of it
        self.epoch_sums = {"loss": 0.0, "correct": 0, "tokens": 0}
        self.best_loss = math.inf
        self.evaluations_since_best = 0
        self.recent: deque[tuple[float, float]] = deque(maxlen=REMEMBERED)  # loss, gradient norm
        flat = network.parameters.flat
        self.best = flat.copy()
        self.good = flat.copy()  # the last weights that gave a finite loss and gradient
        size, dtype = flat.size, flat.dtype
        kind = OPTIMIZERS[settings.optimizer]
        chosen = {name: getattr(settings, name) for name in kind.settings}
        self.optimizer = kind(size, dtype, **chosen)

    @classmethod
    def begin(cls, config: Config, dataset: Dataset) -> Self:
        """Return the state before the first step.

        Raises
        ------
        ConfigError
            If the sequences are longer than the model has positions for.
        """
        longest = max(dataset.src_length, dataset.tgt_length)
        for problem in config.problems_of_positions(longest):
            raise ConfigError(*problem)
        network = make_network(config.model.architecture_for(dataset.vocab_size))
        network.initialise(np.random.default_rng(config.training.seed))
        truths = (
            true_alignment(config.data.task, src, tgt, config.data.rotate_by)
            for src, tgt in (
                (dataset.x_src_test, dataset.x_tgt_test),
                (dataset.x_src_train[:SAMPLE], dataset.x_tgt_train[:SAMPLE]),
            )
        )
        return cls(network, config.training, *truths)

    @property
    def has_best(self) -> bool:
        """Whether any weights were evaluated, so that some are the best."""
        return not math.isinf(self.best_loss)

    @property
    def best_parameters(self) -> dict[str, FloatArray]:
        """The parameters with the lowest held-out loss so far, by name."""
        values, start = {}, 0
        for name, value in self.network.parameters.values.items():
            values[name] = self.best[start : start + value.size].reshape(value.shape)
            start += value.size
        return values

    def _named_arrays(self) -> dict[str, FloatArray]:
        """All floating arrays, live."""
        optimizer = {f"optimizer.{name}": array for name, array in self.optimizer.state.items()}
        flat = self.network.parameters.flat
        return {"parameters": flat, "best": self.best, "good": self.good, **optimizer}

    def arrays(self) -> dict[str, np.ndarray[Any, Any]]:
        """Return the arrays that :meth:`restore` takes."""
        return {**self._named_arrays(), "order": self.order}

    def meta(self) -> dict[str, Any]:
        """Return the other values that :meth:`restore` takes, ready for JSON."""
        return {
            "step": self.step,
            "epoch": self.epoch,
            "seconds": self.seconds,
            "learning_rate": self.learning_rate,
            "announced_rate": self.announced_rate,
            "history": {name: list(values) for name, values in self.history.items()},
            "finished": self.finished,
            "chance": {name: rng.bit_generator.state for name, rng in self.chance.items()},
            "used": self.used,
            "epoch_sums": dict(self.epoch_sums),
            "best_loss": self.best_loss if self.has_best else None,
            "evaluations_since_best": self.evaluations_since_best,
            "recent": [list(pair) for pair in self.recent],
            "optimizer_steps": self.optimizer.steps,
        }

    @classmethod
    def restore(
        cls,
        config: Config,
        dataset: Dataset,
        arrays: Mapping[str, np.ndarray[Any, Any]],
        meta: Mapping[str, Any],
    ) -> Self:
        """Return the state that :meth:`arrays` and :meth:`meta` came from.

        Raises
        ------
        ValueError, TypeError, KeyError
            If they do not belong to this configuration and data.
        """
        state = cls.begin(config, dataset)
        for name, own in state._named_arrays().items():
            if arrays[name].shape != own.shape or arrays[name].dtype != own.dtype:
                raise ValueError(
                    f"{name} is {arrays[name].dtype}{arrays[name].shape}, "
                    f"not {own.dtype}{own.shape}"
                )
            own[...] = arrays[name]
        state.order = arrays["order"].astype(np.int64)
        n = len(dataset.x_src_train) if state.order.size else 0
        if not np.array_equal(np.sort(state.order), np.arange(n)):
            raise ValueError("order does not hold every training example once")
        for name in ("step", "epoch", "used", "evaluations_since_best"):
            setattr(state, name, int(meta[name]))
        if not 0 <= state.used <= n:
            raise ValueError(f"{state.used} examples cannot have been used of {n}")
        for name in ("seconds", "learning_rate", "announced_rate"):
            setattr(state, name, float(meta[name]))
        state.history = {name: list(meta["history"][name]) for name in state.history}
        state.finished = meta["finished"]
        for name, rng in state.chance.items():
            rng.bit_generator.state = meta["chance"][name]
        state.epoch_sums = dict(meta["epoch_sums"])
        state.best_loss = math.inf if meta["best_loss"] is None else float(meta["best_loss"])
        state.recent.extend((float(loss), float(norm)) for loss, norm in meta["recent"])
        state.optimizer.steps = int(meta["optimizer_steps"])
        return state


def train(state: TrainingState, dataset: Dataset) -> Iterator[Event]:
    """Train until ``state.settings`` are fulfilled, and yield what happens.

    All that happens at a step is done before its first event is yielded; its
    :class:`~seqflip.learning.events.StepDone` is the last. Only then may ``state`` be saved.

    Parameters
    ----------
    state : TrainingState
        From :meth:`TrainingState.begin` or :meth:`TrainingState.restore`; changes as training goes
        on.
    dataset : Dataset
        With an empty held-out part nothing is evaluated.
    """
    loop = _Loop(state, dataset)
    yield Started(
        state.step,
        max(1, state.epoch),
        loop.steps_per_epoch,
        loop.total_steps,
        state.network.parameter_count,
    )
    while state.finished is None:
        yield from loop.advance()
    yield Finished(state.finished, state.step, max(1, state.epoch), state.seconds, loop.summary())


class _Loop:
    """The steps of one call of :func:`train`."""

    def __init__(self, state: TrainingState, dataset: Dataset) -> None:
        self.state, self.dataset, self.settings = state, dataset, state.settings
        self.network = state.network
        self.buffers = Buffers(self.network.parameters.flat.dtype)
        n = len(dataset.x_src_train)
        self.steps_per_epoch = self.settings.steps_per_epoch(n)
        self.total_steps = self.settings.total_steps(n)
        self.counts = counted(dataset.x_tgt_train)
        self.target_lengths = self.counts.sum(axis=1)
        self.source_lengths = (dataset.x_src_train != 0).sum(axis=1)

    def advance(self) -> list[Event]:
        """Do one step, with all that belongs to it, and return its events."""
        state, began = self.state, time.perf_counter()
        if state.step >= self.total_steps:  # a resumed run whose configuration asks for no more
            state.finished = "completed"
            return []
        events: list[Event] = []
        if state.learning_rate != state.announced_rate:
            state.announced_rate = state.learning_rate
            events.append(LearningRateChanged(state.step, state.learning_rate))
        rows = self._next_rows()
        result, norm = self._gradients(rows)
        if not (math.isfinite(result.loss) and math.isfinite(norm)):
            return [*events, self._diverged(result.loss, norm)]
        state.recent.append((result.loss, norm))
        rate = self._update()
        if not self._weights_are_finite():
            return [*events, self._diverged(result.loss, norm)]
        state.step += 1
        state.epoch_sums["loss"] += result.loss * result.tokens
        state.epoch_sums["correct"] += result.correct
        state.epoch_sums["tokens"] += result.tokens
        events += self._take_stock()
        state.seconds += time.perf_counter() - began
        if state.finished == "diverged":
            return events
        accuracy = result.correct / result.tokens
        events.append(
            StepDone(
                step=state.step,
                epoch=state.epoch,
                tokens=result.tokens,
                loss=result.loss,
                accuracy=accuracy,
                grad_norm=norm,
                learning_rate=rate,
                seconds=state.seconds,
            )
        )
        return events

    def _next_rows(self) -> IntArray:
        """Return the next batch's rows of the training data; shuffle when an epoch begins."""
        state, n = self.state, len(self.dataset.x_src_train)
        if state.used in (0, n):
            state.order = state.chance["order"].permutation(n)
            state.used = 0
            state.epoch += 1
            state.epoch_sums = {"loss": 0.0, "correct": 0, "tokens": 0}
        rows = state.order[state.used : state.used + self.settings.batch_size]
        state.used += len(rows)
        return rows

    def _gradients(self, rows: IntArray) -> tuple[CrossEntropy, float]:
        """Compute loss and clipped gradient of a batch; return the result and the norm it had."""
        state, network, buffers = self.state, self.network, self.buffers
        source_length = self.source_lengths[rows].max()
        steps = int(self.target_lengths[rows].max())
        x_src = self.dataset.x_src_train.take(rows, axis=0)[:, :source_length]
        x_tgt = self.dataset.x_tgt_train.take(rows, axis=0)[:, :steps]
        counts = self.counts.take(rows, axis=0)[:, :steps]
        inputs = network.shifted(x_tgt)
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):  # looked at below
            if self.settings.teacher_forcing_ratio < 1:
                forced = state.chance["coin"].random(steps) < self.settings.teacher_forcing_ratio
                inputs = scheduled_inputs(network, x_src, x_tgt, forced)
            buffers.reset()
            done = network.forward(x_src, inputs, state.chance["dropout"], buffers)
            logits = done.logits.reshape(-1, done.logits.shape[-1])
            result = softmax_cross_entropy(
                logits, x_tgt.reshape(-1), counts.reshape(-1), out=buffers.empty(*logits.shape)
            )
            network.parameters.zero_grad()
            d_logits = softmax_cross_entropy_backward(result).reshape(done.logits.shape)
            network.backward(d_logits, done, buffers)
            norm = clip_by_global_norm(network.parameters.flat_grad, self.settings.clip_norm)
        return result, norm

    def _update(self) -> float:
        """Change the weights; return the learning rate that was used."""
        state, settings, parameters = self.state, self.settings, self.network.parameters
        factor = schedule(settings.schedule, state.step, self.total_steps, settings.warmup_steps)
        rate = state.learning_rate * factor
        state.good[...] = parameters.flat
        with np.errstate(over="ignore", invalid="ignore"):  # the next loss will tell
            state.optimizer.update(parameters.flat, parameters.flat_grad, rate)
        return rate

    def _weights_are_finite(self) -> bool:
        """Return whether all weights are finite, by their sum of squares, which costs little."""
        flat = self.network.parameters.flat
        with np.errstate(over="ignore", invalid="ignore"):
            return math.isfinite(np.dot(flat, flat))

    def _take_stock(self) -> list[Event]:
        """Evaluate and close the epoch where it is time to, and decide whether training is over."""
        state, settings = self.state, self.settings
        last = state.step == self.total_steps
        epoch_over = last or state.used == len(self.dataset.x_src_train)
        every = settings.evaluate_every
        everything = len(self.dataset.x_src_test)
        events: list[Event] = []
        evaluated: Evaluated | None = None
        if everything and (epoch_over or (every and state.step % every == 0)):
            evaluated = self._evaluate(min(settings.evaluate_examples, everything))
            if not math.isfinite(evaluated.loss):
                state.step -= 1  # this update is taken back
                return [self._diverged(evaluated.loss, state.recent[-1][1])]
            events += self._compare(evaluated)  # on the same sequences every time
        if last:
            state.finished = "completed"
        elif settings.patience is not None and state.evaluations_since_best >= settings.patience:
            state.finished = "stopped_early"
        if evaluated is not None:
            if state.finished and evaluated.examples < everything:
                evaluated = self._evaluate(everything, evaluated.seconds)
            events.insert(0, evaluated)
        if epoch_over or state.finished:
            events.append(self._close_epoch(evaluated))
        return events

    def _evaluate(self, n: int, spent: float = 0.0) -> Evaluated:
        """Evaluate on the first ``n`` held-out sequences; ``spent`` seconds came before."""
        state, data, began = self.state, self.dataset, time.perf_counter()
        src, tgt = data.x_src_test[:n], data.x_tgt_test[:n]
        truth = None if state.truth is None else state.truth[:n]
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            found = evaluate(self.network, src, tgt, truth)
            sample = evaluate(
                self.network,
                data.x_src_train[:SAMPLE],
                data.x_tgt_train[:SAMPLE],
                state.train_truth,
            )
        return Evaluated(
            state.step,
            state.epoch,
            **found._asdict(),
            examples=len(src),
            seconds=spent + time.perf_counter() - began,
            train_sequence_accuracy=sample.sequence_accuracy,
            train_alignment=sample.alignment,
        )

    def _compare(self, evaluated: Evaluated) -> list[Event]:
        """Keep the weights if they are the best so far."""
        state = self.state
        if not evaluated.loss < state.best_loss:
            state.evaluations_since_best += 1
            return []
        state.best_loss = evaluated.loss
        state.evaluations_since_best = 0
        state.best[...] = self.network.parameters.flat
        return [BestModel(state.step, evaluated.loss)]

    def _close_epoch(self, evaluated: Evaluated | None) -> EpochDone:
        state, sums = self.state, self.state.epoch_sums
        loss, accuracy = sums["loss"] / sums["tokens"], sums["correct"] / sums["tokens"]
        reached: dict[str, float | None] = {"loss": loss, "accuracy": accuracy}
        if evaluated is not None:
            reached |= {
                "val_loss": evaluated.loss,
                "val_accuracy": evaluated.accuracy,
                "val_sequence_accuracy": evaluated.sequence_accuracy,
                "val_alignment": evaluated.alignment,
            }
        for name, value in reached.items():
            state.history[name].append(value)
        return EpochDone(state.epoch, state.step, loss, accuracy)

    def _diverged(self, loss: float, norm: float) -> Diverged:
        """Go back to the last good weights, and say what happened and what to try."""
        state = self.state
        state.finished = "diverged"
        self.network.parameters.flat[...] = state.good
        losses, norms = zip(*state.recent, strict=True) if state.recent else ((), ())
        return Diverged(state.step + 1, loss, norm, losses, norms, self._advice())

    def _advice(self) -> str:
        advice = f"try a learning rate of {self.state.learning_rate / 10:.3g}"
        return advice if self.settings.clip_norm else f"{advice} or training.clip_norm: 1.0"

    def summary(self) -> str:
        """Return in one sentence how it ended."""
        state, history = self.state, self.state.history
        exact = history["val_sequence_accuracy"][-1:] or [None]
        reached = "" if exact[0] is None else f" with {exact[0]:.1%} exact match on held-out data"
        steps = f"{state.step:,} steps ({state.seconds:.1f} s)"
        if state.finished == "diverged":
            before = ", ".join(f"{loss:.3g}" for loss, _ in state.recent) or "none"
            return (
                f"Diverged at step {state.step + 1:,}: loss or gradient no longer finite (losses "
                f"before: {before}); the last good weights are kept, {self._advice()}."
            )
        if state.finished == "stopped_early":
            return (
                f"Stopped early after {steps}{reached}: {state.evaluations_since_best} evaluations "
                "in a row without a lower held-out loss."
            )
        return f"Completed {steps}{reached}."
