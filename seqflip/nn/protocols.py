"""What every decoder offers, of whatever family: all that decoding, traces and pages may ask for.

Nothing above the network reaches into a cache, so that a decoder may keep there what it likes.
"""

from typing import Protocol, Self, TypeVar

import numpy as np

from seqflip.nn.arrays import FloatArray, IntArray
from seqflip.nn.attention import Attended, Memory
from seqflip.nn.buffers import Buffers


class DecoderState(Protocol):
    """All that a decoder remembers from one step to the next, for each row of a batch."""

    @property
    def by_layer(self) -> FloatArray:
        """What each layer puts out, (layers, batch, d_model)."""

    def take(self, rows: IntArray) -> Self:
        """Return the state with these rows of the batch, as a beam goes on with its best."""


class DecoderCache(Protocol):
    """What a decoder recorded in some steps."""

    @property
    def looked(self) -> Attended:
        """What was compared and found."""

    @property
    def contexts(self) -> FloatArray:
        """What was seen at each step, (batch, steps, d_v)."""

    @property
    def layer_states(self) -> FloatArray:
        """What each layer put out after each step, (layers, batch, steps, d_model)."""

    @property
    def contexts_read(self) -> FloatArray | None:
        """The contexts that were read with the tokens, (batch, steps, d_v), if any were."""


StateT = TypeVar("StateT", bound=DecoderState)
CacheT = TypeVar("CacheT", bound=DecoderCache)
GradientsT_co = TypeVar("GradientsT_co", covariant=True)


class Decoder(Protocol[StateT, CacheT, GradientsT_co]):
    """From a state and words to features of the next words, and back."""

    def forward(
        self,
        tokens: IntArray,
        state: StateT,
        memory: Memory,
        rng: np.random.Generator | None,
        buffers: Buffers,
    ) -> tuple[FloatArray, StateT, CacheT]:
        """Read ``tokens``, ``(steps, batch)``, each the word before the one to be predicted.

        Any number of steps may be read at once, from any state.

        Returns
        -------
        features : (batch, steps, d_features)
            As they enter the output layer: the last ``d_v`` are the context.
        state : after the last step
        cache : what :meth:`backward` needs
        """

    def backward(self, d_features: FloatArray, cache: CacheT, buffers: Buffers) -> GradientsT_co:
        """Accumulate all gradients; return those by what it started from and looked at."""
