"""A Transformer in all that a model passes through: files, training, decoding, runs, studies."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from seqflip import AttentionRunner, Seq2SeqAttentionModel
from seqflip.cli.main import main
from seqflip.config import Config, ConfigError
from seqflip.config.files import dump_config, override, parse_config
from seqflip.config.sections import DataConfig, ModelConfig, TrainingConfig
from seqflip.data import make_dataset
from seqflip.decoding import Flatten, Forbid, Force, SwitchOff, beam_search, trace
from seqflip.learning.training import TrainingState
from seqflip.nn import CROSS, DECODER, ENCODER, Transformer, Where
from seqflip.runs.live import LivePicture
from seqflip.runs.run import Run

SOURCE = [3, 1, 4, 1, 5]
MODEL = ModelConfig(architecture="transformer", layers=2, heads=2, d_model=8, feed_forward=16)


def lively(**options: Any) -> Seq2SeqAttentionModel:
    """Return an untrained model whose parameters are large enough for its numbers to differ."""
    settings: dict[str, Any] = {"layers": 2, "heads": 2, "feed_forward": 12} | options
    model = Seq2SeqAttentionModel(9, 6, 6, 8, 1, 1, architecture="transformer", seed=1, **settings)
    rng = np.random.default_rng(7)
    model.network.parameters.flat[...] += rng.normal(0, 0.5, model.parameter_count)
    return model


def small(**training: Any) -> Config:
    data = DataConfig(n_train=64, n_test=16, src_length=5, vocab_size=9)
    settings: dict[str, Any] = {"epochs": 3, "batch_size": 16, "evaluate_every": 4} | training
    return Config(data=data, model=MODEL, training=TrainingConfig(**settings))


# ------------------------------------------------------------------ configuration


def test_a_file_that_does_not_speak_of_it_is_recurrent_as_ever() -> None:
    config = parse_config("model: {cell: lstm}")
    assert config.model.architecture == "recurrent"
    assert dump_config(config) == "model:\n  cell: lstm\n"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "{heads: 2}",
            "model.heads is 2, which means nothing to architecture recurrent; leave it out or set "
            "model.architecture to transformer",
        ),
        (
            "{architecture: transformer, cell: lstm}",
            "model.cell is 'lstm', which means nothing to architecture transformer; leave it out "
            "or set model.architecture to recurrent",
        ),
        (
            "{architecture: transformer, heads: 5}",
            "model.heads must divide model.d_model, 32, as 1, 2, 4, 8, 16, 32 do, not 5",
        ),
        (
            "{architecture: transformer, heads: 32, positions: rotary}",
            "model.heads must leave each head an even part of model.d_model, 32, with rotary "
            "positions, which turn pairs; 32 leave it 1",
        ),
        (
            "{architecture: transformer, positions: learned, max_positions: 5}",
            "model.max_positions must be at least 10, the tokens in the longest sequence, with "
            "learned positions, not 5",
        ),
        (
            "{architecture: transformer, positions: wavy}",
            "model.positions must be one of sinusoidal, learned, rotary, randomised, none, not "
            "'wavy'",
        ),
        ("{architecture: mamba}", "model.architecture must be one of recurrent, transformer, not"),
    ],
)
def test_what_cannot_be_is_told_in_one_sentence(text: str, sentence: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_config(f"model: {text}")
    assert caught.value.message.startswith(sentence)


def test_the_command_line_tells_it_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--set", "model.architecture=transformer", "--set", "model.heads=3"]) != 0
    assert "model.heads must divide model.d_model, 32" in capsys.readouterr().err


def test_a_huge_width_is_refused_quickly() -> None:
    with pytest.raises(ConfigError, match=r"model\.d_model must be smaller"):
        override(Config(), ["model.architecture=transformer", "model.d_model=4000000"])


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"heads": 3}, "heads must divide d_model, 8, got 3"),
        ({"heads": 8, "positions": "rotary"}, "heads must leave each an even part of d_model, 8"),
        ({"positions": "learned", "max_positions": 5}, "max_positions must be at least 6"),
        ({"norm": "between"}, "norm must be one of before, after, got 'between'"),
    ],
)
def test_python_tells_it_too(options: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        lively(**options)


def test_its_parameters_are_counted_before_there_are_any() -> None:
    network = TrainingState.begin(small(), make_dataset(small().data)).network
    assert isinstance(network, Transformer)
    assert small().size().parameters == network.parameter_count


# ------------------------------------------------------------------ training


def test_it_is_trained_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "toy.yaml"
    file.write_text(
        "data: {n_train: 3000, n_test: 100, src_length: 5, vocab_size: 8}\n"
        "model: {architecture: transformer, heads: 2}\n"
        "training: {epochs: 9, learning_rate: 0.005, warmup_steps: 30, evaluate_every: 200}\n",
        encoding="utf-8",
    )
    found: dict[str, Any] = AttentionRunner(file).run()
    assert found["test_sequence_accuracy"] > 0.9
    assert found["test_alignment"] > 0.3


def test_the_live_picture_shows_the_mean_of_the_heads(tmp_path: Path) -> None:
    config, data = small(), make_dataset(small().data)
    network = TrainingState.begin(config, data).network
    picture = LivePicture(Run(tmp_path), config, data, network).picture(0)
    weights = np.array(picture["probe"]["weights"])
    np.testing.assert_allclose(weights.sum(axis=1), 1, atol=1e-3)


# ------------------------------------------------------------------ decoding and traces


def test_a_beam_of_one_is_greedy_decoding() -> None:
    model = lively()
    search = beam_search(model.network, np.array(SOURCE), 6, 1)
    greedy = model.predict([SOURCE])[0]
    assert list(search.hypotheses[0].tokens) == greedy[: len(search.hypotheses[0].tokens)].tolist()


def test_a_wide_beam_goes_on_from_the_right_rows() -> None:
    model = lively()
    best = beam_search(model.network, np.array(SOURCE), 6, 4).hypotheses[0]
    forced = trace(model.network, SOURCE, 6, target=list(best.tokens))
    steps = np.arange(len(best.tokens))
    log = forced.log_probabilities[steps, list(best.tokens)].sum()
    assert best.log_probability == pytest.approx(float(log), rel=1e-5)


def test_a_trace_has_every_heads_weights_and_all_between_by_name() -> None:
    found = trace(lively().network, SOURCE, 6, target=[1, 2, 3])
    kinds = (ENCODER, DECODER, CROSS)
    assert set(found.looks) == {Where(kind, layer) for kind in kinds for layer in (0, 1)}
    shapes = {kind: found.looks[Where(kind, 1)].weights.shape for kind in kinds}
    assert shapes == {ENCODER: (2, 5, 5), DECODER: (2, 3, 3), CROSS: (2, 3, 5)}
    np.testing.assert_allclose(found.weights, found.looks[Where(CROSS, 1)].weights.mean(axis=0))
    assert not np.triu(found.looks[Where(DECODER, 0)].weights, 1).any()
    for step in found.between:
        assert "encoder.layers.0.self_attn.part.look.weights" in step
        assert "decoder.layers.1.feed_forward.part.hidden" in step


def test_the_numbers_of_a_trace_follow_from_each_other() -> None:
    found = trace(lively().network, SOURCE, 6)
    np.testing.assert_allclose(found.scores, found.scale * found.products, rtol=1e-4, atol=1e-5)
    one = found.of_head(Where(CROSS, 1), 0)
    np.testing.assert_allclose(one.scores, one.scale * one.products, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(one.weights @ one.value, one.context, rtol=1e-4, atol=1e-5)


def test_a_trace_and_a_prediction_are_the_same_answer() -> None:
    model = lively()
    outputs = trace(model.network, SOURCE, 6).outputs
    np.testing.assert_array_equal(model.predict([SOURCE])[0, : len(outputs)], outputs)


# ------------------------------------------------------------------ surgery


def heads_of(model: Seq2SeqAttentionModel, where: Where, *changes: Any) -> np.ndarray:
    weights: np.ndarray = (
        trace(model.network, SOURCE, 6, target=[1, 2], interventions=changes).looks[where].weights
    )
    return weights


def test_forbidding_hides_a_place_from_all_heads_or_from_one() -> None:
    model = lively()
    every = heads_of(model, Where(CROSS, 0), Forbid(2))
    assert not every[..., 2].any()
    one = heads_of(model, Where(CROSS, 0), Forbid(2, layer=0, head=1))
    assert not one[1, :, 2].any()
    np.testing.assert_array_equal(one[0, 0], heads_of(model, Where(CROSS, 0))[0, 0])


def test_forcing_and_flattening_act_on_the_chosen_head_and_step() -> None:
    model, where = lively(), Where(CROSS, 1)
    forced = heads_of(model, where, Force(3, row=1, head=0))
    assert forced[0, 1].tolist() == [0, 0, 0, 1, 0]
    assert forced[1, 1].max() < 1
    np.testing.assert_array_equal(forced[:, 0], heads_of(model, where)[:, 0])
    flat = heads_of(model, where, Flatten(layer=1, head=1))
    np.testing.assert_allclose(flat[1], 0.2, rtol=1e-6)


@pytest.mark.parametrize("kind", [ENCODER, DECODER, CROSS])
def test_a_head_that_is_switched_off_sees_nothing_and_is_missed(kind: str) -> None:
    model, where = lively(), Where(kind, 0)
    before = trace(model.network, SOURCE, 6, target=[1, 2])
    off = SwitchOff(0, 1, kind)
    after = trace(model.network, SOURCE, 6, target=[1, 2], interventions=[off])
    assert not after.looks[where].weights[1].any()
    assert after.looks[where].weights[0].any()
    assert not np.allclose(before.logits, after.logits)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (SwitchOff(2, 0), "layer must be from 0 to 1, got 2"),
        (SwitchOff(0, 2), "head must be from 0 to 1, got 2"),
        (SwitchOff(0, 0, "sideways"), "kind must be one of encoder, decoder, cross"),
    ],
)
def test_a_head_that_is_not_there_is_told(change: Any, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        trace(lively().network, SOURCE, 6, interventions=[change])


def test_a_recurrent_model_has_no_head_to_switch_off() -> None:
    model = Seq2SeqAttentionModel(9, 6, 6, 8, 5, 7, seed=1)
    with pytest.raises(ValueError, match="layer must be None for a model with one look, got 0"):
        trace(model.network, SOURCE, 6, interventions=[SwitchOff(0, 0)])


def test_pairs_that_are_longer_than_there_are_positions_are_refused(tmp_path: Path) -> None:
    lines = (f"{'a b c ' * 3}{i}\t{i}" for i in range(8))
    (tmp_path / "long.tsv").write_text("\n".join(lines), encoding="utf-8")
    config = Config(
        data=DataConfig(task="pairs", path=str(tmp_path / "long.tsv"), n_train=6, n_test=2),
        model=ModelConfig(architecture="transformer", positions="learned", max_positions=9),
        training=TrainingConfig(batch_size=2),
    )
    with pytest.raises(ConfigError, match=r"model\.max_positions must be at least 10, the tokens"):
        TrainingState.begin(config, make_dataset(config.data))
