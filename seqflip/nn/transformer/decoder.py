"""The decoder: each word looks at those before it, then at the source, then goes on by itself.

What a word is looked at by, its keys and values, does not change any more. So they are kept, and a
further word costs one row of each product.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Self

import numpy as np

from seqflip.nn.arrays import FloatArray, IntArray
from seqflip.nn.attention import Attended
from seqflip.nn.buffers import Buffers
from seqflip.nn.looking import CROSS, DECODER, Weigh, WeighAt, Where, by_softmax
from seqflip.nn.parameters import Parameter
from seqflip.nn.start import Declared
from seqflip.nn.transformer.attention import (
    CrossAttention,
    CrossLook,
    KeysValues,
    MultiHead,
    SelfAttention,
    SelfLook,
)
from seqflip.nn.transformer.block import Block, FeedCache, Style, prefixed, within
from seqflip.nn.transformer.layer_norm import LayerNorm, LayerNormCache
from seqflip.nn.transformer.masks import Mask, causal
from seqflip.nn.transformer.positions import Places
from seqflip.nn.transformer.residual import AroundCache
from seqflip.nn.transformer.rotation import Rotation


class CrossMemory(NamedTuple):
    """What the decoder's blocks can look at: made once, used at every output step."""

    layers: list[KeysValues]
    states: FloatArray  # (batch * source_len, d_model)
    mask: Mask | None
    weigh_at: WeighAt = by_softmax

    @property
    def key(self) -> FloatArray:
        """The last block's keys, (batch, source_len, d_model)."""
        return self.layers[-1].key

    @property
    def value(self) -> FloatArray:
        """The last block's values, (batch, source_len, d_model)."""
        return self.layers[-1].value

    def repeated(self, n: int) -> Self:
        """Return a batch of one as a batch of ``n`` equal ones, without a copy."""
        layers = [
            KeysValues(*(np.broadcast_to(part, (n, *part.shape[1:])) for part in layer))
            for layer in self.layers
        ]
        return self._replace(layers=layers)

    def weighed_by(self, weigh_at: WeighAt) -> Self:
        """Return it with other ways from scores to weights."""
        return self._replace(weigh_at=weigh_at)


class DecoderState(NamedTuple):
    """All that the decoder remembers: what there is to look at in its own words so far."""

    layers: list[KeysValues | None]
    places: Places
    length: int  # how many words it has read
    by_layer: FloatArray  # (layers, batch, d_model): what each block put out last

    def take(self, rows: IntArray) -> Self:
        """Return the state with these rows of the batch."""
        layers = [
            None if layer is None else KeysValues(layer.key[rows], layer.value[rows])
            for layer in self.layers
        ]
        return self._replace(
            layers=layers, places=self.places.take(rows), by_layer=self.by_layer[:, rows]
        )


class DecoderBlockCache(NamedTuple):
    """What a block recorded."""

    self_attn: AroundCache[SelfLook]
    multihead_attn: AroundCache[CrossLook]
    feed_forward: FeedCache
    output: FloatArray  # (batch * steps, d_model)


class DecoderBlock(Block):
    """Self-attention, cross-attention, feed-forward, as ``torch.nn.TransformerDecoderLayer``."""

    attentions = ("self_attn", "multihead_attn")

    def __init__(self, parameters: Mapping[str, Parameter], style: Style) -> None:
        super().__init__(parameters, style)
        self.self_attn = SelfAttention(within(parameters, "self_attn."), style.heads)
        self.multihead_attn = CrossAttention(within(parameters, "multihead_attn."), style.heads)

    @classmethod
    def declare(cls, d_model: int, feed_forward: int) -> dict[str, Declared]:
        looks = {name: MultiHead.declare(d_model) for name in cls.attentions}
        return prefixed(looks) | cls.declare_rest(d_model, feed_forward)

    def forward(
        self,
        x: FloatArray,
        kept: KeysValues | None,
        memory: KeysValues,
        masks: tuple[Mask | None, Mask | None],
        rotation: Rotation | None,
        weighs: tuple[Weigh | None, Weigh | None],
        rng: np.random.Generator | None,
        buffers: Buffers,
    ) -> tuple[FloatArray, KeysValues, DecoderBlockCache]:
        """Map ``x``, ``(batch * steps, d_model)``, to the same shape.

        ``kept`` is of its own words before, ``memory`` of the source; of masks and other weights,
        those of its own words come first.
        """
        batch = len(memory.key)
        own: list[KeysValues] = []

        def look(x: FloatArray) -> tuple[FloatArray, SelfLook]:
            y, now, cache = self.self_attn.forward(
                x, batch, kept, masks[0], rotation, weighs[0], buffers
            )
            own.append(now)
            return y, cache

        def look_across(x: FloatArray) -> tuple[FloatArray, CrossLook]:
            return self.multihead_attn.forward(x, memory, masks[1], weighs[1], buffers)

        x, looked = self.around[0].forward(x, look, rng, buffers)
        x, across = self.around[1].forward(x, look_across, rng, buffers)
        x, fed = self.feed(x, rng, buffers)
        return x, own[0], DecoderBlockCache(looked, across, fed, x)

    def backward(
        self, d_y: FloatArray, cache: DecoderBlockCache, states: FloatArray, buffers: Buffers
    ) -> tuple[FloatArray, FloatArray]:
        """Accumulate all gradients; return those by ``x`` and by the encoder's ``states``."""
        d_states: list[FloatArray] = []

        def across_backward(d: FloatArray, part: CrossLook) -> FloatArray:
            d_x, d_memory = self.multihead_attn.backward(d, part, states, buffers)
            d_states.append(d_memory)
            return d_x

        d_x = self.feed_backward(d_y, cache.feed_forward, buffers)
        d_x = self.around[1].backward(d_x, across_backward, cache.multihead_attn, buffers)
        d_x = self.around[0].backward(
            d_x, lambda d, part: self.self_attn.backward(d, part, buffers), cache.self_attn, buffers
        )
        return d_x, d_states[0]


class DecoderCache(NamedTuple):
    """What all blocks recorded in some steps."""

    layers: list[DecoderBlockCache]
    norm: LayerNormCache
    places: FloatArray  # (1 or batch, steps)
    tokens: IntArray  # (batch, steps)
    dropped: FloatArray | None  # (batch * steps, d_model): the mask of the embedded words

    @property
    def across(self) -> CrossLook:
        """How the last block looked at the source."""
        return self.layers[-1].multihead_attn.part

    @property
    def looked(self) -> Attended:
        """What the last block compared and found in the source, as a mean over its heads."""
        found = self.across.look
        batch, heads, steps, d = found.query.shape
        query = found.query.swapaxes(1, 2).reshape(batch, steps, heads * d)
        return Attended(query, found.scores.mean(axis=1), found.weights.mean(axis=1))

    @property
    def contexts(self) -> FloatArray:
        """What the last block saw in the source, (batch, steps, d_model)."""
        return self.across.look.context

    @property
    def layer_states(self) -> FloatArray:
        """What each block put out, (layers, batch, steps, d_model)."""
        shape = (len(self.layers), *self.tokens.shape, -1)
        return np.array([layer.output for layer in self.layers]).reshape(shape)

    @property
    def contexts_read(self) -> FloatArray | None:
        """Nothing is read but words."""
        return None


class Decoder:
    """Blocks on top of each other, and a last layer norm.

    Parameters
    ----------
    blocks : sequence of DecoderBlock
    norm : LayerNorm
    """

    def __init__(self, blocks: Sequence[DecoderBlock], norm: LayerNorm) -> None:
        self.blocks, self.norm = blocks, norm

    def remember(self, states: FloatArray, batch: int, buffers: Buffers) -> list[KeysValues]:
        """Return what each block can look at in the encoder's states."""
        return [block.multihead_attn.remember(states, batch, buffers) for block in self.blocks]

    def start(self, memory: CrossMemory, places: Places) -> DecoderState:
        """Return the state before the first word."""
        nothing = np.zeros((len(self.blocks), *memory.value[:, 0].shape), memory.value.dtype)
        return DecoderState([None] * len(self.blocks), places, 0, nothing)

    def forward(
        self,
        x: FloatArray,
        state: DecoderState,
        memory: CrossMemory,
        rotation: Rotation | None,
        rng: np.random.Generator | None,
        buffers: Buffers,
    ) -> tuple[FloatArray, DecoderState, list[DecoderBlockCache], LayerNormCache]:
        """Map embedded words, ``(batch * steps, d_model)``, to features of the next ones."""
        batch = len(memory.key)
        steps = len(x) // batch
        masks = causal(steps, state.length + steps, x.dtype), memory.mask
        layers, caches = [], []
        for index, block in enumerate(self.blocks):
            weighs = (
                memory.weigh_at(Where(DECODER, index)),
                memory.weigh_at(Where(CROSS, index)),
            )
            kept, seen = state.layers[index], memory.layers[index]
            x, now, cache = block.forward(x, kept, seen, masks, rotation, weighs, rng, buffers)
            layers.append(now)
            caches.append(cache)
        last = np.array([one.output.reshape(batch, steps, -1)[:, -1] for one in caches])
        y, norm = self.norm.forward(x, buffers)
        return y, DecoderState([*layers], state.places, state.length + steps, last), caches, norm

    def backward(
        self, d_y: FloatArray, cache: DecoderCache, states: FloatArray, buffers: Buffers
    ) -> tuple[FloatArray, FloatArray]:
        """Accumulate all gradients; return those by the words and by the encoder's ``states``."""
        d_x = self.norm.backward(d_y, cache.norm, buffers)
        d_states = buffers.empty(*states.shape)
        d_states.fill(0)
        for block, one in zip(reversed(self.blocks), reversed(cache.layers), strict=True):
            d_x, d_seen = block.backward(d_x, one, states, buffers)
            d_states += d_seen
        return d_x, d_states
