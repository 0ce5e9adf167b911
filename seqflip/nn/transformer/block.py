"""What the blocks of encoder and decoder share: parts with layer norms, under torch's names."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from seqflip.nn.arrays import FloatArray
from seqflip.nn.buffers import Buffers
from seqflip.nn.layers import Dropout
from seqflip.nn.parameters import Parameter
from seqflip.nn.start import Declared
from seqflip.nn.transformer.feed_forward import FeedForward, FeedForwardCache
from seqflip.nn.transformer.layer_norm import LayerNorm
from seqflip.nn.transformer.residual import Around, AroundCache

FeedCache = AroundCache[FeedForwardCache] | None  # None: there is no such part


class Style(NamedTuple):
    """How all blocks of a network are made."""

    heads: int
    norm: str  # a name in NORMS
    dropout: Dropout


def within(parameters: Mapping[str, Parameter], prefix: str) -> dict[str, Parameter]:
    """Return the parameters of one part, under the names that follow its ``prefix``."""
    own = (name for name in parameters if name.startswith(prefix))
    return {name.removeprefix(prefix): parameters[name] for name in own}


def prefixed(parts: Mapping[str, Mapping[str, Declared]]) -> dict[str, Declared]:
    """Return what parts declare, under their names."""
    return {f"{part}.{name}": one for part, own in parts.items() for name, one in own.items()}


class Block:
    """Parts with a way past each, the last of which is the feed-forward one, if there is any.

    Parameters
    ----------
    parameters : mapping
        What the subclass declares.
    style : Style
    """

    attentions: tuple[str, ...]

    def __init__(self, parameters: Mapping[str, Parameter], style: Style) -> None:
        feeds = "linear1.weight" in parameters
        self.feed_forward = FeedForward(parameters) if feeds else None
        self.around = [
            Around(
                LayerNorm(parameters[f"norm{i + 1}.weight"], parameters[f"norm{i + 1}.bias"]),
                style.norm,
                style.dropout,
            )
            for i in range(len(self.attentions) + feeds)
        ]

    @classmethod
    def declare_rest(cls, d_model: int, feed_forward: int) -> dict[str, Declared]:
        """Return the parameters of the feed-forward part and of all layer norms."""
        norms = len(cls.attentions) + (feed_forward > 0)
        named = {f"norm{i + 1}": LayerNorm.declare(d_model) for i in range(norms)}
        return FeedForward.declare(d_model, feed_forward) | prefixed(named)

    def feed(
        self, x: FloatArray, rng: np.random.Generator | None, buffers: Buffers
    ) -> tuple[FloatArray, FeedCache]:
        """Run the last part on ``x``, ``(n, d_model)``, if there is one."""
        layer = self.feed_forward
        if layer is None:
            return x, None
        return self.around[-1].forward(x, lambda x: layer.forward(x, buffers), rng, buffers)

    def feed_backward(self, d_y: FloatArray, cache: FeedCache, buffers: Buffers) -> FloatArray:
        """Accumulate its gradients; return that by ``x``."""
        layer = self.feed_forward
        if layer is None or cache is None:
            return d_y
        return self.around[-1].backward(
            d_y, lambda d, part: layer.backward(d, part, buffers), cache, buffers
        )
