"""Which sequences are hard for a model: those it gets wrong, and then those it doubts most."""

from typing import NamedTuple

import numpy as np

from seqflip.decoding import greedy
from seqflip.learning.metrics import counted
from seqflip.nn.arrays import BoolArray, IntArray
from seqflip.nn.functional import log_softmax
from seqflip.nn.network import Network

CHUNK = 256  # sequences at a time


class Hardest(NamedTuple):
    """A ranking of sequences."""

    order: IntArray  # (n,) rows, the hardest first
    wrong: BoolArray  # (n,) whether the answer has a mistake


def hardest(network: Network, x_src: IntArray, x_tgt: IntArray) -> Hardest:
    """Rank sequences: mistakes first; among equals, where the right answer is least likely.

    Parameters
    ----------
    network : Network
    x_src : (n, source_len)
    x_tgt : (n, target_len)
    """
    wrong, log_likelihood = [], []
    for start in range(0, len(x_src), CHUNK):
        src, tgt = x_src[start : start + CHUNK], x_tgt[start : start + CHUNK]
        done = network.forward(src, network.shifted(tgt))
        log_p = np.take_along_axis(log_softmax(done.logits), tgt[..., None], axis=2)[..., 0]
        counts = counted(tgt)
        log_likelihood.append((log_p * counts).sum(axis=1))
        answer = greedy(network, done.source, tgt.shape[1])
        wrong.append(((answer != tgt) & counts).any(axis=1))
    mistakes = np.concatenate(wrong)
    return Hardest(np.lexsort((np.concatenate(log_likelihood), ~mistakes)), mistakes)
