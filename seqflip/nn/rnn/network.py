"""The recurrent network: embedding, encoder, attention, decoder, output layer."""

from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from seqflip.nn import reference as plain
from seqflip.nn.arrays import FloatArray, IntArray
from seqflip.nn.attention import ATTENTIONS
from seqflip.nn.buffers import Buffers
from seqflip.nn.functional import softmax
from seqflip.nn.layers import Linear
from seqflip.nn.looking import WeighAt, by_softmax
from seqflip.nn.network import ARCHITECTURES, Functions, Network, Pass, Source
from seqflip.nn.rnn.architecture import RecurrentArchitecture
from seqflip.nn.rnn.cells import CELLS
from seqflip.nn.rnn.decoder import Decoder, DecoderCache, DecoderState, InputFeedingDecoder
from seqflip.nn.rnn.encoder import Encoder
from seqflip.nn.rnn.stack import Stack, make_layers


@ARCHITECTURES.register
class RecurrentNetwork(Network):
    """An encoder-decoder of recurrent layers; see :class:`~seqflip.nn.network.Network`."""

    name, label = "recurrent", "Recurrent"
    described = RecurrentArchitecture
    settings = RecurrentArchitecture._fields[1:]
    architecture: RecurrentArchitecture

    def __init__(self, architecture: RecurrentArchitecture, dtype: DTypeLike = np.float32) -> None:
        super().__init__(architecture, dtype)
        attention = ATTENTIONS[architecture.attention]
        self.attention = attention(self.parameters.within("attention."))
        self.encoder = Encoder(self._stack("encoder.", architecture.directions))
        decoder = InputFeedingDecoder if architecture.input_feeding else Decoder
        self.decoder = decoder(self._stack("decoder.", 1), self.attention)

    def _stack(self, prefix: str, directions: int) -> Stack:
        cell, layers = CELLS[self.architecture.cell], self.architecture.layers
        made = make_layers(cell, layers, directions, self.parameters, prefix)
        return Stack(self.embedding, made, self.dropout)

    def functions(self) -> dict[str, Functions]:
        """Return, for each part of a trace, the functions that compute it."""
        attention, cell = type(self.attention), CELLS[self.architecture.cell]
        read = plain.read_both_ways if self.architecture.bidirectional else plain.read
        found = {
            "encoder": Functions((read, cell.plain), (Encoder.forward, Stack.forward)),
            "state": Functions((cell.plain,), (cell.step,)),
            "prediction": Functions((plain.linear, plain.softmax), (type(self).decode, softmax)),
        }
        if attention.plain is not None:
            found["encoder"] = Functions(
                (*found["encoder"].plain, plain.linear),
                (*found["encoder"].fast, attention.remember),
            )
            found |= {
                "query": Functions((plain.linear,), (Linear.forward,)),
                "scores": Functions((attention.plain, plain.softmax), (attention.score, softmax)),
                "terms": Functions((attention.plain,), (attention.terms,)),
                "context": Functions((plain.attend,), (attention.forward,)),
            }
            found |= {
                stage: Functions((one,), (attention.forward,))
                for stage, one in attention.plain_stages.items()
            }
        return found

    def read(
        self,
        x_src: IntArray,
        rng: np.random.Generator | None,
        buffers: Buffers,
        weigh_at: WeighAt = by_softmax,
    ) -> Source:
        return self.read_marked(self.marked(x_src), rng, buffers, weigh_at)

    def marked(self, x_src: IntArray) -> IntArray:
        """Return sources between their marks, if the encoder is given any.

        ``(batch, source_len)`` becomes ``(batch, source_len + 2)``; padding stays behind the end.
        """
        if not self.architecture.source_marks:
            return x_src
        marked = np.pad(x_src, ((0, 0), (1, 1)))
        marked[:, 0] = self.begin
        ends = 1 + np.count_nonzero(x_src, axis=1)
        marked[np.arange(len(x_src)), ends] = self.begin + 1
        return marked

    def on_tokens(self, weights: FloatArray) -> FloatArray:
        return weights[..., 1:-1] if self.architecture.source_marks else weights

    def read_marked(
        self,
        marked: IntArray,
        rng: np.random.Generator | None,
        buffers: Buffers,
        weigh_at: WeighAt = by_softmax,
    ) -> Source:
        encoded = self.encoder.forward(marked, rng, buffers)
        memory = self.attention.remember(encoded.states, encoded.mask, buffers)
        memory = memory.weighed_by(weigh_at)
        context = np.zeros((len(marked), self.attention.d_v), encoded.states.dtype)
        return Source(encoded, memory, DecoderState(encoded.final, context))

    def decode(
        self,
        tokens: IntArray,
        state: Any,
        source: Source,
        rng: np.random.Generator | None,
        buffers: Buffers,
    ) -> Pass:
        features, final, cache = self.decoder.forward(tokens, state, source.memory, rng, buffers)
        features, dropped = self.dropout.forward(features, rng)
        batch, steps, width = features.shape
        logits = buffers.empty(batch * steps, self.architecture.vocab_size)
        self.output.forward(features.reshape(-1, width), out=logits)
        return Pass(logits.reshape(batch, steps, -1), source, features, dropped, final, cache)

    def backward(self, d_logits: FloatArray, done: Pass, buffers: Buffers | None = None) -> None:
        assert isinstance(done.cache, DecoderCache)
        buffers = buffers or Buffers(self.parameters.flat.dtype)
        width = done.features.shape[-1]
        d_features = self.output.backward(
            d_logits.reshape(-1, d_logits.shape[-1]),
            done.features.reshape(-1, width),
            out=buffers.empty(done.features.size // width, width),
        )
        d_features = self.dropout.backward(d_features.reshape(done.features.shape), done.dropped)
        d = self.decoder.backward(d_features, done.cache, buffers)
        d_states = self.attention.remember_backward(d.key, d.value, done.source.memory, buffers)
        self.encoder.backward(d_states, d.layers, done.source.encoded.cache, buffers)
