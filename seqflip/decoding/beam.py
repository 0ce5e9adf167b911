"""Beam search: several beginnings of an answer at once, the likeliest of which go on.

It finds answers whose first word looked worse than another, and the tree that it leaves shows where
it went another way than greedy decoding.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from seqflip.decoding.interventions import (
    Intervention,
    at_step,
    check_interventions,
    swapped,
    weigh_at,
)
from seqflip.nn import Buffers, IntArray, Network, log_softmax


class Hypothesis(NamedTuple):
    """One answer of a beam search."""

    tokens: tuple[int, ...]  # up to and including the 0 that ends it, if there is one
    log_probability: float  # the sum over its tokens
    score: float  # log_probability / len(tokens) ** length_penalty


class Candidate(NamedTuple):
    """One node of a beam search's tree: a hypothesis at some step."""

    parent: int  # index among the candidates of the step before; -1: the root
    token: int
    log_probability: float
    score: float
    kept: bool  # whether it was among the best; if not, it was given up here


class BeamSearch(NamedTuple):
    """What a beam search found, and how."""

    hypotheses: list[Hypothesis]  # the n best, best first
    steps: list[list[Candidate]]  # the best 2 * width candidates of each step, best first


class _Beam(NamedTuple):
    """A beginning that goes on."""

    tokens: tuple[int, ...]
    log_probability: float
    node: int  # its index among the candidates of the step before


def beam_search(
    network: Network,
    x_src: Sequence[int] | IntArray,
    limit: int,
    width: int,
    length_penalty: float = 1.0,
    interventions: Sequence[Intervention] = (),
) -> BeamSearch:
    """Keep the ``width`` best beginnings at every step, and return as many answers.

    A hypothesis that ends keeps its place among the ``width``, so that with width 1 this is greedy
    decoding.

    Parameters
    ----------
    network : Network
    x_src : (source_len,)
        One sequence.
    limit : int
        The number of tokens at most; what is cut off there counts as finished.
    width : int
        How many hypotheses go on.
    length_penalty : float
        ``alpha`` in ``score = log_probability / length ** alpha``: 0 prefers short answers, 1
        compares the mean per token. (Wu et al., 2016, https://arxiv.org/abs/1609.08144, section 7,
        without their constant.)
    interventions : sequence of Intervention
        What to change by hand.

    Returns
    -------
    BeamSearch
    """
    if width < 1:
        raise ValueError(f"width must be at least 1, got {width}")
    if limit < 1:
        raise ValueError(f"limit must be at least 1, got {limit}")
    dtype = network.dtype
    marked = network.marked(np.asarray(x_src)[None])[0]
    check_interventions(interventions, len(marked), network.looks)
    read = swapped(marked, interventions)
    source = network.read_marked(read[None], None, Buffers(dtype), weigh_at(interventions, None))
    state, beams = source.start, [_Beam((), 0.0, -1)]
    finished: list[Hypothesis] = []
    steps: list[list[Candidate]] = []
    for t in range(limit):
        last = np.array([[beam.tokens[-1] if beam.tokens else network.begin for beam in beams]])
        looked_at = at_step(source, interventions, t).repeated(len(beams))
        step = network.decode(last, state, looked_at, None, Buffers(dtype))
        so_far = np.array([beam.log_probability for beam in beams])
        log_p = so_far[:, None] + log_softmax(step.logits[:, 0])
        room = width - len(finished)
        nodes: list[Candidate] = []
        following: list[_Beam] = []
        parents: list[int] = []
        for flat in np.argsort(-log_p, axis=None, kind="stable")[: 2 * width]:
            parent, token = divmod(int(flat), log_p.shape[1])
            tokens = (*beams[parent].tokens, token)
            log = float(log_p[parent, token])
            score = log / len(tokens) ** length_penalty
            kept = len(nodes) < room
            if kept and (token == 0 or t + 1 == limit):
                finished.append(Hypothesis(tokens, log, score))
            elif kept:
                following.append(_Beam(tokens, log, len(nodes)))
                parents.append(parent)
            nodes.append(Candidate(beams[parent].node, token, log, score, kept))
        steps.append(nodes)
        if not following:
            break
        beams, state = following, step.state.take(np.array(parents))
    finished.sort(key=lambda hypothesis: -hypothesis.score)
    return BeamSearch(finished, steps)
