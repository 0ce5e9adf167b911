"""Positions: what tells a Transformer the order of the words.

Attention is a sum over all places, and the same for every order of them. So the place is added to
what stands there, or queries and keys are turned by it.
"""

from typing import ClassVar, NamedTuple, Self

import numpy as np

from seqflip.nn.arrays import FloatArray, IntArray
from seqflip.nn.parameters import Parameter
from seqflip.nn.registry import Registry
from seqflip.nn.start import Declared, normal
from seqflip.nn.transformer.rotation import Rotation
from seqflip.nn.transformer.sinusoids import sinusoids


class Places(NamedTuple):
    """Where the words stand: 0, 1, 2 and so on, unless they are spread out.

    Attributes
    ----------
    gap : (batch, 1), optional
        How far words stand apart in the mean.
    drawn : (batch, n), optional
        Where the first of them stand.
    """

    gap: FloatArray | None = None
    drawn: FloatArray | None = None

    def take(self, rows: IntArray) -> Self:
        """Return those of these rows of the batch."""
        return self._replace(
            gap=None if self.gap is None else self.gap[rows],
            drawn=None if self.drawn is None else self.drawn[rows],
        )

    def of(
        self,
        first: int,
        steps: int,
        rng: np.random.Generator | None,
        dtype: np.dtype[np.floating],
    ) -> FloatArray:
        """Return the places of ``steps`` words from the ``first`` on, ``(1 or batch, steps)``."""
        count = np.arange(first, first + steps, dtype=dtype)[None]
        if self.gap is None:
            return count
        if self.drawn is None or rng is None:
            return (count + 1) * self.gap
        missing = first + steps - self.drawn.shape[1]
        if missing <= 0:
            return self.drawn[:, first : first + steps]
        more = _walk(self.gap, missing, rng) + self.drawn[:, -1:]
        return np.concatenate([self.drawn, more], axis=1)[:, first:]


def _walk(gap: FloatArray, steps: int, rng: np.random.Generator) -> FloatArray:
    """Draw places one after the other, ``(batch, steps)``, ``gap`` apart in the mean."""
    gaps = gap * rng.standard_exponential((len(gap), steps)).astype(gap.dtype)
    return np.cumsum(gaps, axis=1, dtype=gap.dtype)


class Positions:
    """A way to tell positions; this one tells nothing.

    Parameters
    ----------
    table : Parameter (count, d_model), optional
        What is learned of each place, by those who learn.
    d_model : int
        How wide the vectors are.
    d_head : int
        How wide those of one head are.
    count : int
        How many places there are, for those who have so many.
    """

    name: ClassVar[str]
    label: ClassVar[str]
    counts: ClassVar[bool] = False  # whether it asks how many places there are
    rotates: ClassVar[bool] = False

    def __init__(self, table: Parameter | None, d_model: int, d_head: int, count: int) -> None:
        self.table, self.d_model, self.d_head, self.count = table, d_model, d_head, count

    @classmethod
    def declare(cls, d_model: int, count: int) -> dict[str, Declared]:
        """Return what is learned of them."""
        return {}

    def places(self, lengths: FloatArray, longest: int, rng: np.random.Generator | None) -> Places:
        """Return where the words of sources of these ``lengths``, ``(batch,)``, stand.

        With ``rng``, in training, they may be drawn.
        """
        return Places()

    def added(self, places: FloatArray) -> FloatArray | None:
        """Return what is added to the words at ``places``, ``(1 or batch, n)``, if anything is."""
        return None

    def added_backward(self, d_added: FloatArray, places: FloatArray) -> None:
        """Accumulate the gradient, given that by what was added, ``(batch, n, d_model)``."""

    def rotation(self, places: FloatArray) -> Rotation | None:
        """Return how queries and keys at ``places``, ``(1 or batch, n)``, are turned, if at all."""
        return None


POSITIONS: Registry[type[Positions]] = Registry()


@POSITIONS.register
class Sinusoidal(Positions):
    """Waves of many lengths are added: Vaswani et al. (2017), https://arxiv.org/abs/1706.03762."""

    name, label = "sinusoidal", "Sinusoidal"

    def added(self, places: FloatArray) -> FloatArray | None:
        return sinusoids(places, self.d_model)


@POSITIONS.register
class Learned(Positions):
    """A vector of each place is learned, and added: Gehring et al. (2017), arXiv:1705.03122.

    What stands behind the last place that there is a vector of gets that one.
    """

    name, label = "learned", "Learned"
    counts = True

    @classmethod
    def declare(cls, d_model: int, count: int) -> dict[str, Declared]:
        return {"positions.weight": Declared((count, d_model), normal(0.1))}

    def added(self, places: FloatArray) -> FloatArray | None:
        assert self.table is not None
        return self.table.value[self._rows(places)]

    def added_backward(self, d_added: FloatArray, places: FloatArray) -> None:
        assert self.table is not None
        np.add.at(self.table.grad, self._rows(places)[0], d_added.sum(axis=0))

    def _rows(self, places: FloatArray) -> IntArray:
        return np.minimum(places.astype(np.int64), self.count - 1)


@POSITIONS.register
class Rotary(Positions):
    """Queries and keys are turned by their place: Su et al. (2021), arXiv:2104.09864."""

    name, label = "rotary", "Rotary"
    rotates = True

    def rotation(self, places: FloatArray) -> Rotation | None:
        return Rotation.at(places, self.d_head)


@POSITIONS.register
class Randomised(Sinusoidal):
    """Sinusoidal, at places that are drawn anew in every step of training.

    Ruoss et al. (2023), https://arxiv.org/abs/2305.16843: the words of a short sequence stand
    anywhere among ``count`` places, in their order, so that no place of a long one is new. The n-th
    word of source and target stand at the same place. Where they draw places out of all without
    replacement, here gaps are drawn one after the other, which is the same in the mean and needs
    no length in advance. In use nothing is drawn: the words stand where they stand in the mean.
    """

    name, label = "randomised", "Sinusoidal, randomised"
    counts = True

    def places(self, lengths: FloatArray, longest: int, rng: np.random.Generator | None) -> Places:
        gap = ((self.count + 1) / (lengths + 1))[:, None].astype(lengths.dtype)
        return Places(gap, None if rng is None else _walk(gap, longest, rng))


@POSITIONS.register
class NoPositions(Positions):
    """Nothing is told of the order; what follows a word is all that the decoder knows of it."""

    name, label = "none", "None"
