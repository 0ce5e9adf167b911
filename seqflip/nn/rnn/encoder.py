"""The encoder: from a source sequence to one state per position, and the last state of all.

What the decoder may attend to, and what it starts from, is all made here.
"""

from typing import NamedTuple

import numpy as np

from seqflip.nn.arrays import BoolArray, FloatArray, IntArray
from seqflip.nn.buffers import Buffers
from seqflip.nn.rnn.cells import State
from seqflip.nn.rnn.recurrent import join_directions
from seqflip.nn.rnn.stack import Stack, StackCache


class Encoded(NamedTuple):
    """What an encoder made of a batch of source sequences."""

    states: FloatArray  # (batch, source_len, d_model): the top layer's, both directions joined
    final: list[State]  # each layer's last state, both directions joined: (1, batch, d_model)
    mask: BoolArray | None  # (batch, 1, source_len): True at tokens; None where nothing is padded
    cache: StackCache

    @property
    def layer_states(self) -> FloatArray:
        """What each layer put out, the lowest first: (layers, batch, source_len, d_model)."""
        layers = [
            join_directions(one.tape.states[0][1:], np.empty_like(self.states.swapaxes(0, 1)))
            for one in self.cache.layers
        ]
        return np.stack(layers).swapaxes(1, 2)


class Encoder:
    """A stack of one or two directions over the source.

    Parameters
    ----------
    stack : Stack
    """

    def __init__(self, stack: Stack) -> None:
        self.stack = stack

    def forward(
        self, tokens: IntArray, rng: np.random.Generator | None, buffers: Buffers
    ) -> Encoded:
        """Read ``tokens``, ``(batch, source_len)``, where 0 is padding."""
        batch, source_len = tokens.shape
        pad = tokens == 0
        padded = bool(pad.any())
        states = buffers.empty(batch, source_len, self.stack.width)
        start = [layer.zero_state(batch) for layer in self.stack.layers]
        final, cache = self.stack.forward(
            tokens.T, start, pad.T if padded else None, rng, buffers, out=states.swapaxes(0, 1)
        )
        joined = [tuple(self._join(part) for part in state) for state in final]
        return Encoded(states, joined, ~pad[:, None] if padded else None, cache)

    def backward(
        self, d_states: FloatArray, d_final: list[State], cache: StackCache, buffers: Buffers
    ) -> None:
        """Accumulate all gradients, given those by :class:`Encoded` ``states`` and ``final``."""
        apart = [tuple(self._split(part) for part in state) for state in d_final]
        self.stack.backward(d_states.swapaxes(0, 1), apart, cache, buffers)

    def _join(self, part: FloatArray) -> FloatArray:
        """Put directions side by side: (directions, batch, hidden) to (1, batch, d_model)."""
        return part.swapaxes(0, 1).reshape(1, part.shape[1], self.stack.width)

    def _split(self, d_joined: FloatArray) -> FloatArray:
        """Return the gradient by what :meth:`_join` joined."""
        return d_joined.reshape(d_joined.shape[1], self.stack.directions, -1).swapaxes(0, 1)
