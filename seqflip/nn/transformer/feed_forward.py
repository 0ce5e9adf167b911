"""The feed-forward part of a block: each position for itself, through one hidden layer.

Vaswani et al. (2017), section 3.3, https://arxiv.org/abs/1706.03762::

    hidden = max(0, x W1ᵀ + b1)        y = hidden W2ᵀ + b2
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from seqflip.nn.arrays import FloatArray
from seqflip.nn.buffers import Buffers
from seqflip.nn.layers import Linear
from seqflip.nn.parameters import Parameter
from seqflip.nn.start import Declared


class FeedForwardCache(NamedTuple):
    """What went in, and what the hidden layer made of it."""

    x: FloatArray  # (n, d_model)
    hidden: FloatArray  # (n, width)


class FeedForward:
    """Two linear maps with a rectifier between them, named as ``torch.nn`` names them.

    Parameters
    ----------
    parameters : mapping
        What :meth:`declare` names.
    """

    def __init__(self, parameters: Mapping[str, Parameter]) -> None:
        self.first, self.second = (
            Linear(parameters[f"{name}.weight"], parameters[f"{name}.bias"])
            for name in ("linear1", "linear2")
        )
        self.width = len(self.first.weight.value)

    @staticmethod
    def declare(d_model: int, width: int) -> dict[str, Declared]:
        """Return the parameters; none for a width of 0."""
        if width == 0:
            return {}
        layers = {
            "linear1": Linear.declare(width, d_model, bias=True),
            "linear2": Linear.declare(d_model, width, bias=True),
        }
        return {
            f"{layer}.{name}": one for layer, own in layers.items() for name, one in own.items()
        }

    def forward(self, x: FloatArray, buffers: Buffers) -> tuple[FloatArray, FeedForwardCache]:
        """Map ``x``, ``(n, d_model)``, to the same shape."""
        hidden = self.first.forward(x, out=buffers.empty(len(x), self.width))
        np.maximum(hidden, 0, out=hidden)
        y = self.second.forward(hidden, out=buffers.empty(*x.shape))
        return y, FeedForwardCache(x, hidden)

    def backward(self, d_y: FloatArray, cache: FeedForwardCache, buffers: Buffers) -> FloatArray:
        """Accumulate the parameters' gradients; return the gradient by ``x``."""
        x, hidden = cache
        d_hidden = self.second.backward(d_y, hidden, out=buffers.empty(*hidden.shape))
        d_hidden *= hidden > 0
        return self.first.backward(d_hidden, x, out=buffers.empty(*x.shape))
