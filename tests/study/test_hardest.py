"""The hardest sequences come first."""

import numpy as np

from seqflip.data.tasks import generate_reversal_task_data
from seqflip.model import Seq2SeqAttentionModel
from seqflip.study.hardest import hardest


def test_mistakes_come_first_and_then_the_least_likely() -> None:
    model = Seq2SeqAttentionModel(4, 3, 3, 8, 8, 8, seed=0)
    x_src, x_tgt = generate_reversal_task_data(300, 3, 3, 4, 0)
    model.train(x_src, x_tgt, epochs=4, learning_rate=0.01, batch_size=32, verbose=False)
    ranking = hardest(model.network, x_src, x_tgt)
    right = (model.predict(x_src) == x_tgt).all(axis=1)
    np.testing.assert_array_equal(ranking.wrong, ~right)
    assert 0 < right.sum() < 300
    assert sorted(ranking.order) == list(range(300))
    assert (np.diff(right[ranking.order].astype(int)) >= 0).all()
    for group in (ranking.order[: (~right).sum()], ranking.order[(~right).sum() :]):
        losses = [model.evaluate(x_src[[i]], x_tgt[[i]])["loss"] for i in group[:20]]
        assert (np.diff(losses) <= 1e-5).all()
