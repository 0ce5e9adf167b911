"""The whole network: embedding, encoder, attention, decoder, output layer.

Token ids are integers below ``vocab_size``; 0 pads and ends. The begin symbol is the embedding's
last row.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import DTypeLike

from seqflip.nn.arrays import FloatArray, IntArray
from seqflip.nn.attention import (
    AttentionCache,
    AttentionName,
    Memory,
    attention_shapes,
    make_attention,
)
from seqflip.nn.buffers import Buffers
from seqflip.nn.layers import Dropout, Embedding, Linear
from seqflip.nn.parameters import Parameters
from seqflip.nn.rnn.cells import CELLS, LSTM, CellName
from seqflip.nn.rnn.decoder import Decoder, DecoderCache, DecoderState, InputFeedingDecoder
from seqflip.nn.rnn.encoder import Encoded, Encoder
from seqflip.nn.rnn.recurrent import Recurrent
from seqflip.nn.rnn.stack import Stack

EMBEDDING_SCALE = 0.03


class Architecture(NamedTuple):
    """All that decides a network's parameters and what they do."""

    vocab_size: int
    d_model: int
    d_k: int
    d_v: int
    cell: CellName = "gru"
    layers: int = 1
    bidirectional: bool = True
    attention: AttentionName = "scaled_dot"
    input_feeding: bool = False
    dropout: float = 0.0

    @property
    def context_size(self) -> int:
        """The width of a context vector."""
        return 0 if self.attention == "none" else self.d_v

    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Return all parameters' names and shapes, in the order in which they lie in memory."""
        d = self.d_model
        shapes: dict[str, tuple[int, ...]] = {"embedding.weight": (self.vocab_size + 1, d)}
        directions = ["", "_reverse"] if self.bidirectional else [""]
        for layer in range(self.layers):
            shapes |= self._layer_shapes(
                f"encoder.{{}}_l{layer}", directions, d, d // len(directions)
            )
        for layer in range(self.layers):
            fed = self.context_size if self.input_feeding and layer == 0 else 0
            shapes |= self._layer_shapes(f"decoder.{{}}_l{layer}", [""], d + fed, d)
        shapes |= attention_shapes(self.attention, d, self.d_k, self.d_v)
        shapes["output.weight"] = (self.vocab_size, d + self.context_size)
        shapes["output.bias"] = (self.vocab_size,)
        return shapes

    def _layer_shapes(
        self, name: str, directions: list[str], n_in: int, hidden: int
    ) -> dict[str, tuple[int, ...]]:
        rows = CELLS[self.cell].gates * hidden
        kinds = {
            "weight_ih": (rows, n_in),
            "weight_hh": (rows, hidden),
            "bias_ih": (rows,),
            "bias_hh": (rows,),
        }
        return {name.format(kind) + d: shape for kind, shape in kinds.items() for d in directions}


class Source(NamedTuple):
    """A batch of source sequences, read: all that a decoder needs to know of it."""

    encoded: Encoded
    memory: Memory
    start: DecoderState


class Pass(NamedTuple):
    """One forward pass: the logits, and every intermediate on the way."""

    logits: FloatArray  # (batch, steps, vocab_size)
    source: Source
    features: FloatArray  # (batch, steps, d_model + d_v), as they enter the output layer
    dropped: FloatArray | None
    state: DecoderState  # after the last step
    cache: DecoderCache

    @property
    def weights(self) -> FloatArray:
        """Attention weights, (batch, steps, source_len)."""
        if len(self.cache.looks) == 1:
            return self.cache.looks[0].weights
        return np.concatenate([look.weights for look in self.cache.looks], axis=1)

    @property
    def look(self) -> AttentionCache:
        """The last look at the source: of all steps, or of the last step with input feeding."""
        return self.cache.looks[-1]


class Network:
    """The network of an architecture, forward and backward.

    Parameters
    ----------
    architecture : Architecture
    dtype : dtype
        float32 to train, float64 to check gradients.
    """

    def __init__(self, architecture: Architecture, dtype: DTypeLike = np.float32) -> None:
        self.architecture = architecture
        self.parameters = Parameters(architecture.shapes(), dtype)
        self.begin = architecture.vocab_size
        self.embedding = Embedding(self.parameters["embedding.weight"])
        self.dropout = Dropout(architecture.dropout)
        self.attention = make_attention(architecture.attention, self.parameters)
        self.encoder = Encoder(self._stack("encoder", bidirectional=architecture.bidirectional))
        decoder = InputFeedingDecoder if architecture.input_feeding else Decoder
        self.decoder = decoder(self._stack("decoder", bidirectional=False), self.attention)
        self.output = Linear(self.parameters["output.weight"], self.parameters["output.bias"])

    def _stack(self, name: str, *, bidirectional: bool) -> Stack:
        directions = ["", "_reverse"] if bidirectional else [""]
        layers = []
        for layer in range(self.architecture.layers):
            weights = (
                self.parameters.stack(
                    [f"{name}.{kind}_l{layer}{direction}" for direction in directions]
                )
                for kind in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
            )
            layers.append(Recurrent(self.architecture.cell, *weights))
        return Stack(self.embedding, layers, self.dropout)

    def initialise(self, rng: np.random.Generator) -> None:
        """Draw all parameters anew.

        Embeddings are normal and small (with large ones, many more steps pass before attention
        finds its places); recurrent matrices orthogonal, gate by gate (Saxe et al., 2014,
        https://arxiv.org/abs/1312.6120); the other matrices uniform after Glorot & Bengio (2010);
        biases zero, but 1 for an LSTM's forget gate (Jozefowicz et al., 2015), so that it begins by
        remembering.
        """
        for name, value in self.parameters.values.items():
            if name == "embedding.weight":
                value[...] = EMBEDDING_SCALE * rng.standard_normal(value.shape)
            elif ".weight_hh" in name:
                hidden = value.shape[1]
                for gate in value.reshape(-1, hidden, hidden):
                    gate[...] = np.linalg.qr(rng.standard_normal(gate.shape))[0]
            elif "bias" in name:
                value[...] = 0
                if self.architecture.cell == "lstm" and ".bias_ih" in name:
                    value.reshape(LSTM.gates, -1)[1] = 1
            else:
                blocks = CELLS[self.architecture.cell].gates if ".weight_ih" in name else 1
                bound = np.sqrt(6 / (value.shape[0] / blocks + value.shape[-1]))
                value[...] = rng.uniform(-bound, bound, value.shape)

    def read(self, x_src: IntArray, rng: np.random.Generator | None, buffers: Buffers) -> Source:
        """Encode ``x_src``, ``(batch, source_len)``; with ``rng``, under dropout."""
        encoded = self.encoder.forward(x_src, rng, buffers)
        memory = self.attention.remember(encoded.states, encoded.mask, buffers)
        context = np.zeros((len(x_src), self.attention.d_v), encoded.states.dtype)
        return Source(encoded, memory, DecoderState(encoded.final, context))

    def decode(
        self,
        tokens: IntArray,
        state: DecoderState,
        source: Source,
        rng: np.random.Generator | None,
        buffers: Buffers,
    ) -> Pass:
        """Predict the word after each of ``tokens``, ``(steps, batch)``, from ``state`` on."""
        features, final, cache = self.decoder.forward(tokens, state, source.memory, rng, buffers)
        features, dropped = self.dropout.forward(features, rng)
        batch, steps, width = features.shape
        logits = buffers.empty(batch * steps, self.architecture.vocab_size)
        self.output.forward(features.reshape(-1, width), out=logits)
        return Pass(logits.reshape(batch, steps, -1), source, features, dropped, final, cache)

    def forward(
        self,
        x_src: IntArray,
        inputs: IntArray,
        rng: np.random.Generator | None = None,
        buffers: Buffers | None = None,
    ) -> Pass:
        """Run the network on whole sequences.

        Parameters
        ----------
        x_src : (batch, source_len)
        inputs : (batch, steps)
            What the decoder reads at each step: see :meth:`shifted`.
        rng : for dropout; None: nothing is dropped
        buffers : where to keep intermediates
        """
        buffers = buffers or Buffers(self.parameters.flat.dtype)
        source = self.read(x_src, rng, buffers)
        return self.decode(inputs.T, source.start, source, rng, buffers)

    def backward(self, d_logits: FloatArray, done: Pass, buffers: Buffers | None = None) -> None:
        """Accumulate all gradients, given that by the logits, ``(batch, steps, vocab_size)``."""
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

    def shifted(self, x_tgt: IntArray) -> IntArray:
        """Return what the decoder reads when forced: at step ``t`` the target of step ``t - 1``."""
        inputs = np.empty_like(x_tgt)
        inputs[:, 0] = self.begin
        inputs[:, 1:] = x_tgt[:, :-1]
        return inputs
