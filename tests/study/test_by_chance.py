"""By chance a run gets what a network gets that answers and looks without having learned."""

from pathlib import Path

import numpy as np
import pytest

from seqflip.learning.chance import frequency_loss
from seqflip.learning.metrics import counted
from seqflip.runs.held_out import held_out
from seqflip.runs.run import Run
from seqflip.study.by_chance import by_chance

EXAMPLES = Path(__file__).parents[2] / "examples"


def test_a_reversal_has_one_true_place_for_each_token() -> None:
    run = Run(EXAMPLES / "reverse", bundled=True)
    data, found = held_out(run), by_chance(run)
    lengths = (data.x_src_test != 0).sum(axis=1)
    assert found.alignment == pytest.approx(len(lengths) / lengths.sum(), rel=1e-6), "mean of 1/n"
    assert found.loss == pytest.approx(np.log(31))
    assert found.accuracy == pytest.approx(1 / 31)
    tokens = [np.flatnonzero(row == 0)[0] + 1 if 0 in row else len(row) for row in data.x_tgt_test]
    assert found.sequence_accuracy == pytest.approx(np.mean([31.0**-n for n in tokens]))
    assert found.frequency_loss == pytest.approx(frequency_loss(data.x_tgt_test))
    assert counted(data.x_tgt_test).sum() == sum(tokens)


def test_marks_can_be_looked_at_as_well() -> None:
    run = Run(EXAMPLES / "steps", bundled=True)
    lengths = (held_out(run).x_src_test != 0).sum(axis=1)
    of_each_token = np.repeat(1 / (lengths + 2), lengths)
    assert by_chance(run).alignment == pytest.approx(of_each_token.mean())


@pytest.mark.parametrize("name", ["bottleneck", "pairs"])
def test_without_attention_or_truth_there_is_no_alignment(name: str) -> None:
    assert by_chance(Run(EXAMPLES / name)).alignment is None
