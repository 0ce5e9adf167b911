"""What decides a Transformer: its kinds and sizes, and what follows from them without any array."""

import math
from typing import NamedTuple

from seqflip.nn.architecture import Work
from seqflip.nn.layers import Linear
from seqflip.nn.start import Declared, normal
from seqflip.nn.transformer.block import prefixed
from seqflip.nn.transformer.decoder import DecoderBlock
from seqflip.nn.transformer.encoder import EncoderBlock
from seqflip.nn.transformer.layer_norm import LayerNorm
from seqflip.nn.transformer.positions import POSITIONS

EMBEDDING_SCALE = 0.3


class TransformerArchitecture(NamedTuple):
    """All that decides a network's parameters and what they do.

    Attributes
    ----------
    heads : int
        Divides ``d_model``.
    feed_forward : int
        The width of the hidden layer; 0: there is none.
    norm, positions : str
        Names in ``NORMS`` and ``POSITIONS``.
    max_positions : int
        How many places there are, for learned and randomised positions.
    """

    vocab_size: int
    d_model: int
    layers: int = 2
    heads: int = 4
    feed_forward: int = 128
    norm: str = "before"
    positions: str = "sinusoidal"
    max_positions: int = 128
    dropout: float = 0.0

    @property
    def kind(self) -> str:
        """The architecture's name."""
        return "transformer"

    @property
    def attention(self) -> str:
        """The kind of attention: that of the paper."""
        return "scaled_dot"

    @property
    def attends(self) -> bool:
        """It does nothing else."""
        return True

    def declare(self) -> dict[str, Declared]:
        """Return all parameters by name, in the order in which they lie in memory."""
        d, width = self.d_model, self.feed_forward
        layers = range(self.layers)
        parts = {
            "embedding": {"weight": Declared((self.vocab_size + 1, d), normal(EMBEDDING_SCALE))},
            **{f"encoder.layers.{i}": EncoderBlock.declare(d, width) for i in layers},
            "encoder.norm": LayerNorm.declare(d),
            **{f"decoder.layers.{i}": DecoderBlock.declare(d, width) for i in layers},
            "decoder.norm": LayerNorm.declare(d),
            "output": Linear.declare(self.vocab_size, d, bias=True),
        }
        return prefixed(parts) | POSITIONS[self.positions].declare(d, self.max_positions)

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
        d, width, heads = self.d_model, self.feed_forward, self.heads
        # Of a word: queries, keys and values, what was seen, norms and sums, and all gradients.
        by_words = (source_len + target_len) * (22 * d + 2 * width) + target_len * 20 * d
        looks = source_len**2 + target_len**2 + target_len * source_len
        by_looks = 5 * heads * looks  # scores, weights, and the gradients of both
        return self.layers * (by_words + by_looks) + 3 * target_len * self.vocab_size

    def kept_by_batch(self) -> int:
        """Count the numbers that a batch takes besides: none."""
        return 0

    def work(self, source_len: float, target_len: float) -> Work:
        """Return about what a sequence of these lengths asks for."""
        d, width = self.d_model, self.feed_forward
        words = source_len + target_len
        looks = source_len**2 + target_len**2 + target_len * source_len
        products = words * (4 * d * d + 2 * d * width) + (source_len + target_len) * 2 * d * d
        products += 2 * looks * d
        scores = self.layers * self.heads * looks + target_len * self.vocab_size
        return Work(
            positions=10 * self.layers,  # nothing waits for the word before, but there are parts
            gates=self.layers * words * (10 * d + width),
            products=self.layers * products + target_len * self.vocab_size * d,
            scores=scores,
        )
