"""Memory that training uses again and again.

A training step asks for the same large arrays in the same order every time. Fresh memory from the
operating system has to be cleared page by page, which took a third of a step; so the n-th request
of a step gets the memory of the n-th request of the step before.
"""

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
from numpy.typing import DTypeLike

from seqflip.nn.arrays import FloatArray


class Buffers:
    """Hands out uninitialised arrays, and the same memory again after :meth:`reset`.

    Parameters
    ----------
    dtype : dtype
        The floating type of all arrays.

    Notes
    -----
    Whoever calls :meth:`reset` declares that nobody reads the arrays handed out before.
    """

    def __init__(self, dtype: DTypeLike = np.float32) -> None:
        self.dtype = np.dtype(dtype)
        self._arrays: list[FloatArray] = []
        self._next = 0

    def reset(self) -> None:
        """Begin a new step: all arrays handed out so far may be handed out again."""
        self._next = 0

    @contextmanager
    def scope(self) -> Iterator[None]:
        """Hand out again, later in the same step, what is asked for inside the ``with`` block.

        Memory that was just used is still in the processor's cache.
        """
        begin = self._next
        yield
        self._next = begin

    def empty(self, *shape: int) -> FloatArray:
        """Return an array of this shape with arbitrary content."""
        if self._next == len(self._arrays):
            self._arrays.append(np.empty(shape, self.dtype))
        array = self._arrays[self._next]
        if array.shape != shape:
            array = self._fit(array, shape)
            self._arrays[self._next] = array
        self._next += 1
        return array

    def _fit(self, array: FloatArray, shape: Sequence[int]) -> FloatArray:
        """Return the memory below ``array`` in another shape, or new memory if it is too small."""
        memory = array if array.base is None else array.base
        size = math.prod(shape)
        if size > memory.size:
            return np.empty(shape, self.dtype)
        return memory.reshape(-1)[:size].reshape(shape)
