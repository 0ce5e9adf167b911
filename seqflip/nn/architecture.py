"""What decides a network, of whatever architecture, and what follows from it without any array.

Each part declares its own parameters; an architecture puts them together, and counts them.
"""

from typing import NamedTuple, Protocol

from seqflip.nn.start import Declared


class Work(NamedTuple):
    """What one sequence asks for in a training step, as far as it takes time."""

    positions: float  # steps in time that have to wait for each other
    gates: float  # numbers that are squashed there
    products: float  # multiplications in matrix products
    scores: float  # numbers that go through a softmax, or a tanh for it


class Architecture(Protocol):
    """All that decides a network's parameters and what they do."""

    @property
    def kind(self) -> str:
        """Its name, as configurations write it."""

    @property
    def vocab_size(self) -> int:
        """The number of token ids, 0 included."""

    @property
    def dropout(self) -> float:
        """The share of activations that are dropped in training."""

    @property
    def attention(self) -> str:
        """The kind of attention."""

    @property
    def attends(self) -> bool:
        """Whether there is any attention."""

    @property
    def parameter_count(self) -> int:
        """The number of trained numbers."""

    def declare(self) -> dict[str, Declared]:
        """Return all parameters by name, in the order in which they lie in memory."""

    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Return all parameters' names and shapes, in the order in which they lie in memory."""

    def kept_by_sequence(self, source_len: int, target_len: int) -> int:
        """Count roughly the numbers that a sequence leaves for the way back, and on it."""

    def kept_by_batch(self) -> int:
        """Count the numbers that a batch takes besides, however many sequences it has."""

    def work(self, source_len: float, target_len: float) -> Work:
        """Return about what a sequence of these lengths asks for."""
