"""What a trained model does with one line of attention written wrongly: its weights stay its own.

Both are mistakes that raise no error: all shapes fit, and only the numbers are others.
"""

from typing import NamedTuple

import numpy as np

from seqflip.decoding import greedy
from seqflip.learning.metrics import up_to_end
from seqflip.nn.arrays import BoolArray, FloatArray
from seqflip.nn.buffers import Buffers
from seqflip.nn.functional import softmax
from seqflip.nn.network import Source
from seqflip.study.cases.answers import Answers


class Broken(NamedTuple):
    """The first row that is right, and wrong with the mistake.

    Both ``weights`` are told the right words before each, so that they compare.
    """

    row: int
    weights: FloatArray  # (target_len, source_len), as they should be
    wrong_weights: FloatArray  # (target_len, source_len)
    answer: list[int]  # with the mistake, free-running
    exact_match: float  # of all rows, with the mistake
    token_accuracy: float  # of all rows told the right words, with the mistake


def without_mask(answers: Answers) -> Broken | None:
    """Let a batch look at its padding: keys and values of places that hold no token."""
    source = _read(answers)
    return _broken(answers, source._replace(memory=source.memory._replace(mask=None)))


def softmax_over_outputs(answers: Answers) -> Broken | None:
    """Share each input out among the outputs, where each output shares itself among the inputs."""
    return _broken(answers, _read(answers).weighed_by(lambda where: _over_outputs))


def _over_outputs(
    x: FloatArray, mask: BoolArray | None = None, out: FloatArray | None = None
) -> FloatArray:
    """Return the softmax over the last axis but one, of ``(..., outputs, inputs)``."""
    weights = softmax(np.ascontiguousarray(x.swapaxes(-1, -2))).swapaxes(-1, -2)
    if mask is not None:
        weights = np.where(mask, weights, 0)
    if out is None:
        return np.ascontiguousarray(weights)
    out[...] = weights
    return out


def _read(answers: Answers) -> Source:
    network = answers.trained.model.network
    return network.read(answers.x_src, None, Buffers(network.dtype))


def _broken(answers: Answers, source: Source) -> Broken | None:
    network = answers.trained.model.network
    x_tgt, counts = answers.x_tgt, answers.counts
    free = greedy(network, source, x_tgt.shape[1])
    wrong = ((free != x_tgt) & counts).any(axis=1)
    rows = np.flatnonzero(wrong & ~answers.wrong.any(axis=1))
    if not len(rows):
        return None
    row = int(rows[0])
    inputs = network.shifted(x_tgt).T
    done = network.decode(inputs, source.start, source, None, Buffers(network.dtype))
    length = int(counts[row].sum())
    return Broken(
        row=row,
        weights=answers.weights[row, :length],
        wrong_weights=done.weights[row, :length],
        answer=up_to_end(free[row]),
        exact_match=float((~wrong).mean()),
        token_accuracy=float((done.logits.argmax(axis=2) == x_tgt)[counts].mean()),
    )
