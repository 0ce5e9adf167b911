"""The table of the bottleneck: who learns what, at which length."""

import pytest

from benchmarks.bottleneck import compare, percentages
from seqflip.config.sections import DataConfig, ModelConfig, TrainingConfig

DATA = DataConfig(n_train=32, n_test=60, min_length=2, src_length=4, vocab_size=11)
MODELS = {
    "with": ModelConfig(d_model=4, d_k=2, d_v=4),
    "without": ModelConfig(d_model=4, attention="none"),
}


def test_there_is_a_row_for_every_second_length_and_a_column_for_every_model() -> None:
    table = compare(DATA, MODELS, TrainingConfig(epochs=1, batch_size=16), seeds=2)
    header, _, *rows = [line.strip("| ").split(" | ") for line in table.splitlines()]
    assert [name.strip() for name in header] == [
        "length",
        "with: 395 parameters",
        "without: 319 parameters",
    ]
    assert [row[0].strip() for row in rows] == ["2", "4"]
    assert all("%" in cell for row in rows for cell in row[1:])


@pytest.mark.parametrize(
    ("shares", "text"),
    [([0.5, 0.25, 1.0], "50 % (25–100)"), ([1.0, 1.0], "100 %"), ([0.996, 1.0, 1.0], "100 %")],
)
def test_a_cell_says_median_and_range(shares: list[float], text: str) -> None:
    assert percentages(shares) == text
