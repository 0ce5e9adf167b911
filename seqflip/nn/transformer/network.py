"""The Transformer: embedding and positions, encoder, decoder, output layer."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import DTypeLike

from seqflip.nn import reference as plain
from seqflip.nn.arrays import FloatArray, IntArray
from seqflip.nn.attention import ScaledDotAttention
from seqflip.nn.buffers import Buffers
from seqflip.nn.dot_product import scale_for
from seqflip.nn.functional import softmax
from seqflip.nn.looking import CROSS, DECODER, ENCODER, Look, WeighAt, Where, by_softmax
from seqflip.nn.network import ARCHITECTURES, Functions, Looks, Network, Pass, Source
from seqflip.nn.transformer.architecture import TransformerArchitecture
from seqflip.nn.transformer.attention import CrossAttention
from seqflip.nn.transformer.block import Style
from seqflip.nn.transformer.decoder import (
    CrossMemory,
    Decoder,
    DecoderBlock,
    DecoderCache,
)
from seqflip.nn.transformer.encoder import Encoder, EncoderBlock, EncoderCache
from seqflip.nn.transformer.layer_norm import LayerNorm
from seqflip.nn.transformer.masks import masked
from seqflip.nn.transformer.naming import named_arrays
from seqflip.nn.transformer.positions import POSITIONS


class MeanAttention(ScaledDotAttention):
    """The mean over heads, of queries and keys that are already there.

    Parameters
    ----------
    d_head : int
        The width of a head's queries and keys.
    heads : int
        All of them side by side make one product, whose sum is that of all heads.
    """

    def __init__(self, d_head: int, heads: int) -> None:
        self.d_k = self.d_v = d_head * heads
        self.scale = scale_for(d_head) / heads


class Encoded(NamedTuple):
    """What the encoder made of a batch of source sequences."""

    states: FloatArray  # (batch, source_len, d_model)
    cache: EncoderCache
    places: FloatArray  # (1 or batch, source_len)
    tokens: IntArray  # (batch, source_len)
    dropped: FloatArray | None  # (batch * source_len, d_model): the mask of the embedded words

    @property
    def layer_states(self) -> FloatArray:
        """What each block put out, the lowest first: (layers, batch, source_len, d_model)."""
        out = [one.feed_forward or one.self_attn for one in self.cache.layers]
        return np.stack([one.y.reshape(self.states.shape) for one in out])


@ARCHITECTURES.register
class Transformer(Network):
    """Vaswani et al. (2017), https://arxiv.org/abs/1706.03762; see :class:`Network`.

    Its parameters have the names and the layout of ``torch.nn.Transformer``.
    """

    name, label = "transformer", "Transformer"
    described = TransformerArchitecture
    settings = TransformerArchitecture._fields[1:]
    architecture: TransformerArchitecture

    def __init__(
        self, architecture: TransformerArchitecture, dtype: DTypeLike = np.float32
    ) -> None:
        super().__init__(architecture, dtype)
        d_head = architecture.d_model // architecture.heads
        style = Style(architecture.heads, architecture.norm, self.dropout)
        self.attention = MeanAttention(d_head, architecture.heads)
        self.encoder = Encoder(
            [EncoderBlock(one, style) for one in self._layers("encoder.")], self._norm("encoder.")
        )
        self.decoder = Decoder(
            [DecoderBlock(one, style) for one in self._layers("decoder.")], self._norm("decoder.")
        )
        self.positions = POSITIONS[architecture.positions](
            self.parameters.within("positions.").get("weight"),
            architecture.d_model,
            d_head,
            architecture.max_positions,
        )

    def _layers(self, prefix: str) -> Sequence[dict[str, Any]]:
        layers = range(self.architecture.layers)
        return [self.parameters.within(f"{prefix}layers.{i}.") for i in layers]

    def _norm(self, prefix: str) -> LayerNorm:
        names = (f"{prefix}norm.weight", f"{prefix}norm.bias")
        return LayerNorm(*(self.parameters[name] for name in names))

    @property
    def looks(self) -> Looks:
        return Looks(self.architecture.layers, self.architecture.heads)

    def functions(self) -> dict[str, Functions]:
        """Return, for each part of a trace, the functions that compute it."""
        prediction = Functions((plain.linear, plain.softmax), (type(self).decode, softmax))
        encoder = Functions(
            (plain.scaled_dot, plain.attend, plain.linear),
            (EncoderBlock.forward, CrossAttention.remember),
        )
        return {"encoder": encoder, "prediction": prediction}

    def looked(self, done: Pass) -> dict[Where, Look]:
        encoder, decoder = done.source.encoded.cache.layers, done.cache
        assert isinstance(decoder, DecoderCache)
        found = {Where(ENCODER, i): one.self_attn.part.look for i, one in enumerate(encoder)}
        for i, one in enumerate(decoder.layers):
            found[Where(DECODER, i)] = one.self_attn.part.look
            found[Where(CROSS, i)] = one.multihead_attn.part.look
        return found

    def between(self, done: Pass) -> dict[str, FloatArray]:
        encoder = named_arrays(done.source.encoded.cache, "encoder")
        return dict([*encoder, *named_arrays(done.cache, "decoder")])

    # ------------------------------------------------------------------ words

    def _embed(
        self,
        tokens: IntArray,
        places: FloatArray,
        rng: np.random.Generator | None,
    ) -> tuple[FloatArray, FloatArray | None]:
        """Return ``tokens``, ``(batch, n)``, as vectors ``(batch * n, d_model)`` with places."""
        x = self.embedding.forward(tokens)
        added = self.positions.added(places)
        if added is not None:
            x += added
        return self.dropout.forward(x.reshape(-1, x.shape[-1]), rng)

    def _embed_backward(
        self,
        d_x: FloatArray,
        tokens: IntArray,
        places: FloatArray,
        dropped: FloatArray | None,
        buffers: Buffers,
    ) -> None:
        """Accumulate the gradients of embedding and positions."""
        d_x = self.dropout.backward(d_x, dropped)
        self.embedding.backward(d_x, tokens, buffers)
        self.positions.added_backward(d_x.reshape(*tokens.shape, -1), places)

    # ------------------------------------------------------------------ the whole

    def read(
        self,
        x_src: IntArray,
        rng: np.random.Generator | None,
        buffers: Buffers,
        weigh_at: WeighAt = by_softmax,
    ) -> Source:
        batch, source_len = x_src.shape
        real = x_src != 0
        mask = None if real.all() else masked(real[:, None, None], self.dtype)
        lengths = real.sum(axis=1).astype(self.dtype)
        spread = self.positions.places(lengths, source_len, rng)
        places = spread.of(0, source_len, rng, self.dtype)
        x, dropped = self._embed(x_src, places, rng)
        rotation = self.positions.rotation(places)
        states, cache = self.encoder.forward(x, batch, mask, rotation, weigh_at, rng, buffers)
        memory = CrossMemory(self.decoder.remember(states, batch, buffers), states, mask, weigh_at)
        start = self.decoder.start(memory, spread)
        encoded = Encoded(states.reshape(batch, source_len, -1), cache, places, x_src, dropped)
        return Source(encoded, memory, start)

    def decode(
        self,
        tokens: IntArray,
        state: Any,
        source: Source,
        rng: np.random.Generator | None,
        buffers: Buffers,
    ) -> Pass:
        steps, batch = tokens.shape
        read = tokens.T
        places = state.places.of(state.length, steps, rng, self.dtype)
        x, dropped = self._embed(read, places, rng)
        features, after, layers, norm = self.decoder.forward(
            x, state, source.memory, self.positions.rotation(places), rng, buffers
        )
        logits = self.output.forward(features, out=buffers.empty(len(features), self.vocab_size))
        return Pass(
            logits.reshape(batch, steps, -1),
            source,
            features.reshape(batch, steps, -1),
            None,
            after,
            DecoderCache(layers, norm, places, read, dropped),
        )

    def backward(self, d_logits: FloatArray, done: Pass, buffers: Buffers | None = None) -> None:
        buffers = buffers or Buffers(self.dtype)
        cache, encoded = done.cache, done.source.encoded
        assert isinstance(cache, DecoderCache)
        features = done.features.reshape(-1, done.features.shape[-1])
        d_features = self.output.backward(
            d_logits.reshape(-1, self.vocab_size), features, out=buffers.empty(*features.shape)
        )
        states = done.source.memory.states
        d_x, d_states = self.decoder.backward(d_features, cache, states, buffers)
        self._embed_backward(d_x, cache.tokens, cache.places, cache.dropped, buffers)
        d_x = self.encoder.backward(d_states, encoded.cache, buffers)
        self._embed_backward(d_x, encoded.tokens, encoded.places, encoded.dropped, buffers)
