"""All parameters of a model in one flat vector, and all gradients in another.

A layer sees named views of its own shape; the optimizer sees one long vector, so that clipping and
updating are a few calls whatever the model looks like.
"""

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import DTypeLike

from seqflip.nn.arrays import FloatArray
from seqflip.nn.buffers import aligned_zeros


class Parameter(NamedTuple):
    """A parameter and the sum of its gradients so far: views of one shape into the flat vectors."""

    value: FloatArray
    grad: FloatArray


class Parameters:
    """Named arrays that lie one behind the other.

    Parameters
    ----------
    shapes : mapping
        Name to shape, in the order in which they are to lie.
    dtype : dtype
        The floating type of values and gradients.
    """

    def __init__(
        self, shapes: Mapping[str, tuple[int, ...]], dtype: DTypeLike = np.float32
    ) -> None:
        size = sum(math.prod(shape) for shape in shapes.values())
        self.flat: FloatArray = aligned_zeros(size, dtype)
        self.flat_grad: FloatArray = aligned_zeros(size, dtype)
        self.values: dict[str, FloatArray] = {}
        self.grads: dict[str, FloatArray] = {}
        self._start: dict[str, int] = {}
        start = 0
        for name, shape in shapes.items():
            stop = start + math.prod(shape)
            self.values[name] = self.flat[start:stop].reshape(shape)
            self.grads[name] = self.flat_grad[start:stop].reshape(shape)
            self._start[name] = start
            start = stop

    def __getitem__(self, name: str) -> Parameter:
        return Parameter(self.values[name], self.grads[name])

    def within(self, prefix: str) -> dict[str, Parameter]:
        """Return the parameters of one part, under the names that follow its ``prefix``."""
        return {
            name.removeprefix(prefix): self[name] for name in self.values if name.startswith(prefix)
        }

    def stack(self, names: Sequence[str]) -> Parameter:
        """Return neighbours of equal shape as one parameter of shape ``(len(names), *shape)``.

        Both directions of an encoder are computed as one in this way, without a copy.
        """
        shape = self.values[names[0]].shape
        size = math.prod(shape)
        start = self._start[names[0]]
        expected = [start + i * size for i in range(len(names))]
        if [self._start[name] for name in names] != expected:
            raise ValueError(f"{list(names)} do not lie next to each other")
        stop = start + len(names) * size
        stacked = (len(names), *shape)
        return Parameter(
            self.flat[start:stop].reshape(stacked), self.flat_grad[start:stop].reshape(stacked)
        )

    def assign(self, values: Mapping[str, FloatArray]) -> None:
        """Take over the values of parameters by name."""
        for name, value in values.items():
            self.values[name][...] = value

    def zero_grad(self) -> None:
        """Forget all gradients."""
        self.flat_grad.fill(0)
