"""What every contestant is given: one model's sizes, its first weights, and the data.

GRU both ways with scaled dot attention, or a Transformer; the task is to reverse. No sequence is
padded, so that no contestant has to spend anything on masks.
"""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from seqflip import Seq2SeqAttentionModel

Array = NDArray[Any]


@dataclass(frozen=True)
class Problem:
    """A training problem.

    Attributes
    ----------
    x_src, x_tgt : (batches, batch_size, length) token ids
    parameters : the weights to begin with, by name
    options : what else makes the model
    """

    d_model: int
    vocab_size: int
    learning_rate: float
    clip_norm: float
    x_src: Array
    x_tgt: Array
    parameters: dict[str, Array]
    options: dict[str, Any]

    @classmethod
    def draw(
        cls,
        d_model: int,
        *,
        batch_size: int = 64,
        length: int = 12,
        vocab_size: int = 50,
        batches: int = 64,
        architecture: str = "recurrent",
    ) -> Self:
        """Return a problem of these sizes, always the same one."""
        x_src = np.random.default_rng(1).integers(1, vocab_size, (batches, batch_size, length))
        d_k, d_v = d_model // 2, d_model
        options: dict[str, Any] = {"architecture": architecture}
        if architecture == "transformer":
            options |= {"layers": 2, "heads": 4, "feed_forward": 4 * d_model}
        model = Seq2SeqAttentionModel(
            vocab_size, length, length, d_model, d_k, d_v, seed=1, **options
        )
        x_tgt = np.ascontiguousarray(x_src[..., ::-1])
        return cls(d_model, vocab_size, 1e-3, 1.0, x_src, x_tgt, model.parameters(), options)

    @property
    def d_k(self) -> int:
        """The width of queries and keys."""
        return self.d_model // 2

    @property
    def d_v(self) -> int:
        """The width of values."""
        return self.d_model

    @property
    def batch_size(self) -> int:
        """Sequences in a batch."""
        return int(self.x_src.shape[1])

    @property
    def length(self) -> int:
        """Tokens in a sequence."""
        return int(self.x_src.shape[2])

    def batch_first(self) -> list[tuple[Array, Array, Array]]:
        """Return every batch's sources, decoder inputs and targets, each (batch, length)."""
        inputs = np.full_like(self.x_tgt, self.vocab_size)
        inputs[..., 1:] = self.x_tgt[..., :-1]
        return list(zip(self.x_src, inputs, self.x_tgt, strict=True))

    def time_first(self) -> list[tuple[Array, Array, Array]]:
        """Return every batch's sources, decoder inputs and targets, each (length, batch).

        The decoder reads the begin symbol and then, at each step, the target of the step before.
        """
        turned = (tuple(np.ascontiguousarray(x.T) for x in batch) for batch in self.batch_first())
        return [(source, read, target) for source, read, target in turned]
