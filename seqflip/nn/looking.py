"""Where a network looks: what kinds of looks there are, and which of them a change is for.

All kinds are the same computation. Only where queries, keys and values come from is different.
"""

from collections.abc import Callable
from typing import NamedTuple

from seqflip.nn.attention import Weigh

ENCODER, DECODER, CROSS = "encoder", "decoder", "cross"
KINDS = {
    ENCODER: "the encoder in itself",
    DECODER: "the decoder in itself",
    CROSS: "the decoder in the source",
}


class Where(NamedTuple):
    """One attention layer: of which kind, and in which block, from 0."""

    kind: str
    layer: int


WeighAt = Callable[[Where], Weigh | None]  # None: by the softmax alone


def by_softmax(where: Where) -> Weigh | None:
    """Change nothing anywhere."""
    return None
