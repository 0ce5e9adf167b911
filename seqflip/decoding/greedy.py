"""Greedy decoding: at every step the likeliest word, which is read at the next step.

Here the model lives on its own output; scheduled sampling lets it do so now and then in training.
"""

import numpy as np

from seqflip.nn import BoolArray, Buffers, IntArray, Network, Source


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
    batch = source.batch_size
    answers = np.zeros((batch, limit), np.int64)
    tokens = np.full((1, batch), network.begin)
    state = source.start
    going = np.ones(batch, np.bool_)
    for t in range(limit):
        step = network.decode(tokens, state, source, None, Buffers(network.dtype))
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
    source = network.read(x_src, None, Buffers(network.dtype))
    state, done = source.start, 0
    for t in own.tolist():  # all forced steps between two free ones are read at once
        step = network.decode(inputs[:, done:t].T, state, source, None, Buffers(network.dtype))
        inputs[:, t] = step.logits[:, -1].argmax(axis=1)
        state, done = step.state, t
    return inputs
