"""What decides a recurrent network: its kinds and sizes, and what follows without any array.

Each part declares its own parameters; here they are only put together, and counted.
"""

import math
from typing import NamedTuple

from seqflip.nn.architecture import Work
from seqflip.nn.attention import ATTENTIONS
from seqflip.nn.layers import Embedding, Linear
from seqflip.nn.rnn.cells import CELLS
from seqflip.nn.rnn.stack import declare_layers
from seqflip.nn.start import Declared


class RecurrentArchitecture(NamedTuple):
    """All that decides a network's parameters and what they do."""

    vocab_size: int
    d_model: int
    d_k: int
    d_v: int
    cell: str = "gru"
    layers: int = 1
    bidirectional: bool = True
    attention: str = "scaled_dot"
    input_feeding: bool = False
    dropout: float = 0.0
    source_marks: bool = False

    @property
    def kind(self) -> str:
        """The architecture's name."""
        return "recurrent"

    @property
    def marks(self) -> int:
        """How many marks stand around the tokens of a source."""
        return 2 if self.source_marks else 0

    @property
    def embedded(self) -> int:
        """How many tokens have a vector: the vocabulary, the begin mark, and a source's end."""
        return self.vocab_size + (2 if self.source_marks else 1)

    @property
    def directions(self) -> int:
        """In how many directions the encoder reads."""
        return 2 if self.bidirectional else 1

    @property
    def attends(self) -> bool:
        """Whether there is any attention."""
        return ATTENTIONS[self.attention].attends

    @property
    def context_size(self) -> int:
        """The width of a context vector."""
        return self.d_v if self.attends else 0

    @property
    def gates_size(self) -> int:
        """The numbers in all gates of a decoder's layer."""
        return CELLS[self.cell].gates * self.d_model

    def declare(self) -> dict[str, Declared]:
        """Return all parameters by name, in the order in which they lie in memory."""
        d, cell = self.d_model, CELLS[self.cell]
        fed = self.context_size if self.input_feeding else 0
        parts = {
            "embedding": Embedding.declare(self.embedded, d),
            "encoder": declare_layers(cell, self.layers, self.directions, d),
            "decoder": declare_layers(cell, self.layers, 1, d, fed),
            "attention": ATTENTIONS[self.attention].declare(d, self.d_k, self.d_v),
            "output": Linear.declare(self.vocab_size, d + self.context_size, bias=True),
        }
        return {
            f"{part}.{name}": declared
            for part, own in parts.items()
            for name, declared in own.items()
        }

    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Return all parameters' names and shapes, in the order in which they lie in memory."""
        return {name: declared.shape for name, declared in self.declare().items()}

    @property
    def parameter_count(self) -> int:
        """The number of trained numbers."""
        return sum(math.prod(shape) for shape in self.shapes().values())

    # ------------------------------------------------------------------ how much it takes

    def kept_by_sequence(self, source_len: int, target_len: int) -> int:
        """Count roughly the numbers that a sequence leaves for the way back, and on it."""
        source_len += self.marks
        # A recurrent step keeps its gates, its states, and the gradients of both.
        steps = self.layers * (source_len + target_len)
        recurrent = steps * (2 * self.gates_size + 6 * self.d_model)
        attention = 0
        if self.attends:
            # scores, weights and their gradients, and what a score was made of
            hidden = ATTENTIONS[self.attention].hidden_size(self.d_k)
            attention = target_len * source_len * (4 + 2 * hidden)
            attention += 3 * (source_len + target_len) * (self.d_k + self.d_v)
        return recurrent + attention + 3 * target_len * self.vocab_size

    def kept_by_batch(self) -> int:
        """Count the numbers that a batch takes besides, however many sequences it has.

        They are embeddings times input weights: of two directions and the decoder.
        """
        return 2 * self.vocab_size * self.gates_size * 3

    def work(self, source_len: float, target_len: float) -> Work:
        """Return about what a sequence of these lengths asks for."""
        source_len += self.marks
        positions = (source_len + target_len) * self.layers
        gates = positions * self.gates_size
        if ATTENTIONS[self.attention].remembers:
            positions += 6 * target_len  # one look after the other, of several small parts each
        products = 2 * gates * self.d_model
        products += target_len * self.vocab_size * (self.d_model + self.d_v)
        scores = target_len * self.vocab_size
        if self.attends:
            projected = (source_len + target_len) * self.d_model + source_len * target_len
            products += projected * (self.d_k + self.d_v)
            hidden = ATTENTIONS[self.attention].hidden_size(self.d_k)
            scores += source_len * target_len * hidden
        return Work(positions, gates, products, scores)
