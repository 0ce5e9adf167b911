"""Each layer as a textbook writes it: a few lines, no memory to reuse, no gradients.

The network computes the same with fewer and larger operations; tests hold the two to each other.
Weights are in the layout of ``torch.nn``: the gates' matrices lie below each other.
"""

from collections.abc import Callable

import numpy as np

from seqflip.nn.arrays import BoolArray, FloatArray

State = tuple[FloatArray, ...]  # each part (batch, hidden)
LEAST_WEIGHT = 1e-12  # of what is raised to a power: 0 has no logarithm


def sigmoid(x: FloatArray) -> FloatArray:
    """Logistic function."""
    y: FloatArray = 1 / (1 + np.exp(-x))
    return y


def softmax(scores: FloatArray) -> FloatArray:
    """Softmax over the last axis."""
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    weights: FloatArray = powers / powers.sum(axis=-1, keepdims=True)
    return weights


def linear(x: FloatArray, weight: FloatArray, bias: FloatArray | float = 0.0) -> FloatArray:
    """Map ``(..., n_in)`` to ``(..., n_out)``; ``weight`` is ``(n_out, n_in)``."""
    y: FloatArray = x @ weight.T + bias
    return y


def rnn(
    x: FloatArray,
    state: State,
    weight_ih: FloatArray,
    weight_hh: FloatArray,
    bias_ih: FloatArray,
    bias_hh: FloatArray,
) -> State:
    """Take in ``x``, ``(batch, n_in)``: Elman (1990)."""
    (h,) = state
    return (np.tanh(x @ weight_ih.T + bias_ih + h @ weight_hh.T + bias_hh),)


def feedforward(x: FloatArray, state: State, weight_ih: FloatArray, bias_ih: FloatArray) -> State:
    """Take in ``x``, ``(batch, n_in)``, and forget ``state``."""
    return (np.tanh(x @ weight_ih.T + bias_ih),)


def gru(
    x: FloatArray,
    state: State,
    weight_ih: FloatArray,
    weight_hh: FloatArray,
    bias_ih: FloatArray,
    bias_hh: FloatArray,
) -> State:
    """Take in ``x``, ``(batch, n_in)``: Cho et al. (2014), https://arxiv.org/abs/1406.1078."""
    (h,) = state
    x_r, x_z, x_n = np.split(x @ weight_ih.T + bias_ih, 3, axis=-1)
    h_r, h_z, h_n = np.split(h @ weight_hh.T + bias_hh, 3, axis=-1)
    r = sigmoid(x_r + h_r)
    z = sigmoid(x_z + h_z)
    n = np.tanh(x_n + r * h_n)
    return ((1 - z) * n + z * h,)


def lstm(
    x: FloatArray,
    state: State,
    weight_ih: FloatArray,
    weight_hh: FloatArray,
    bias_ih: FloatArray,
    bias_hh: FloatArray,
) -> State:
    """Take in ``x``, ``(batch, n_in)``: Hochreiter & Schmidhuber (1997), Gers et al. (2000)."""
    h, c = state
    gates = x @ weight_ih.T + bias_ih + h @ weight_hh.T + bias_hh
    i, f, g, o = np.split(gates, 4, axis=-1)
    c_next = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c_next), c_next


def read(x: FloatArray, step: Callable[[FloatArray, State], State], start: State) -> FloatArray:
    """Take in ``x``, ``(source_len, batch, n_in)``, in its order; return ``h`` after each.

    ``step`` is a cell with its weights.
    """
    states, state = [], start
    for one in x:
        state = step(one, state)
        states.append(state[0])
    return np.stack(states)


def read_both_ways(
    x: FloatArray,
    forwards: Callable[[FloatArray, State], State],
    backwards: Callable[[FloatArray, State], State],
    start: State,
) -> FloatArray:
    """Read from the front and, with other weights, from the back; join the states of each place."""
    ahead = read(x, forwards, start)
    back = read(x[::-1], backwards, start)[::-1]
    return np.concatenate([ahead, back], axis=-1)


def dot(query: FloatArray, key: FloatArray) -> FloatArray:
    """Score ``(..., steps, d_k)`` by ``(..., source_len, d_k)``: ``(..., steps, source_len)``."""
    scores: FloatArray = query @ key.swapaxes(-1, -2)
    return scores


def scaled_dot(query: FloatArray, key: FloatArray) -> FloatArray:
    """Score as :func:`dot`, over the square root of the number of terms."""
    scores: FloatArray = query @ key.swapaxes(-1, -2) / np.sqrt(query.shape[-1])
    return scores


def additive(query: FloatArray, key: FloatArray, weight: FloatArray) -> FloatArray:
    """Score as :func:`dot` does, by a small network; ``weight`` is ``(d_k,)``."""
    hidden = np.tanh(query[..., :, None, :] + key[..., None, :, :])
    scores: FloatArray = hidden @ weight
    return scores


def attend(
    scores: FloatArray, value: FloatArray, mask: BoolArray | None = None
) -> tuple[FloatArray, FloatArray]:
    """Return context ``(..., steps, d_v)`` and weights ``(..., steps, source_len)``.

    ``mask`` is True where there is something to look at; every row has such a place.
    """
    weights = softmax(scores if mask is None else np.where(mask, scores, -np.inf))
    return weights @ value, weights


def remember(weights: FloatArray, gate: FloatArray, before: FloatArray) -> FloatArray:
    """Mix weights, ``(..., source_len)``, with those of the step before; ``gate`` is ``(..., 1)``.

    Where the gate is 1 only what was asked for counts, where it is 0 only what was looked at.
    """
    mixed: FloatArray = gate * weights + (1 - gate) * before
    return mixed


def shift(weights: FloatArray, shares: FloatArray) -> FloatArray:
    """Move shares of the weights, ``(..., source_len)``, by -1, 0 and +1 places.

    ``shares`` is ``(..., 3)`` and adds up to 1. What would leave at an end is lost.
    """
    moved = np.zeros_like(weights)
    moved[..., :-1] += shares[..., 0:1] * weights[..., 1:]
    moved += shares[..., 1:2] * weights
    moved[..., 1:] += shares[..., 2:3] * weights[..., :-1]
    return moved


def sharpen(weights: FloatArray, power: FloatArray, mask: BoolArray | None = None) -> FloatArray:
    """Raise weights to a power, ``(..., 1)``, and divide them by their sum."""
    powers = np.maximum(weights, LEAST_WEIGHT) ** power
    if mask is not None:
        powers = np.where(mask, powers, 0)
    sharp: FloatArray = powers / powers.sum(axis=-1, keepdims=True)
    return sharp


def locate(before: FloatArray, kernel: FloatArray) -> FloatArray:
    """Convolve the weights of the step before: features of each place, ``(..., source_len, d_k)``.

    ``before`` is ``(..., source_len)``, ``kernel`` is ``(d_k, 1, width)`` as ``torch.nn.Conv1d``
    has it; beyond the ends there are zeros.
    """
    reach = kernel.shape[-1] // 2
    padded = np.pad(before, [(0, 0)] * (before.ndim - 1) + [(reach, reach)])
    around = np.lib.stride_tricks.sliding_window_view(padded, kernel.shape[-1], axis=-1)
    features: FloatArray = around @ kernel[:, 0].T
    return features
