"""From gradients to a better model: Adam, SGD with momentum, clipping, and learning-rate schedules.

All work on flat vectors, in place, and keep their state in named arrays that a checkpoint can hold.
"""

import math
from typing import Literal, Protocol

import numpy as np

from seqflip.nn.arrays import FloatArray
from seqflip.nn.buffers import aligned_zeros

OptimizerName = Literal["adam", "sgd"]
BLOCK = 32768  # parameters that are updated at a time

ScheduleName = Literal["constant", "linear", "cosine"]


class Optimizer(Protocol):
    """Turns a gradient into an update, and remembers what it needs for the next."""

    state: dict[str, FloatArray]
    steps: int

    def update(self, values: FloatArray, grads: FloatArray, learning_rate: float) -> None:
        """Change ``values`` in place."""


class Adam:
    """Adam: Kingma & Ba (2015), https://arxiv.org/abs/1412.6980, with bias correction.

    Parameters
    ----------
    size : int
        The number of parameters.
    dtype : dtype
    beta1, beta2 : float
        How slowly the means of gradient and squared gradient forget.
    epsilon : float
        Keeps the division finite.
    """

    def __init__(
        self,
        size: int,
        dtype: np.dtype[np.floating],
        beta1: float = 0.9,
        beta2: float = 0.999,
        epsilon: float = 1e-8,
    ) -> None:
        self.beta1, self.beta2, self.epsilon = beta1, beta2, epsilon
        self.steps = 0
        self.state: dict[str, FloatArray] = {
            "mean": aligned_zeros(size, dtype),
            "square": aligned_zeros(size, dtype),
        }
        self._scratch = aligned_zeros(min(size, BLOCK), dtype)

    def update(self, values: FloatArray, grads: FloatArray, learning_rate: float) -> None:
        """``values -= learning_rate * m / (sqrt(v) + epsilon)``, ``m`` and ``v`` bias-corrected."""
        self.steps += 1
        for start in range(0, len(values), BLOCK):
            self._update_block(slice(start, start + BLOCK), values, grads, learning_rate)

    def _update_block(
        self, block: slice, values: FloatArray, grads: FloatArray, learning_rate: float
    ) -> None:
        """Update a part that stays in the cache from the first operation to the last."""
        grad, mean, square = grads[block], self.state["mean"][block], self.state["square"][block]
        scratch = self._scratch[: len(grad)]
        unbias = math.sqrt(1 - self.beta2**self.steps)
        np.subtract(grad, mean, out=scratch)
        scratch *= 1 - self.beta1
        mean += scratch
        np.multiply(grad, grad, out=scratch)
        scratch -= square
        scratch *= 1 - self.beta2
        square += scratch
        np.sqrt(square, out=scratch)
        scratch += self.epsilon * unbias
        np.divide(mean, scratch, out=scratch)
        scratch *= learning_rate * unbias / (1 - self.beta1**self.steps)
        values[block] -= scratch


class SGD:
    """Stochastic gradient descent with momentum: ``velocity = momentum * velocity + grad``.

    Sutskever et al. (2013), https://proceedings.mlr.press/v28/sutskever13.html, in PyTorch's form:
    the learning rate multiplies the velocity.

    Parameters
    ----------
    size : int
        The number of parameters.
    dtype : dtype
    momentum : float
    """

    def __init__(self, size: int, dtype: np.dtype[np.floating], momentum: float = 0.9) -> None:
        self.momentum = momentum
        self.steps = 0
        self.state: dict[str, FloatArray] = {"velocity": np.zeros(size, dtype)}

    def update(self, values: FloatArray, grads: FloatArray, learning_rate: float) -> None:
        """``values -= learning_rate * velocity``."""
        self.steps += 1
        velocity = self.state["velocity"]
        velocity *= self.momentum
        velocity += grads
        values -= learning_rate * velocity


def clip_by_global_norm(grads: FloatArray, max_norm: float | None) -> float:
    """Scale ``grads`` in place to a Euclidean norm of at most ``max_norm``; return what it was.

    Pascanu et al. (2013), https://arxiv.org/abs/1211.5063. A norm that is not finite leaves
    ``grads`` alone.
    """
    norm = math.sqrt(float(np.dot(grads, grads)))
    if max_norm is not None and max_norm < norm < math.inf:
        grads *= max_norm / norm
    return norm


def schedule(name: ScheduleName, step: int, total_steps: int, warmup_steps: int = 0) -> float:
    """Return the factor by which the learning rate of update ``step`` (from 0) is multiplied.

    During the first ``warmup_steps`` it rises linearly to 1. Then it stays ("constant"), or falls
    to 0 at ``total_steps`` in a straight line ("linear") or half a cosine (Loshchilov & Hutter,
    2017, https://arxiv.org/abs/1608.03983).
    """
    if step < warmup_steps:
        return (step + 1) / warmup_steps
    if name == "constant":
        return 1.0
    done = (step - warmup_steps) / max(1, total_steps - warmup_steps)
    if name == "linear":
        return max(0.0, 1.0 - done)
    return 0.5 * (1 + math.cos(math.pi * min(1.0, done)))
