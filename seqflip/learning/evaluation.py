"""How good a network is on data that it was not trained on."""

from typing import NamedTuple

import numpy as np

from seqflip.config.sizes import EVALUATED_AT_ONCE
from seqflip.decoding import greedy
from seqflip.learning import metrics
from seqflip.nn.arrays import BoolArray, IntArray
from seqflip.nn.loss import softmax_cross_entropy
from seqflip.nn.network import Network

CHUNK = EVALUATED_AT_ONCE  # so that memory does not grow with the data


class Evaluation(NamedTuple):
    """Means over the data."""

    loss: float  # nats per counted token, teacher-forced
    accuracy: float  # of tokens, free-running
    sequence_accuracy: float  # exact match, free-running
    alignment: float | None  # attention mass on the true source positions, teacher-forced
    forced_accuracy: float  # of tokens, teacher-forced


def evaluate(
    network: Network, x_src: IntArray, x_tgt: IntArray, truth: BoolArray | None = None
) -> Evaluation:
    """Evaluate ``network``, without dropout.

    Parameters
    ----------
    network : Network
    x_src : (n, source_len)
    x_tgt : (n, target_len)
    truth : (n, target_len, source_len), optional
        The true alignment, where the task has one.
    """
    losses, counts, answers, forced = [], [], [], []
    mass, aligned = 0.0, 0
    for start in range(0, len(x_src), CHUNK):
        now = slice(start, start + CHUNK)
        src, tgt = x_src[now], x_tgt[now]
        done = network.forward(src, network.shifted(tgt))
        logits = done.logits.reshape(-1, done.logits.shape[-1])
        result = softmax_cross_entropy(logits, tgt.reshape(-1), metrics.counted(tgt).reshape(-1))
        losses.append(result.loss * result.tokens)
        counts.append(result.tokens)
        forced.append(done.logits.argmax(axis=2))
        answers.append(greedy(network, done.source, tgt.shape[1]))
        if truth is not None and network.attends:
            places = int(truth[now].any(axis=2).sum())
            if places:
                mass += metrics.alignment(network.on_tokens(done.weights), truth[now]) * places
                aligned += places
    answer = np.concatenate(answers)
    return Evaluation(
        loss=sum(losses) / sum(counts),
        accuracy=metrics.token_accuracy(answer, x_tgt),
        sequence_accuracy=metrics.sequence_accuracy(answer, x_tgt),
        alignment=mass / aligned if aligned else None,
        forced_accuracy=metrics.token_accuracy(np.concatenate(forced), x_tgt),
    )
