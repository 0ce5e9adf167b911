from typing import Any

import numpy as np
import pytest

from seqflip import decoding
from seqflip.model import Seq2SeqAttentionModel


def lively(**settings: Any) -> Seq2SeqAttentionModel:
    """Return an untrained model whose parameters are large enough for its numbers to differ."""
    model = Seq2SeqAttentionModel(9, 6, 6, 8, 5, 7, seed=1, **settings)
    rng = np.random.default_rng(7)
    model.network.parameters.flat[...] += rng.normal(0, 0.5, model.parameter_count)
    return model


def trace(model: Seq2SeqAttentionModel, source: Any, **options: Any) -> decoding.Trace:
    """Trace a model's network, for targets of the model's length."""
    return decoding.trace(model.network, source, model.tgt_length, **options)


@pytest.fixture
def model() -> Seq2SeqAttentionModel:
    return lively()
