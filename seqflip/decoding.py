"""From a trained network to answers: greedy decoding and beam search.

Here the model lives on its own output: at every step it reads the word that it wrote the step
before.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from seqflip.nn.arrays import BoolArray, FloatArray, IntArray
from seqflip.nn.attention import Memory
from seqflip.nn.buffers import Buffers
from seqflip.nn.decoder import DecoderState
from seqflip.nn.network import Network, Source


def greedy(network: Network, source: Source, limit: int) -> IntArray:
    """Take the likeliest token at every step, until a 0 or the limit.

    Parameters
    ----------
    network : Network
    source : Source
        A batch that :meth:`Network.read` read.
    limit : int
        The number of steps at most.

    Returns
    -------
    (batch, limit) token ids; zeros behind a sequence's end.
    """
    batch = source.encoded.states.shape[0]
    answers = np.zeros((batch, limit), np.int64)
    tokens = np.full((1, batch), network.begin)
    state = source.start
    going = np.ones(batch, np.bool_)
    for t in range(limit):
        step = network.decode(tokens, state, source, None, Buffers(network.parameters.flat.dtype))
        state = step.state
        tokens = step.logits[:, 0].argmax(axis=1)[None]
        answers[:, t] = np.where(going, tokens[0], 0)
        going &= tokens[0] != 0
        if not going.any():
            break
    return answers


def scheduled_inputs(
    network: Network, x_src: IntArray, x_tgt: IntArray, forced: BoolArray
) -> IntArray:
    """Return what the decoder is to read when it is not always forced: scheduled sampling.

    Bengio et al. (2015), https://arxiv.org/abs/1506.03099. A coin decides at each step whether the
    whole batch reads the target of the step before, or its own likeliest word. The model answers
    here as it does in use: without dropout.

    Parameters
    ----------
    network : Network
    x_src : (batch, source_len)
    x_tgt : (batch, steps)
    forced : (steps,)
        True where the target is read. The first step reads the begin symbol either way.

    Returns
    -------
    (batch, steps) token ids
    """
    inputs = network.shifted(x_tgt)
    own = np.flatnonzero(~forced[1:]) + 1
    if len(own) == 0:
        return inputs
    dtype = network.parameters.flat.dtype
    source = network.read(x_src, None, Buffers(dtype))
    state, done = source.start, 0
    for t in own.tolist():  # all forced steps between two free ones are read at once
        step = network.decode(inputs[:, done:t].T, state, source, None, Buffers(dtype))
        inputs[:, t] = step.logits[:, -1].argmax(axis=1)
        state, done = step.state, t
    return inputs


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


def beam_search(
    network: Network,
    x_src: Sequence[int] | IntArray,
    limit: int,
    width: int,
    length_penalty: float = 1.0,
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

    Returns
    -------
    BeamSearch
    """
    if width < 1:
        raise ValueError(f"width must be at least 1, got {width}")
    if limit < 1:
        raise ValueError(f"limit must be at least 1, got {limit}")
    dtype = network.parameters.flat.dtype
    source = network.read(np.asarray(x_src)[None], None, Buffers(dtype))
    state = source.start
    beams: list[tuple[tuple[int, ...], float, int]] = [
        ((), 0.0, -1)
    ]  # tokens, log probability, node
    finished: list[Hypothesis] = []
    steps: list[list[Candidate]] = []
    for t in range(limit):
        last = np.array([[tokens[-1] if tokens else network.begin for tokens, _, _ in beams]])
        step = network.decode(last, state, _repeated(source, len(beams)), None, Buffers(dtype))
        log_p = log_softmax(step.logits[:, 0]) + np.array([log for _, log, _ in beams])[:, None]
        room = width - len(finished)
        nodes: list[Candidate] = []
        following: list[tuple[tuple[int, ...], float, int]] = []
        parents: list[int] = []
        for flat in np.argsort(-log_p, axis=None, kind="stable")[: 2 * width]:
            parent, token = divmod(int(flat), log_p.shape[1])
            tokens = (*beams[parent][0], token)
            log = float(log_p[parent, token])
            score = log / len(tokens) ** length_penalty
            kept = len(nodes) < room
            if kept and (token == 0 or t + 1 == limit):
                finished.append(Hypothesis(tokens, log, score))
            elif kept:
                following.append((tokens, log, len(nodes)))
                parents.append(parent)
            nodes.append(Candidate(beams[parent][2], token, log, score, kept))
        steps.append(nodes)
        if not following:
            break
        beams, state = following, _taken(step.state, np.array(parents))
    finished.sort(key=lambda hypothesis: -hypothesis.score)
    return BeamSearch(finished, steps)


def _repeated(source: Source, n: int) -> Source:
    """Return a batch of one source as a batch of ``n`` equal ones, without a copy."""
    memory = source.memory

    def repeat(x: FloatArray) -> FloatArray:
        return np.broadcast_to(x, (n, *x.shape[1:]))

    return source._replace(
        memory=Memory(repeat(memory.states), repeat(memory.key), repeat(memory.value), memory.mask)
    )


def _taken(state: DecoderState, rows: IntArray) -> DecoderState:
    """Return the state with these rows of the batch."""
    return DecoderState(
        [tuple(part[:, rows] for part in layer) for layer in state.layers], state.context[rows]
    )


def log_softmax(logits: FloatArray) -> FloatArray:
    """Logarithm of the softmax over the last axis, without the detour that underflows."""
    shifted = logits - logits.max(axis=-1, keepdims=True)
    result: FloatArray = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return result
