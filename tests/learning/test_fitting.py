"""``model.train``: what it returns, prints and leaves behind."""

from typing import Any

import numpy as np
import pytest

import seqflip.learning.fitting
from seqflip import Seq2SeqAttentionModel, generate_copy_task_data, generate_reversal_task_data
from seqflip.config.sections import TrainingConfig

SIZES = (6, 4, 4, 8, 4, 4)
PAIRS = generate_reversal_task_data(40, 4, 4, 6, random_seed=0)
HELD_OUT = generate_reversal_task_data(10, 4, 4, 6, random_seed=1)


def fresh(seed: int | None = 0) -> Seq2SeqAttentionModel:
    return Seq2SeqAttentionModel(*SIZES, seed=seed)


def test_history_has_a_loss_and_an_accuracy_for_each_epoch() -> None:
    history = fresh().train(*PAIRS, 3, 0.01, 16, False)
    assert {name: len(values) for name, values in history.items()} == {"loss": 3, "accuracy": 3}
    assert all(type(value) is float for values in history.values() for value in values)
    assert history["loss"][-1] < history["loss"][0]


def test_with_held_out_data_history_says_how_it_does_there() -> None:
    model = fresh()
    history = model.train(*PAIRS, 2, 0.01, 16, verbose=False, validation=HELD_OUT)
    names = ["loss", "accuracy", "val_loss", "val_accuracy", "val_sequence_accuracy"]
    assert {name: len(values) for name, values in history.items()} == dict.fromkeys(names, 2)
    reached = model.evaluate(*HELD_OUT)
    assert history["val_loss"][-1] == reached["loss"]
    assert history["val_accuracy"][-1] == reached["accuracy"]


def test_held_out_data_are_only_looked_at() -> None:
    model, other = fresh(), fresh()
    model.train(*PAIRS, 2, 0.01, 16, False)
    other.train(*PAIRS, 2, 0.01, 16, False, validation=HELD_OUT)
    np.testing.assert_array_equal(model.network.parameters.flat, other.network.parameters.flat)


def test_held_out_data_may_have_other_lengths() -> None:
    longer = generate_reversal_task_data(10, 6, 6, 6, random_seed=1)
    assert "val_loss" in fresh().train(*PAIRS, 1, 0.01, 16, False, validation=longer)


def test_a_line_is_printed_for_each_epoch_unless_it_is_to_be_quiet(
    capsys: pytest.CaptureFixture[str],
) -> None:
    fresh().train(*PAIRS, 2, 0.01, 16, verbose=False)
    assert capsys.readouterr().out == ""
    fresh().train(*PAIRS, 2, 0.01, 16, validation=HELD_OUT)
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("epoch 1/2  loss ")
    assert second.startswith("epoch 2/2  loss ")
    assert "val_sequence_accuracy" in second


def test_a_seed_decides_all_chance() -> None:
    histories = [fresh(seed).train(*PAIRS, 1, 0.01, 16, False) for seed in (0, 0, 1)]
    assert histories[0] == histories[1] != histories[2]


def test_without_a_seed_every_model_is_different() -> None:
    first, second = (fresh(None).train(*PAIRS, 1, 0.01, 16, False) for _ in range(2))
    assert first != second


def test_training_twice_goes_on() -> None:
    model = fresh()
    first = model.train(*PAIRS, 3, 0.01, 16, False)
    assert model.train(*PAIRS, 1, 0.01, 16, False)["loss"][0] < first["loss"][-1]


def test_batches_may_be_larger_than_the_data_and_numbers_numpys() -> None:
    model = Seq2SeqAttentionModel(*SIZES, seed=np.int64(3))  # type: ignore[arg-type]
    epochs, rate, batch = np.int64(1), np.float32(0.01), np.uint8(200)
    assert len(model.train(*PAIRS, epochs, rate, batch, False)["loss"]) == 1  # type: ignore[arg-type]


def test_the_given_arrays_stay_as_they_are() -> None:
    x_src, x_tgt = (array.copy() for array in PAIRS)
    fresh().train(x_src, x_tgt, 1, 0.01, 16, False)
    np.testing.assert_array_equal(x_src, PAIRS[0])
    np.testing.assert_array_equal(x_tgt, PAIRS[1])


def test_a_divergence_is_warned_of_and_leaves_finite_weights(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Plain(TrainingConfig):
        optimizer: str = "sgd"
        clip_norm: float | None = None

    monkeypatch.setattr(seqflip.learning.fitting, "TrainingConfig", Plain)
    model = fresh()
    model.network.parameters.flat[...] *= 1e9
    with pytest.warns(RuntimeWarning, match="Diverged at step"):
        history = model.train(*PAIRS, 50, 1000.0, 16, False)
    assert len(history["loss"]) < 50
    assert np.isfinite(model.network.parameters.flat).all()


@pytest.mark.parametrize(
    ("arguments", "error", "sentence"),
    [
        ((0, 0.01, 16), ValueError, "epochs must be at least 1, got 0"),
        ((1.5, 0.01, 16), TypeError, "epochs must be a whole number, got 1.5"),
        ((True, 0.01, 16), TypeError, "epochs must be a whole number, got True"),
        ((1, 0.01, 0), ValueError, "batch_size must be at least 1, got 0"),
        ((1, 0.01, "16"), TypeError, "batch_size must be a whole number, got '16'"),
        ((1, 0.0, 16), ValueError, "learning_rate must be positive and finite, got 0.0"),
        ((1, -0.1, 16), ValueError, "learning_rate must be positive and finite, got -0.1"),
        ((1, float("nan"), 16), ValueError, "learning_rate must be positive and finite, got nan"),
        ((1, "0.1", 16), TypeError, "learning_rate must be a number, got '0.1'"),
        ((1, 1e6, 16), ValueError, "learning_rate must be a number above 0, at most 1,000"),
    ],
)
def test_impossible_arguments_are_refused(
    arguments: tuple[Any, Any, Any], error: type[Exception], sentence: str
) -> None:
    with pytest.raises(error, match=sentence):
        fresh().train(*PAIRS, *arguments, False)


def test_data_that_do_not_belong_together_are_refused() -> None:
    with pytest.raises(ValueError, match="the same number of rows, got 40 and 39"):
        fresh().train(PAIRS[0], PAIRS[1][1:], 1, 0.01, 16, False)
    held_out = (HELD_OUT[0], HELD_OUT[1][1:])
    with pytest.raises(ValueError, match="the same number of rows, got 10 and 9"):
        fresh().train(*PAIRS, 1, 0.01, 16, False, validation=held_out)


def test_copying_is_learned_from_generated_data() -> None:
    model = Seq2SeqAttentionModel(6, 4, 4, 16, 8, 16, seed=0)
    model.train(*generate_copy_task_data(1000, 4, 4, 6, random_seed=0), 10, 0.02, 32, False)
    held_out = generate_copy_task_data(100, 4, 4, 6, random_seed=1)
    assert model.evaluate(*held_out)["sequence_accuracy"] > 0.95
