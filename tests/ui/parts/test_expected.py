from seqflip.config.config import Config
from seqflip.config.files import override
from seqflip.ui.parts.expected import expected_seconds


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
