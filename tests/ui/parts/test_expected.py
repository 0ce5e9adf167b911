from seqflip.config.config import (
    Config,
)
from seqflip.config.files import (
    override,
)
from seqflip.ui.parts.expected import expected_seconds, total_steps


def test_steps_are_counted_as_training_counts_them() -> None:
    ten = ["data.n_train=100", "training.batch_size=64", "training.epochs=5"]
    assert total_steps(override(Config(), ten)) == 10
    assert total_steps(override(Config(), [*ten, "training.max_steps=7"])) == 7


def test_more_of_anything_takes_longer() -> None:
    plain = expected_seconds(Config())
    assert 0.2 < plain < 20
    for setting in (
        "model.d_model=64",
        "model.layers=2",
        "model.attention=additive",
        "model.input_feeding=true",
        "data.src_length=40",
        "data.vocab_size=200",
        "training.epochs=20",
        "training.teacher_forcing_ratio=0.5",
    ):
        assert expected_seconds(override(Config(), [setting])) > plain, setting
