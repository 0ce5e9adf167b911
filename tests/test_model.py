"""The model as its users meet it: signatures, answers, parameters, and sentences for mistakes."""

from typing import Any

import numpy as np
import pytest

import seqflip.model
from seqflip import Seq2SeqAttentionModel, generate_reversal_task_data
from seqflip.config.sections import ModelConfig
from seqflip.data.tasks import true_alignment
from seqflip.learning.metrics import counted, sequence_accuracy, token_accuracy
from seqflip.nn.loss import softmax_cross_entropy
from tests.nn.gradients import assert_gradients, tokens

SIZES = {"vocab_size": 6, "src_length": 4, "tgt_length": 5, "d_model": 8, "d_k": 4, "d_v": 3}
X_SRC, X_TGT = tokens([[1, 2, 3, 4], [5, 1]]), tokens([[4, 3, 2, 1], [1, 5]])


def model(**changes: Any) -> Seq2SeqAttentionModel:
    return Seq2SeqAttentionModel(**(SIZES | {"seed": 0} | changes))


# ------------------------------------------------------------------ parameters


def test_parameters_have_the_promised_names_and_shapes() -> None:
    shapes = {name: value.shape for name, value in model().parameters().items()}
    assert shapes == {
        "embedding.weight": (7, 8),
        "encoder.weight_ih_l0": (12, 8),
        "encoder.weight_ih_l0_reverse": (12, 8),
        "encoder.weight_hh_l0": (12, 4),
        "encoder.weight_hh_l0_reverse": (12, 4),
        "encoder.bias_ih_l0": (12,),
        "encoder.bias_ih_l0_reverse": (12,),
        "encoder.bias_hh_l0": (12,),
        "encoder.bias_hh_l0_reverse": (12,),
        "decoder.weight_ih_l0": (24, 8),
        "decoder.weight_hh_l0": (24, 8),
        "decoder.bias_ih_l0": (24,),
        "decoder.bias_hh_l0": (24,),
        "attention.query.weight": (4, 8),
        "attention.key.weight": (4, 8),
        "attention.value.weight": (3, 8),
        "output.weight": (6, 11),
        "output.bias": (6,),
    }


def test_options_change_the_parameters_as_promised() -> None:
    changed = model(
        cell="lstm", layers=2, bidirectional=False, attention="additive", input_feeding=True
    )
    shapes = {name: value.shape for name, value in changed.parameters().items()}
    assert shapes["encoder.weight_hh_l1"] == (32, 8)
    assert shapes["decoder.weight_ih_l0"] == (32, 8 + 3)
    assert shapes["decoder.weight_ih_l1"] == (32, 8)
    assert shapes["attention.score.weight"] == (4,)
    assert not any("reverse" in name for name in shapes)
    assert model(cell="rnn").parameters()["decoder.weight_ih_l0"].shape == (8, 8)
    without = model(attention="none").parameters()
    assert without["output.weight"].shape == (6, 8)
    assert not any("attention" in name for name in without)


def test_parameters_are_live_single_precision_and_counted() -> None:
    made = model()
    assert sum(value.size for value in made.parameters().values()) == made.parameter_count
    assert {value.dtype for value in made.parameters().values()} == {np.dtype(np.float32)}
    assert model(dtype="float64").parameters()["output.bias"].dtype == np.float64
    before = made.predict(X_SRC)
    made.parameters()["output.bias"][...] = [-100, 0, 100, 0, 0, 0]
    assert (made.predict(X_SRC) == 2).all()
    assert (before != 2).any()


def test_parameters_can_be_loaded_into_another_model() -> None:
    made, other = model(), model(seed=1)
    other.load_parameters(made.parameters())
    np.testing.assert_array_equal(made.network.parameters.flat, other.network.parameters.flat)
    other.parameters()["output.bias"][...] = 1  # a copy was taken
    assert not made.parameters()["output.bias"].any()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"output.bias": None}, "parameter output.bias is missing"),
        ({"output.offset": np.zeros(6)}, "parameter output.offset is unknown"),
        ({"output.bias": np.zeros(5)}, r"output.bias must have shape \(6,\), got \(5,\)"),
        ({"output.bias": np.full(6, np.nan)}, "output.bias must hold finite floating-point"),
        ({"output.bias": np.full(6, 1e300)}, "output.bias must hold finite floating-point"),
        ({"output.bias": np.zeros(6, int)}, "output.bias must hold finite floating-point"),
    ],
)
def test_parameters_that_do_not_fit_are_refused_and_nothing_is_changed(
    change: dict[str, Any], sentence: str
) -> None:
    made = model()
    before = made.network.parameters.flat.copy()
    given = {name: value + 1 for name, value in made.parameters().items()} | change
    with pytest.raises(ValueError, match=sentence):
        made.load_parameters({name: value for name, value in given.items() if value is not None})
    np.testing.assert_array_equal(made.network.parameters.flat, before)


@pytest.mark.parametrize("error", [RuntimeError, TypeError])
def test_a_tensor_that_is_no_array_is_refused_as_promised(error: type[Exception]) -> None:
    class Tensor:
        """As torch's are that still need a gradient, or are of a type that NumPy has not."""

        def __array__(self, *_: Any, **__: Any) -> Any:
            raise error("use tensor.detach()")

    made = model()
    before = {name: value.copy() for name, value in made.parameters().items()}
    given: dict[str, Any] = before | {"output.bias": Tensor()}
    with pytest.raises(ValueError, match=r"parameter output.bias .* use tensor.detach\(\)"):
        made.load_parameters(given)
    for name, value in made.parameters().items():
        np.testing.assert_array_equal(value, before[name])


def test_a_seed_decides_the_first_weights() -> None:
    flats = [model(seed=seed).network.parameters.flat for seed in (0, 0, 1, None, None)]
    np.testing.assert_array_equal(flats[0], flats[1])
    for other in flats[2:]:
        assert (flats[0] != other).any()
    assert (flats[3] != flats[4]).any()


def test_a_configurations_model_section_is_a_model() -> None:
    section = ModelConfig(d_model=8, d_k=4, d_v=3, cell="lstm", layers=2, dropout=0.1)
    configured = Seq2SeqAttentionModel.from_config(section, 6, 4, 5, seed=0)
    expected = model(cell="lstm", layers=2, dropout=0.1)
    assert configured.network.architecture == expected.network.architecture
    assert (configured.vocab_size, configured.src_length, configured.tgt_length) == (6, 4, 5)
    np.testing.assert_array_equal(
        configured.network.parameters.flat, expected.network.parameters.flat
    )


# ------------------------------------------------------------------ answers


def test_answers_have_the_target_length_and_zeros_behind_their_end() -> None:
    answers = model().predict(X_SRC)
    assert answers.shape == (2, 5)
    assert answers.dtype == np.int64
    assert ((answers >= 0) & (answers < 6)).all()
    assert not (answers[:, 1:] * (answers[:, :-1] == 0)).any()


def test_sources_may_be_longer_than_the_model_was_made_for() -> None:
    assert model().predict(np.ones((1, 20), np.int64)).shape == (1, 5)


@pytest.mark.parametrize("dtype", [np.uint8, np.int32, np.uint64])
def test_any_integers_and_lists_will_do(dtype: type) -> None:
    made = model()
    expected = made.predict(X_SRC).tolist()
    assert made.predict(X_SRC.astype(dtype)).tolist() == expected
    assert made.predict(X_SRC.tolist()).tolist() == expected


def test_evaluation_says_what_free_running_answers_are_worth() -> None:
    made = model()
    x_src, x_tgt = generate_reversal_task_data(30, 4, 5, 6, random_seed=0)
    found = made.evaluate(x_src, x_tgt)
    answers = made.predict(x_src)
    assert found.keys() == {"loss", "accuracy", "sequence_accuracy"}
    assert found["accuracy"] == token_accuracy(answers, x_tgt)
    assert found["sequence_accuracy"] == sequence_accuracy(answers, x_tgt)
    assert found["loss"] == pytest.approx(made.loss_and_gradients(x_src, x_tgt)[0], rel=1e-5)
    assert all(type(value) is float for value in found.values())


def test_evaluation_says_how_well_attention_is_aligned_where_the_truth_is_known() -> None:
    truth = true_alignment("reverse", X_SRC, X_TGT)
    assert truth is not None
    assert 0 < model().evaluate(X_SRC, X_TGT, truth)["alignment"] < 1
    as_numbers = truth.astype(int).tolist()
    assert model().evaluate(X_SRC, X_TGT, as_numbers) == model().evaluate(X_SRC, X_TGT, truth)
    assert "alignment" not in model(attention="none").evaluate(X_SRC, X_TGT, truth)
    with pytest.raises(ValueError, match=r"alignment must have shape \(2, 4, 4\), got \(2, 4, 3\)"):
        model().evaluate(X_SRC, X_TGT, truth[..., :3])


# ------------------------------------------------------------------ loss and gradients


def test_the_loss_is_that_of_a_decoder_that_reads_the_target_one_step_late() -> None:
    made = model(dtype="float64", dropout=0.5)
    inputs = np.array([[6, 4, 3, 2], [6, 1, 5, 0]])
    logits = made.network.forward(X_SRC, inputs).logits.reshape(-1, 6)
    expected = softmax_cross_entropy(logits, X_TGT.reshape(-1), counted(X_TGT).reshape(-1))
    assert made.loss_and_gradients(X_SRC, X_TGT)[0] == pytest.approx(expected.loss, rel=1e-12)


@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
def test_gradients_are_those_of_the_loss(cell: str) -> None:
    made = model(d_model=4, d_k=3, d_v=2, cell=cell, dtype="float64", dropout=0.5)
    rng = np.random.default_rng(0)
    made.network.parameters.flat[...] += rng.normal(0, 0.7, made.parameter_count)
    _, gradients = made.loss_and_gradients(X_SRC, X_TGT)
    assert_gradients(
        lambda: made.loss_and_gradients(X_SRC, X_TGT)[0],
        {name: (value, gradients[name]) for name, value in made.parameters().items()},
    )


def test_asking_for_gradients_changes_nothing_and_gives_copies() -> None:
    made = model()
    before = made.network.parameters.flat.copy()
    first = made.loss_and_gradients(X_SRC, X_TGT)
    kept = {name: gradient.copy() for name, gradient in first[1].items()}
    second = made.loss_and_gradients(X_SRC, X_TGT)
    np.testing.assert_array_equal(made.network.parameters.flat, before)
    assert first[0] == second[0]
    for name, gradient in kept.items():
        np.testing.assert_array_equal(first[1][name], gradient)
        np.testing.assert_array_equal(second[1][name], gradient)


def test_what_comes_behind_a_targets_end_does_not_count() -> None:
    made = model(dtype="float64")
    loss, gradients = made.loss_and_gradients([[5, 1]], [[1, 5, 0]])
    longer, of_longer = made.loss_and_gradients([[5, 1]], [[1, 5, 0, 0, 0]])
    assert loss == pytest.approx(longer, rel=1e-12)
    for name, gradient in gradients.items():
        np.testing.assert_allclose(gradient, of_longer[name], rtol=1e-9, atol=1e-14)


# ------------------------------------------------------------------ mistakes


@pytest.mark.parametrize(
    ("change", "error", "sentence"),
    [
        ({"vocab_size": 1}, ValueError, "vocab_size must be at least 2, got 1"),
        ({"d_model": 0}, ValueError, "d_model must be at least 1, got 0"),
        ({"d_k": -3}, ValueError, "d_k must be at least 1, got -3"),
        ({"d_v": 2.0}, TypeError, "d_v must be a whole number, got 2.0"),
        ({"src_length": "4"}, TypeError, "src_length must be a whole number, got '4'"),
        ({"tgt_length": True}, TypeError, "tgt_length must be a whole number, got True"),
        ({"layers": 0}, ValueError, "layers must be at least 1, got 0"),
        ({"d_model": 7}, ValueError, "d_model must be even with two directions, got 7"),
        (
            {"cell": "gruu"},
            ValueError,
            "cell must be one of gru, lstm, feedforward, rnn, got 'gruu'",
        ),
        ({"attention": None}, ValueError, "attention must be one of scaled_dot, dot, additive"),
        (
            {"attention": "none", "input_feeding": True},
            ValueError,
            "input_feeding must be False when attention is none",
        ),
        ({"dropout": 1.0}, ValueError, "dropout must be at least 0 and less than 1, got 1.0"),
        ({"dropout": float("nan")}, ValueError, "dropout must be at least 0 and less than 1"),
        ({"dropout": "0.5"}, TypeError, "dropout must be a number, got '0.5'"),
        ({"seed": -1}, ValueError, "seed must be from 0 to"),
        ({"seed": 2**63}, ValueError, "seed must be from 0 to"),
        ({"seed": 0.5}, TypeError, "seed must be a whole number, got 0.5"),
        ({"dtype": "float16"}, ValueError, "dtype must be float32 or float64, got float16"),
    ],
)
def test_impossible_models_are_refused(
    change: dict[str, Any], error: type[Exception], sentence: str
) -> None:
    with pytest.raises(error, match=sentence):
        model(**change)


def test_one_direction_may_be_of_odd_width() -> None:
    assert model(d_model=7, bidirectional=False).predict(X_SRC).shape == (2, 5)


def test_a_model_that_cannot_fit_is_refused_before_anything_is_allocated(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(seqflip.model, "make_network", None)
    with pytest.raises(ValueError, match=r"parameters takes about .* PB of memory to train"):
        model(d_model=10_000_000)


@pytest.mark.parametrize(
    ("x", "error", "sentence"),
    [
        ([[1, 6]], ValueError, "x_src must hold token ids from 0 to 5, got 6"),
        ([[1, -2]], ValueError, "x_src must hold token ids from 0 to 5, got -2"),
        ([1, 2], ValueError, r"x_src must have 2 dimensions \(sequences, length\)"),
        ([[[1]]], ValueError, r"x_src must have 2 dimensions \(sequences, length\)"),
        (3, ValueError, r"x_src must have 2 dimensions \(sequences, length\)"),
        ([[1.0, 2.0]], TypeError, "x_src must hold integer token ids, got float64"),
        ([[True, False]], TypeError, "x_src must hold integer token ids, got bool"),
        ([["1", "2"]], TypeError, "x_src must hold integer token ids"),
        (None, TypeError, "x_src must hold integer token ids"),
        ([], ValueError, "x_src must hold at least one sequence of at least one token"),
        ([[], []], ValueError, "x_src must hold at least one sequence of at least one token"),
        ([[1, 2], [1]], ValueError, "x_src must be rectangular"),
        ([[1, 0, 2]], ValueError, "x_src may hold 0 only behind the end of a sequence"),
        ([[1, 2], [0, 0]], ValueError, "x_src must not hold empty sequences"),
    ],
)
@pytest.mark.parametrize("method", ["predict", "evaluate", "loss_and_gradients", "train"])
def test_sources_that_are_none_are_refused_everywhere(
    method: str, x: Any, error: type[Exception], sentence: str
) -> None:
    made = model()
    arguments: dict[str, tuple[Any, ...]] = {"predict": (x,), "train": (x, X_TGT, 1, 0.1, 2)}
    with pytest.raises(error, match=sentence):
        getattr(made, method)(*arguments.get(method, (x, X_TGT)))


def test_targets_are_checked_as_well_but_may_be_empty() -> None:
    made = model()
    with pytest.raises(ValueError, match="x_tgt must hold token ids from 0 to 5, got 9"):
        made.evaluate(X_SRC, [[1, 2], [9, 0]])
    with pytest.raises(TypeError, match="x_tgt must hold integer token ids, got float64"):
        made.evaluate(X_SRC, X_TGT / 2)
    with pytest.raises(ValueError, match="the same number of rows, got 2 and 1"):
        made.evaluate(X_SRC, X_TGT[:1])
    assert made.evaluate(X_SRC, [[1, 2], [0, 0]])["loss"] > 0
