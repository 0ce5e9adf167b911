"""Where a network looks: what kinds of looks there are, and which of them a change is for.

All kinds are the same computation. Only where queries, keys and values come from is different.
"""

from collections.abc import Callable
from typing import NamedTuple, Protocol

from seqflip.nn.arrays import BoolArray, FloatArray

ENCODER, DECODER, CROSS = "encoder", "decoder", "cross"
KINDS = {
    ENCODER: "the encoder in itself",
    DECODER: "the decoder in itself",
    CROSS: "the decoder in the source",
}


class Look(NamedTuple):
    """One look of all heads: every intermediate between queries and context."""

    query: FloatArray  # (batch, heads, queries, d)
    key: FloatArray  # (batch, heads, keys, d)
    value: FloatArray  # (batch, heads, keys, d)
    scores: FloatArray  # (batch, heads, queries, keys)
    weights: FloatArray  # (batch, heads, queries, keys)
    context: FloatArray  # (batch, queries, d_model)


class Weigh(Protocol):
    """A function from scores ``(..., source_len)`` to weights of the same shape."""

    def __call__(
        self, x: FloatArray, mask: BoolArray | None = None, out: FloatArray | None = None
    ) -> FloatArray:
        """Return the weights, in ``out`` or in new memory."""


class Where(NamedTuple):
    """One attention layer: of which kind, and in which block, from 0."""

    kind: str
    layer: int


WeighAt = Callable[[Where], Weigh | None]  # None: by the softmax alone


def by_softmax(where: Where) -> Weigh | None:
    """Change nothing anywhere."""
    return None
