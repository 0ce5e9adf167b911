"""The encoder: words look at each other, and each goes through a small network of its own."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from seqflip.nn.arrays import FloatArray
from seqflip.nn.buffers import Buffers
from seqflip.nn.looking import ENCODER, Weigh, WeighAt, Where
from seqflip.nn.parameters import Parameter
from seqflip.nn.start import Declared
from seqflip.nn.transformer.attention import MultiHead, SelfAttention, SelfLook
from seqflip.nn.transformer.block import Block, FeedCache, Style, prefixed, within
from seqflip.nn.transformer.layer_norm import LayerNorm, LayerNormCache
from seqflip.nn.transformer.masks import Mask
from seqflip.nn.transformer.residual import AroundCache
from seqflip.nn.transformer.rotation import Rotation


class EncoderBlockCache(NamedTuple):
    """What a block recorded."""

    self_attn: AroundCache[SelfLook]
    feed_forward: FeedCache


class EncoderBlock(Block):
    """Self-attention, then feed-forward, as ``torch.nn.TransformerEncoderLayer``."""

    attentions = ("self_attn",)

    def __init__(self, parameters: Mapping[str, Parameter], style: Style) -> None:
        super().__init__(parameters, style)
        self.self_attn = SelfAttention(within(parameters, "self_attn."), style.heads)

    @classmethod
    def declare(cls, d_model: int, feed_forward: int) -> dict[str, Declared]:
        looks = {name: MultiHead.declare(d_model) for name in cls.attentions}
        return prefixed(looks) | cls.declare_rest(d_model, feed_forward)

    def forward(
        self,
        x: FloatArray,
        batch: int,
        mask: Mask | None,
        rotation: Rotation | None,
        weigh: Weigh | None,
        rng: np.random.Generator | None,
        buffers: Buffers,
    ) -> tuple[FloatArray, EncoderBlockCache]:
        """Map ``x``, ``(batch * source_len, d_model)``, to the same shape."""

        def look(x: FloatArray) -> tuple[FloatArray, SelfLook]:
            y, _, cache = self.self_attn.forward(x, batch, None, mask, rotation, weigh, buffers)
            return y, cache

        x, looked = self.around[0].forward(x, look, rng, buffers)
        x, fed = self.feed(x, rng, buffers)
        return x, EncoderBlockCache(looked, fed)

    def backward(self, d_y: FloatArray, cache: EncoderBlockCache, buffers: Buffers) -> FloatArray:
        """Accumulate all gradients; return that by ``x``."""
        d_x = self.feed_backward(d_y, cache.feed_forward, buffers)
        return self.around[0].backward(
            d_x, lambda d, part: self.self_attn.backward(d, part, buffers), cache.self_attn, buffers
        )


class EncoderCache(NamedTuple):
    """What all blocks recorded."""

    layers: list[EncoderBlockCache]
    norm: LayerNormCache


class Encoder:
    """Blocks on top of each other, and a last layer norm.

    Parameters
    ----------
    blocks : sequence of EncoderBlock
    norm : LayerNorm
    """

    def __init__(self, blocks: Sequence[EncoderBlock], norm: LayerNorm) -> None:
        self.blocks, self.norm = blocks, norm

    def forward(
        self,
        x: FloatArray,
        batch: int,
        mask: Mask | None,
        rotation: Rotation | None,
        weigh_at: WeighAt,
        rng: np.random.Generator | None,
        buffers: Buffers,
    ) -> tuple[FloatArray, EncoderCache]:
        """Map embedded words, ``(batch * source_len, d_model)``, to states of the same shape."""
        layers = []
        for index, block in enumerate(self.blocks):
            weigh = weigh_at(Where(ENCODER, index))
            x, cache = block.forward(x, batch, mask, rotation, weigh, rng, buffers)
            layers.append(cache)
        y, norm = self.norm.forward(x, buffers)
        return y, EncoderCache(layers, norm)

    def backward(self, d_y: FloatArray, cache: EncoderCache, buffers: Buffers) -> FloatArray:
        """Accumulate all gradients; return that by the embedded words."""
        d_x = self.norm.backward(d_y, cache.norm, buffers)
        for block, one in zip(reversed(self.blocks), reversed(cache.layers), strict=True):
            d_x = block.backward(d_x, one, buffers)
        return d_x
