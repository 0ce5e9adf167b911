"""Memory that training uses again and again.

A training step asks for the same large arrays in the same order every time. Fresh memory from the
operating system has to be cleared page by page, which took a third of a step; and arithmetic on
arrays that do not begin with a cache line takes up to 1.7 times as long. So all arrays of a step
lie in one block, each at the beginning of a cache line, and the next step gets the same ones.
"""

import math
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from numpy.typing import DTypeLike

from seqflip.nn.arrays import FloatArray

CACHE_LINE = 64  # bytes
# Bytes in a block, at least. NumPy asks for pages of 2 MB instead of 4 KB where an array takes 4 MB
# or more; a small model is a few per cent faster with them. What is never used takes no memory.
LEAST_BLOCK = 6 * 2**20
MOST_VIEWS = 10_000  # sequences of many lengths ask for arrays of very many shapes


def aligned_zeros(size: int, dtype: DTypeLike) -> FloatArray:
    """Return ``size`` zeros that begin with a cache line."""
    n_bytes = size * np.dtype(dtype).itemsize
    memory = np.zeros(n_bytes + CACHE_LINE, np.uint8)
    start = -memory.ctypes.data % CACHE_LINE
    return memory[start : start + n_bytes].view(dtype)


class Buffers:
    """Hands out uninitialised arrays, and the same memory again after :meth:`reset`.

    Before the first :meth:`reset` nobody can know how much a step needs, and all memory is fresh.
    So buffers that are never reset are simply a source of new arrays.

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
        self._line = CACHE_LINE // self.dtype.itemsize
        self._block: FloatArray = np.empty(0, self.dtype)
        self._views: dict[tuple[int, tuple[int, ...]], FloatArray] = {}
        self._used = self._most = 0

    def reset(self) -> None:
        """Begin a new step: all arrays handed out so far may be handed out again."""
        if self._most > self._block.size:
            size = max(self._most, LEAST_BLOCK // self.dtype.itemsize)
            self._block = aligned_zeros(size, self.dtype)
            self._views.clear()
        elif len(self._views) > MOST_VIEWS:
            self._views.clear()
        self._used = 0

    @contextmanager
    def scope(self) -> Iterator[None]:
        """Hand out again, later in the same step, what is asked for inside the ``with`` block.

        Memory that was just used is still in the processor's cache.
        """
        begin = self._used
        yield
        self._used = begin

    def empty(self, *shape: int) -> FloatArray:
        """Return an array of this shape with arbitrary content."""
        start = self._used
        key = (start, shape)
        view = self._views.get(key)
        if view is None:
            size = math.prod(shape)
            if start + size > self._block.size:
                view = np.empty(shape, self.dtype)
            else:
                view = self._views[key] = self._block[start : start + size].reshape(shape)
        self._used = start + -(-view.size // self._line) * self._line
        self._most = max(self._most, self._used)
        return view
