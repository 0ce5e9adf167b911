"""The training objective: how surprised the model is by the right answer.

Every output step is a classification among the vocabulary; steps behind a target's end do not
count.
"""

from typing import NamedTuple

import numpy as np

from seqflip.nn.arrays import BoolArray, FloatArray, IntArray
from seqflip.nn.functional import max_of_rows, sum_of_rows


class CrossEntropy(NamedTuple):
    """What :func:`softmax_cross_entropy` found, and what its backward pass needs."""

    loss: float
    correct: int
    tokens: int
    probabilities: FloatArray
    targets: IntArray
    counted: BoolArray


def softmax_cross_entropy(
    logits: FloatArray, targets: IntArray, counted: BoolArray, out: FloatArray | None = None
) -> CrossEntropy:
    """Mean cross-entropy in nats per counted row.

    Parameters
    ----------
    logits : (n, vocab_size)
    targets : (n,) integers in ``[0, vocab_size)``
    counted : (n,) True for the rows that count; at least one
    out : (n, vocab_size), optional
        Memory for the probabilities; may be ``logits`` itself.

    Returns
    -------
    CrossEntropy
        ``loss`` is the mean over counted rows of ``log(sum(exp(logits))) - logits[target]``;
        ``correct`` how many counted rows have their largest logit at the target; ``tokens`` how
        many count.
    """
    rows = np.arange(len(targets))
    top = max_of_rows(logits)
    chosen = logits[rows, targets]
    tokens = int(np.count_nonzero(counted))
    correct = int(np.count_nonzero((chosen == top[:, 0]) & counted))
    chosen = chosen - top[:, 0]
    probabilities = np.subtract(logits, top, out=out)
    np.exp(probabilities, out=probabilities)
    total = sum_of_rows(probabilities)
    loss = float(np.sum((np.log(total[:, 0]) - chosen)[counted]) / tokens)
    np.divide(probabilities, total, out=probabilities)
    return CrossEntropy(loss, correct, tokens, probabilities, targets, counted)


def softmax_cross_entropy_backward(cache: CrossEntropy) -> FloatArray:
    """Return the gradient by the logits, ``(n, vocab_size)``.

    It is probabilities minus one-hot targets, over the number of counted rows, and written over
    ``cache.probabilities``.
    """
    d_logits = cache.probabilities
    d_logits[np.arange(len(cache.targets)), cache.targets] -= 1
    d_logits *= (cache.counted / cache.tokens).astype(d_logits.dtype)[:, None]
    return d_logits
