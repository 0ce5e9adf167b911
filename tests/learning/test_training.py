"""Training: the order of its events, chance, resuming, stopping, diverging, and that it learns."""

import dataclasses
import json
import math
import tracemalloc
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import numpy as np
import pytest

import seqflip.learning.training
from seqflip.config.config import Config
from seqflip.data.tasks import Dataset, make_dataset
from seqflip.learning.evaluation import Evaluation, evaluate
from seqflip.learning.events import (
    BestModel,
    Diverged,
    EpochDone,
    Evaluated,
    Event,
    Finished,
    LearningRateChanged,
    Started,
    StepDone,
)
from seqflip.learning.metrics import counted
from seqflip.learning.training import TrainingState, train
from seqflip.nn.arrays import FloatArray, IntArray
from seqflip.nn.attention import ATTENTIONS
from seqflip.nn.buffers import Buffers
from seqflip.nn.loss import softmax_cross_entropy
from seqflip.nn.optim import schedule
from seqflip.nn.rnn.cells import CELLS
from seqflip.nn.transformer.positions import POSITIONS

T = TypeVar("T")

STEPS_PER_EPOCH = 5  # 33 sequences in batches of 8


RECURRENT = {"d_model": 8, "d_k": 4, "d_v": 6, "dropout": 0.2}
TRANSFORMER = {"architecture": "transformer", "d_model": 8, "heads": 2, "dropout": 0.2}


def configured(model: Mapping[str, Any] = RECURRENT, **training: Any) -> Config:
    """Return a tiny run of variable lengths in which everything that can be chance is."""
    settings: dict[str, Any] = {"epochs": 3, "batch_size": 8, "seed": 4, "evaluate_every": 3}
    settings |= {"evaluate_examples": 7, "teacher_forcing_ratio": 0.6}
    return Config.model_validate(
        {
            "data": {
                "task": "reverse",
                "n_train": 33,
                "n_test": 12,
                "src_length": 5,
                "min_length": 2,
                "vocab_size": 7,
            },
            "model": model,
            "training": settings | training,
        }
    )


def begin(config: Config) -> tuple[TrainingState, Dataset]:
    dataset = make_dataset(config.data)
    return TrainingState.begin(config, dataset), dataset


def without_held_out(dataset: Dataset) -> Dataset:
    src, tgt = dataset.x_src_test[:0], dataset.x_tgt_test[:0]
    return dataclasses.replace(dataset, x_src_test=src, x_tgt_test=tgt)


def run(config: Config) -> tuple[TrainingState, list[Event]]:
    state, dataset = begin(config)
    return state, list(train(state, dataset))


def of_type(events: list[Event], kind: type[T]) -> list[T]:
    return [event for event in events if isinstance(event, kind)]


def timeless(events: list[Event]) -> list[Event]:
    """Return the events without what a clock says."""
    return [without_time(event) for event in events]


def without_time(event: Event) -> Event:
    if isinstance(event, StepDone | Evaluated):
        return dataclasses.replace(event, seconds=0.0)
    if isinstance(event, Finished):
        return dataclasses.replace(event, seconds=0.0, message="")
    return event


def weights(state: TrainingState) -> FloatArray:
    return state.network.parameters.flat.copy()


# ------------------------------------------------------------------ events


def test_events_of_a_step_end_with_step_done() -> None:
    _, events = run(configured())
    kinds = [(type(event).__name__, event.step) for event in events]
    assert kinds[0] == ("Started", 0)
    assert kinds[-1] == ("Finished", 15)
    assert [step for kind, step in kinds if kind == "StepDone"] == list(range(1, 16))
    steps_so_far = 0
    for kind, step in kinds[1:-1]:
        assert step == steps_so_far + 1
        steps_so_far += kind == "StepDone"


def test_events_come_in_a_fixed_order_at_the_end_of_an_epoch() -> None:
    _, events = run(configured(epochs=1))
    last = [type(event) for event in events if event.step == STEPS_PER_EPOCH]
    assert last in (
        [Evaluated, BestModel, EpochDone, StepDone, Finished],
        [Evaluated, EpochDone, StepDone, Finished],
    )


def test_started_says_what_is_to_come() -> None:
    state, events = run(configured())
    assert events[0] == Started(0, 1, STEPS_PER_EPOCH, 15, state.network.parameter_count)


def test_all_values_are_plain_so_that_an_event_is_json() -> None:
    _, events = run(configured())
    for event in events:
        values = dataclasses.asdict(event)
        assert all(type(v) in (int, float, str, tuple, type(None)) for v in values.values())
        json.dumps(values, allow_nan=False)


def test_held_out_data_is_looked_at_every_few_steps_and_at_the_end_of_each_epoch() -> None:
    _, events = run(configured(evaluate_every=3))
    assert [e.step for e in of_type(events, Evaluated)] == [3, 5, 6, 9, 10, 12, 15]
    _, events = run(configured(evaluate_every=None))
    assert [e.step for e in of_type(events, Evaluated)] == [5, 10, 15]


def test_only_the_last_evaluation_takes_all_examples() -> None:
    _, events = run(configured(evaluate_every=None))
    assert [e.examples for e in of_type(events, Evaluated)] == [7, 7, 12]


def test_an_evaluation_also_measures_training_sequences() -> None:
    state, dataset = begin(configured())
    for event in train(state, dataset):
        if isinstance(event, Evaluated):
            src, tgt = dataset.x_src_train, dataset.x_tgt_train
            found = evaluate(state.network, src, tgt, state.train_truth)
            assert event.train_sequence_accuracy == found.sequence_accuracy
            assert event.train_alignment == found.alignment


def test_steps_belong_to_epochs_in_which_every_example_is_used_once() -> None:
    state, dataset = begin(configured())
    for event in train(state, dataset):
        if isinstance(event, StepDone):
            assert event.epoch == state.epoch == (event.step - 1) // STEPS_PER_EPOCH + 1
            assert sorted(state.order.tolist()) == list(range(33))
    _, events = run(configured())
    tokens = sum(e.tokens for e in of_type(events, StepDone) if e.epoch == 1)
    assert tokens == counted(dataset.x_tgt_train).sum()


def test_an_epochs_loss_and_accuracy_are_means_over_its_tokens() -> None:
    state, events = run(configured())
    for done in of_type(events, EpochDone):
        steps = [e for e in of_type(events, StepDone) if e.epoch == done.epoch]
        share = [e.tokens / sum(s.tokens for s in steps) for e in steps]
        assert done.loss == pytest.approx(np.dot(share, [e.loss for e in steps]))
        assert done.accuracy == pytest.approx(np.dot(share, [e.accuracy for e in steps]))
        assert state.history["loss"][done.epoch - 1] == done.loss


def test_the_history_has_one_entry_an_epoch() -> None:
    state, events = run(configured())
    at_ends = [e for e in of_type(events, Evaluated) if e.step % STEPS_PER_EPOCH == 0]
    assert state.history["val_loss"] == [e.loss for e in at_ends]
    assert state.history["val_accuracy"] == [e.accuracy for e in at_ends]
    assert state.history["val_sequence_accuracy"] == [e.sequence_accuracy for e in at_ends]
    assert state.history["val_alignment"] == [e.alignment for e in at_ends]
    assert {len(values) for values in state.history.values()} == {3}


def test_seconds_only_grow() -> None:
    state, events = run(configured())
    seconds = [e.seconds for e in of_type(events, StepDone)]
    assert seconds == sorted(seconds)
    assert 0 < seconds[0] < seconds[-1] == state.seconds


def test_training_may_end_inside_an_epoch() -> None:
    state, events = run(configured(max_steps=7, evaluate_every=None))
    assert [e.step for e in of_type(events, EpochDone)] == [5, 7]
    assert [e.step for e in of_type(events, Evaluated)] == [5, 7]
    assert (state.step, state.epoch, state.finished) == (7, 2, "completed")


def test_without_held_out_data_nothing_is_evaluated() -> None:
    config = configured(patience=1)
    nothing = without_held_out(make_dataset(config.data))
    state = TrainingState.begin(config, nothing)
    events = list(train(state, nothing))
    assert not of_type(events, Evaluated)
    assert state.history["val_loss"] == []
    assert len(state.history["loss"]) == 3


# ------------------------------------------------------------------ what a step is


def test_the_reported_loss_is_that_of_the_batch_before_its_update_teacher_forced() -> None:
    config = configured(teacher_forcing_ratio=1.0, evaluate_every=None)
    config = config.model_copy(update={"model": config.model.model_copy(update={"dropout": 0.0})})
    state, dataset = begin(config)
    kept = {name: value.copy() for name, value in state.network.parameters.values.items()}
    events = train(state, dataset)
    next(events)
    step = next(events)
    assert isinstance(step, StepDone)
    rows = state.order[:8]
    state.network.parameters.assign(kept)
    network, x_tgt = state.network, dataset.x_tgt_train[rows]
    inputs = np.pad(x_tgt[:, :-1], ((0, 0), (1, 0)), constant_values=7)  # begin, then the targets
    logits = network.forward(dataset.x_src_train[rows], inputs).logits.reshape(-1, 7)
    expected = softmax_cross_entropy(logits, x_tgt.reshape(-1), counted(x_tgt).reshape(-1))
    assert step.loss == pytest.approx(expected.loss, rel=1e-5)
    assert step.accuracy == expected.correct / expected.tokens
    assert step.tokens == counted(x_tgt).sum()


@pytest.mark.parametrize("optimizer", ["adam", "sgd"])
@pytest.mark.parametrize("name", ["constant", "linear", "cosine"])
def test_the_learning_rate_follows_its_schedule(name: Any, optimizer: str) -> None:
    config = configured(schedule=name, warmup_steps=4, learning_rate=0.02, optimizer=optimizer)
    _, events = run(config)
    rates = [e.learning_rate for e in of_type(events, StepDone)]
    assert rates == pytest.approx([0.02 * schedule(name, step, 15, 4) for step in range(15)])


def test_the_learning_rate_may_be_changed_while_it_runs() -> None:
    state, dataset = begin(configured(schedule="linear", learning_rate=0.02))
    events = []
    for event in train(state, dataset):
        events.append(event)
        if isinstance(event, StepDone) and event.step == 6:
            state.learning_rate = 0.1
    assert of_type(events, LearningRateChanged) == [LearningRateChanged(6, 0.1)]
    rates = [e.learning_rate for e in of_type(events, StepDone)]
    assert rates[5] == pytest.approx(0.02 * (1 - 5 / 15))
    assert rates[6] == pytest.approx(0.1 * (1 - 6 / 15))


def test_a_long_gradient_is_shortened_before_it_is_followed() -> None:
    state, dataset = begin(
        configured(optimizer="sgd", momentum=0.0, clip_norm=1e-3, schedule="constant")
    )
    before = weights(state)
    for event in train(state, dataset):
        if isinstance(event, StepDone):
            assert event.grad_norm > 1e-3  # as it was
            moved = np.linalg.norm(weights(state) - before)
            assert moved == pytest.approx(1e-3 * event.learning_rate, rel=1e-2)
            break


# ------------------------------------------------------------------ chance


def test_the_same_seed_gives_the_same_run() -> None:
    (first, events), (second, same) = run(configured()), run(configured())
    np.testing.assert_array_equal(weights(first), weights(second))
    assert timeless(events) == timeless(same)


def test_another_seed_gives_other_first_weights_and_another_order() -> None:
    (first, _), (second, _) = run(configured(max_steps=1)), run(configured(max_steps=1, seed=5))
    assert (first.order != second.order).any()
    assert (weights(first) != weights(second)).any()


@pytest.mark.parametrize(
    "change", [{"model": {"dropout": 0.0}}, {"training": {"teacher_forcing_ratio": 1.0}}]
)
def test_streams_of_chance_are_independent(change: dict[str, dict[str, float]]) -> None:
    config = configured(epochs=2)
    parts = {
        name: getattr(config, name).model_copy(update=update) for name, update in change.items()
    }
    other = config.model_copy(update=parts)
    np.testing.assert_array_equal(weights(begin(config)[0]), weights(begin(other)[0]))
    first, second = run(config)[0], run(other)[0]
    np.testing.assert_array_equal(first.order, second.order)
    assert (weights(first) != weights(second)).any()


# ------------------------------------------------------------------ going on


def through_json(value: dict[str, Any]) -> dict[str, Any]:
    decoded: dict[str, Any] = json.loads(json.dumps(value, allow_nan=False))
    return decoded


def assert_same_arrays(state: TrainingState, other: TrainingState) -> None:
    expected = other.arrays()
    assert state.arrays().keys() == expected.keys()
    for name, array in state.arrays().items():
        np.testing.assert_array_equal(array, expected[name], err_msg=name)


@pytest.mark.parametrize("step", [1, 4, 5, 6, 10, 14, 15])
@pytest.mark.parametrize(
    "training",
    [
        {},
        {"optimizer": "sgd", "schedule": "cosine", "warmup_steps": 3},
        {"patience": 3, "learning_rate": 0.2, "evaluate_every": 1},
        {"evaluate_every": None, "max_steps": 12, "clip_norm": None},
    ],
    ids=["adam", "sgd", "patience", "max-steps"],
)
def test_saved_at_any_step_it_goes_on_to_the_same_bits(training: dict[str, Any], step: int) -> None:
    goes_on_to_the_same_bits(configured(**training), step)


@pytest.mark.parametrize(
    "model",
    [
        *({**RECURRENT, "attention": name, "source_marks": True} for name in ATTENTIONS),
        *({**RECURRENT, "cell": name, "attention": "shift"} for name in CELLS),
        *({**TRANSFORMER, "positions": name} for name in POSITIONS),
    ],
    ids=lambda model: "-".join(str(value) for value in model.values() if isinstance(value, str)),
)
def test_every_kind_of_model_goes_on_to_the_same_bits(model: dict[str, Any]) -> None:
    goes_on_to_the_same_bits(configured(model, epochs=2), 7)


def goes_on_to_the_same_bits(config: Config, step: int) -> None:
    """Hold that who saves at this step and restores ends where an undisturbed run does."""
    state, dataset = begin(config)
    saved: tuple[dict[str, Any], dict[str, Any]] | None = None
    events: list[Event] = []
    rest = 0
    for event in train(state, dataset):
        events.append(event)
        if isinstance(event, StepDone) and event.step <= step:  # or the last, if it ends before
            arrays = {name: array.copy() for name, array in state.arrays().items()}
            saved, rest = (arrays, through_json(state.meta())), len(events)
    assert saved is not None

    restored = TrainingState.restore(config, make_dataset(config.data), *saved)
    started, *again = train(restored, dataset)
    assert isinstance(started, Started)
    assert (started.step, started.total_steps) == (saved[1]["step"], events[0].total_steps)  # type: ignore[union-attr]
    assert timeless(again) == timeless(events[rest:])
    assert_same_arrays(restored, state)
    meta, expected = restored.meta(), state.meta()
    assert meta.pop("seconds") >= saved[1]["seconds"]
    expected.pop("seconds")
    assert meta == expected


def test_a_changed_learning_rate_is_remembered() -> None:
    config = configured()
    state, dataset = begin(config)
    state.learning_rate = 0.5
    events = train(state, dataset)
    next(event for event in events if isinstance(event, StepDone))
    restored = TrainingState.restore(config, dataset, state.arrays(), through_json(state.meta()))
    rest = list(train(restored, dataset))
    assert not of_type(rest, LearningRateChanged)
    assert of_type(rest, StepDone)[0].learning_rate == pytest.approx(0.5 * 14 / 15)


def test_what_is_saved_is_not_changed_by_going_on() -> None:
    state, dataset = begin(configured())
    events = train(state, dataset)
    next(event for event in events if isinstance(event, StepDone))
    meta = state.meta()
    before = json.dumps(meta)
    list(events)
    assert json.dumps(meta) == before


@pytest.mark.parametrize(
    "damage",
    [
        lambda arrays, meta: arrays.pop("best"),
        lambda arrays, meta: arrays.update(best=arrays["best"][:-1]),
        lambda arrays, meta: arrays.update(best=arrays["best"].astype(np.float64)),
        lambda arrays, meta: arrays.update(order=arrays["order"][:-1]),
        lambda arrays, meta: arrays.update(order=arrays["order"] + 1),
        lambda arrays, meta: arrays.update(order=np.zeros_like(arrays["order"])),
        lambda arrays, meta: meta.pop("step"),
        lambda arrays, meta: meta.update(used=99),
        lambda arrays, meta: meta["chance"].pop("coin"),
        lambda arrays, meta: meta.update(history={}),
    ],
)
def test_what_does_not_belong_to_the_run_is_refused(damage: Callable[..., Any]) -> None:
    config = configured()
    state, dataset = begin(config)
    next(event for event in train(state, dataset) if isinstance(event, StepDone))
    arrays, meta = dict(state.arrays()), through_json(state.meta())
    damage(arrays, meta)
    with pytest.raises((ValueError, TypeError, KeyError)):
        TrainingState.restore(config, dataset, arrays, meta)


# ------------------------------------------------------------------ the best model, and stopping


def evaluations(monkeypatch: pytest.MonkeyPatch, losses: list[float]) -> None:
    """Let the held-out losses be these, one evaluation after the other, and then the last."""
    remaining = iter(losses)

    def evaluate(network: object, x_src: IntArray, *_: object) -> Evaluation:
        held_out = len(x_src) <= 12
        loss = next(remaining, losses[-1]) if held_out else 0.0
        return Evaluation(loss, 0.5, 0.25, None, 0.75)

    monkeypatch.setattr(seqflip.learning.training, "evaluate", evaluate)


def test_the_weights_with_the_lowest_held_out_loss_are_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    evaluations(monkeypatch, [3.0, 2.0, 2.5, 2.0])
    state, dataset = begin(configured(max_steps=4, evaluate_every=1))
    after = {}
    events = []
    for event in train(state, dataset):
        events.append(event)
        after[event.step] = weights(state)
    assert of_type(events, BestModel) == [BestModel(1, 3.0), BestModel(2, 2.0)]
    best = np.concatenate([value.reshape(-1) for value in state.best_parameters.values()])
    np.testing.assert_array_equal(best, after[2])
    assert state.best_parameters.keys() == state.network.parameters.values.keys()
    np.testing.assert_array_equal(weights(state), after[4])  # training itself went on


def test_only_losses_over_the_same_sequences_are_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    def evaluate(_: object, x_src: FloatArray, *__: object) -> Evaluation:
        return Evaluation(2.0 if len(x_src) == 3 else 1.0, 0.5, 0.25, None, 0.75)

    monkeypatch.setattr(seqflip.learning.training, "evaluate", evaluate)
    config = configured(max_steps=2, evaluate_every=1, evaluate_examples=3)
    _, events = run(config)
    assert [e.examples for e in of_type(events, Evaluated)] == [3, config.data.n_test]
    assert of_type(events, BestModel) == [BestModel(1, 2.0)]


@pytest.mark.parametrize("settings", [{"max_steps": 3}, {"patience": 1}], ids=str)
def test_the_last_evaluation_takes_all_held_out_sequences(
    settings: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    evaluations(monkeypatch, [1.0, 2.0])
    config = configured(evaluate_every=1, evaluate_examples=3, **settings)
    _, events = run(config)
    assert of_type(events, Evaluated)[-1].examples == config.data.n_test > 3


def test_training_stops_when_patience_is_at_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    evaluations(monkeypatch, [3.0, 3.5, 2.0, 2.5, 2.0, 9.0])
    state, events = run(configured(evaluate_every=1, patience=2))
    *_, epoch_done, step_done, finished = events
    assert state.step == 5
    assert isinstance(epoch_done, EpochDone)
    assert isinstance(step_done, StepDone)
    assert isinstance(finished, Finished)
    assert (finished.reason, finished.step) == ("stopped_early", 5)
    assert "2 evaluations in a row" in finished.message


def test_a_finished_run_has_nothing_more_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    evaluations(monkeypatch, [1.0, 2.0])
    config = configured(evaluate_every=1, patience=1)
    state, _ = run(config)
    dataset = make_dataset(config.data)
    restored = TrainingState.restore(config, dataset, state.arrays(), through_json(state.meta()))
    assert [type(event) for event in train(restored, dataset)] == [Started, Finished]


# ------------------------------------------------------------------ divergence


def diverging(
    rate: float, after: int, **training: Any
) -> tuple[list[Event], list[FloatArray], TrainingState]:
    """Set an absurd learning rate after a step; return events, and the weights after each step."""
    state, dataset = begin(configured(optimizer="sgd", clip_norm=None, **training))
    events: list[Event] = []
    steps = [weights(state)]
    for event in train(state, dataset):
        events.append(event)
        if isinstance(event, StepDone):
            steps.append(weights(state))
            if event.step == after:
                state.learning_rate = rate
    return events, steps, state


@pytest.mark.parametrize("rate", [1e30, 1e39, math.inf])
def test_divergence_stops_training_with_the_last_good_weights(rate: float) -> None:
    events, steps, state = diverging(rate, after=4, evaluate_every=None)
    diverged, finished = events[-2:]
    assert isinstance(diverged, Diverged)
    assert isinstance(finished, Finished)
    assert (finished.reason, state.finished) == ("diverged", "diverged")
    np.testing.assert_array_equal(weights(state), steps[4])
    losses = [e.loss for e in of_type(events, StepDone)]
    for recent in (diverged.recent_losses, diverged.recent_grad_norms):
        assert len(recent) == 5
        assert np.isfinite(recent).all()
    assert set(losses[-4:]) <= set(diverged.recent_losses)
    assert f"step {diverged.step}" in finished.message


@pytest.mark.parametrize("rate", [1e30, 1e39])
def test_divergence_in_the_last_step_is_no_success(rate: float) -> None:
    events, steps, state = diverging(rate, after=6, max_steps=7, evaluate_every=None)
    assert isinstance(events[-2], Diverged)
    assert events[-2].step == 7
    assert state.step == 6
    np.testing.assert_array_equal(weights(state), steps[6])


def test_weights_that_are_not_finite_are_noticed_without_held_out_data() -> None:
    config = configured(optimizer="sgd", clip_norm=None, max_steps=1)
    dataset = without_held_out(make_dataset(config.data))
    state = TrainingState.begin(config, dataset)
    before = weights(state)
    state.learning_rate = math.inf
    kinds = [type(event) for event in train(state, dataset)]
    assert kinds == [Started, LearningRateChanged, Diverged, Finished]
    np.testing.assert_array_equal(weights(state), before)


def test_the_best_weights_survive_a_divergence() -> None:
    events, steps, state = diverging(1e30, after=6, evaluate_every=3)
    best = of_type(events, BestModel)[-1]
    flat = np.concatenate([value.reshape(-1) for value in state.best_parameters.values()])
    np.testing.assert_array_equal(flat, steps[best.step])


def test_a_diverged_run_can_be_saved_and_has_nothing_more_to_do() -> None:
    _, _, state = diverging(1e30, after=2)
    config = configured(optimizer="sgd", clip_norm=None)
    dataset = make_dataset(config.data)
    restored = TrainingState.restore(config, dataset, state.arrays(), through_json(state.meta()))
    assert [type(event) for event in train(restored, dataset)] == [Started, Finished]


def test_the_advice_is_a_smaller_learning_rate_and_clipping_if_there_was_none() -> None:
    events, _, _ = diverging(1e30, after=4)
    (diverged,) = of_type(events, Diverged)
    assert diverged.advice == "try a learning rate of 1e+29 or training.clip_norm: 1.0"


# ------------------------------------------------------------------ memory


def test_memory_that_is_used_again_changes_no_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    used_again, _ = run(configured())
    monkeypatch.setattr(Buffers, "empty", lambda self, *shape: np.full(shape, np.nan, self.dtype))
    fresh, _ = run(configured())
    assert_same_arrays(used_again, fresh)


def test_memory_is_flat_over_steps() -> None:
    state, dataset = begin(configured(epochs=20, evaluate_every=None))
    sizes = []
    tracemalloc.start()
    try:
        for event in train(state, dataset):
            if isinstance(event, EpochDone) and event.epoch in (5, 20):
                sizes.append(tracemalloc.get_traced_memory()[0])
    finally:
        tracemalloc.stop()
    assert sizes[1] - sizes[0] < 20_000  # a history of a few numbers, and no array


# ------------------------------------------------------------------ learning


def learned(attention: str) -> Evaluated:
    config = Config.model_validate(
        {
            "data": {"n_train": 4000, "n_test": 300, "src_length": 8, "vocab_size": 11},
            "model": {"d_model": 32, "d_k": 16, "d_v": 32, "attention": attention},
            "training": {"epochs": 100, "max_steps": 300, "evaluate_every": None},
        }
    )
    return of_type(run(config)[1], Evaluated)[-1]


def test_attention_learns_to_reverse() -> None:
    reached = learned("scaled_dot")
    assert reached.sequence_accuracy > 0.99
    assert reached.alignment is not None
    assert reached.alignment > 0.5


def test_without_attention_the_same_training_does_not_suffice() -> None:
    reached = learned("none")
    assert reached.sequence_accuracy < 0.7
    assert reached.alignment is None
