"""What the networks of all architectures share, and what passes through them.

Token ids are integers below ``vocab_size``; 0 pads and ends. The begin symbol is the embedding's
last row.
"""

from collections.abc import Callable
from typing import Any, ClassVar, NamedTuple, Self

import numpy as np
from numpy.typing import DTypeLike

from seqflip.nn.architecture import Architecture
from seqflip.nn.arrays import FloatArray, IntArray
from seqflip.nn.attention import Attended, Attention
from seqflip.nn.buffers import Buffers
from seqflip.nn.layers import Dropout, Embedding, Linear
from seqflip.nn.looking import Look, WeighAt, Where, by_softmax
from seqflip.nn.parameters import Parameters
from seqflip.nn.protocols import DecoderCache, DecoderState
from seqflip.nn.registry import Registry


class Source(NamedTuple):
    """A batch of source sequences, read: all that a decoder needs to know of it."""

    # Each architecture has its own kinds of these, which only its own parts look into.
    encoded: Any
    memory: Any
    start: DecoderState

    @property
    def batch_size(self) -> int:
        """How many sequences there are."""
        return len(self.encoded.states)

    @property
    def states(self) -> FloatArray:
        """What the encoder made of each token, (batch, source_len, d_model)."""
        states: FloatArray = self.encoded.states
        return states

    @property
    def layer_states(self) -> FloatArray:
        """What each of its layers put out, the lowest first: (layers, batch, source_len, d_model).

        A Transformer's states are the last of these after one more layer norm.
        """
        states: FloatArray = self.encoded.layer_states
        return states

    def repeated(self, n: int) -> Self:
        """Return a batch of one source as a batch of ``n`` equal ones, to be looked at."""
        return self._replace(memory=self.memory.repeated(n))

    def weighed_by(self, weigh_at: WeighAt) -> Self:
        """Return the source with other ways from scores to weights."""
        return self._replace(memory=self.memory.weighed_by(weigh_at))


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
        return self.looked.weights

    @property
    def looked(self) -> Attended:
        """What was compared and found at every step."""
        return self.cache.looked

    @property
    def layer_states(self) -> FloatArray:
        """The decoder's states after each step, (layers, batch, steps, d_model)."""
        return self.cache.layer_states

    @property
    def fed(self) -> FloatArray | None:
        """The contexts that were read with the tokens, (batch, steps, d_v), if any were."""
        return self.cache.contexts_read

    @property
    def context(self) -> FloatArray:
        """What was seen at each step, (batch, steps, d_v)."""
        return self.cache.contexts


class Looks(NamedTuple):
    """How many attention layers of a kind there are, and how many heads each has."""

    layers: int
    heads: int


class Functions(NamedTuple):
    """What computes one part of a trace."""

    plain: tuple[Callable[..., Any], ...]  # as a textbook writes it
    fast: tuple[Callable[..., Any], ...]  # as the network runs it


class Network:
    """The network of an architecture, forward and backward.

    Parameters
    ----------
    architecture : Architecture
    dtype : dtype
        float32 to train, float64 to check gradients.

    Attributes
    ----------
    described : type
        What describes such a network, by what is in ``settings`` and ``vocab_size``.
    settings : tuple of str
        What a configuration decides.
    attention : Attention
        How a step looks at the source.
    """

    name: ClassVar[str]
    label: ClassVar[str]
    described: ClassVar[Callable[..., Architecture]]
    settings: ClassVar[tuple[str, ...]]
    attention: Attention

    def __init__(self, architecture: Architecture, dtype: DTypeLike = np.float32) -> None:
        self.architecture = architecture
        self.parameters = Parameters(architecture.shapes(), dtype)
        self.begin = architecture.vocab_size
        self.embedding = Embedding(self.parameters["embedding.weight"])
        self.dropout = Dropout(architecture.dropout)
        self.output = Linear(self.parameters["output.weight"], self.parameters["output.bias"])

    @property
    def dtype(self) -> np.dtype[np.floating]:
        """The floating type of all that is computed."""
        return self.parameters.flat.dtype

    @property
    def vocab_size(self) -> int:
        """The number of token ids, 0 included."""
        return self.architecture.vocab_size

    @property
    def parameter_count(self) -> int:
        """The number of trained numbers."""
        return self.parameters.flat.size

    @property
    def attends(self) -> bool:
        """Whether there is any attention."""
        return self.architecture.attends

    @property
    def looks(self) -> Looks | None:
        """What attention layers there are, by number; None where only one is possible."""
        return None

    def looked(self, done: Pass) -> dict[Where, Look]:
        """Return what each attention layer compared and found, head by head, where there are any.

        An encoder's looks are the same in each pass over one source.
        """
        return {}

    def between(self, done: Pass) -> dict[str, FloatArray]:
        """Return all that was computed on the way, by name, where it has names."""
        return {}

    def initialise(self, rng: np.random.Generator) -> None:
        """Draw all parameters anew, as each part declares."""
        for name, declared in self.architecture.declare().items():
            declared.start(self.parameters.values[name], rng)

    def functions(self) -> dict[str, Functions]:
        """Return, for each part of a trace, the functions that compute it."""
        raise NotImplementedError

    def read(
        self,
        x_src: IntArray,
        rng: np.random.Generator | None,
        buffers: Buffers,
        weigh_at: WeighAt = by_softmax,
    ) -> Source:
        """Encode ``x_src``, ``(batch, source_len)``; with ``rng``, under dropout.

        ``weigh_at`` says how looks make weights of scores, here and in what is decoded from it.
        """
        raise NotImplementedError

    def marked(self, x_src: IntArray) -> IntArray:
        """Return what the encoder reads of ``x_src``: it may put marks around each source."""
        return x_src

    def on_tokens(self, weights: FloatArray) -> FloatArray:
        """Return the part of ``weights``, ``(..., source_len)``, that lies on tokens, not marks."""
        return weights

    def read_marked(
        self,
        marked: IntArray,
        rng: np.random.Generator | None,
        buffers: Buffers,
        weigh_at: WeighAt = by_softmax,
    ) -> Source:
        """Encode what :meth:`marked` returned, or what was made of it by hand."""
        return self.read(marked, rng, buffers, weigh_at)

    def decode(
        self,
        tokens: IntArray,
        state: Any,
        source: Source,
        rng: np.random.Generator | None,
        buffers: Buffers,
    ) -> Pass:
        """Predict the word after each of ``tokens``, ``(steps, batch)``, from ``state`` on."""
        raise NotImplementedError

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
        raise NotImplementedError

    def shifted(self, x_tgt: IntArray) -> IntArray:
        """Return what the decoder reads when forced: at step ``t`` the target of step ``t - 1``."""
        inputs = np.empty_like(x_tgt)
        inputs[:, 0] = self.begin
        inputs[:, 1:] = x_tgt[:, :-1]
        return inputs


ARCHITECTURES: Registry[type[Network]] = Registry()


def make_network(architecture: Architecture, dtype: DTypeLike = np.float32) -> Network:
    """Return the network of an architecture, of whatever kind."""
    return ARCHITECTURES[architecture.kind](architecture, dtype)
