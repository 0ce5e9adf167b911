"""From gradients to a better model: Adam, SGD with momentum, clipping, and learning-rate schedules.

All work on flat vectors, in place, and keep their state in named arrays that a checkpoint can hold.
"""

import math
from typing import ClassVar

import numpy as np

from seqflip.nn.arrays import FloatArray
from seqflip.nn.buffers import aligned_zeros
from seqflip.nn.registry import Registry

BLOCK = 32768  # parameters that are updated at a time


class Optimizer:
    """Turns a gradient into an update, and remembers what it needs for the next.

    Parameters
    ----------
    size : int
        The number of parameters.
    dtype : dtype
    **settings
        What a configuration decides, under the names in ``settings``.
    """

    name: ClassVar[str]
    label: ClassVar[str]
    settings: ClassVar[tuple[str, ...]] = ()

    def __init__(self, size: int, dtype: np.dtype[np.floating], **settings: float) -> None:
        self.steps = 0
        self.state: dict[str, FloatArray] = {}

    def update(self, values: FloatArray, grads: FloatArray, learning_rate: float) -> None:
        """Change ``values`` in place."""
        raise NotImplementedError


OPTIMIZERS: Registry[type[Optimizer]] = Registry()


@OPTIMIZERS.register
class Adam(Optimizer):
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

    name, label = "adam", "Adam"
    settings = ("beta2",)

    def __init__(
        self,
        size: int,
        dtype: np.dtype[np.floating],
        beta1: float = 0.9,
        beta2: float = 0.999,
        epsilon: float = 1e-8,
    ) -> None:
        super().__init__(size, dtype)
        self.beta1, self.beta2, self.epsilon = beta1, beta2, epsilon
        self.state = {
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


@OPTIMIZERS.register
class SGD(Optimizer):
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

    name, label = "sgd", "SGD with momentum"
    settings = ("momentum",)

    def __init__(self, size: int, dtype: np.dtype[np.floating], momentum: float = 0.9) -> None:
        super().__init__(size, dtype)
        self.momentum = momentum
        self.state = {"velocity": np.zeros(size, dtype)}

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


class Schedule:
    """How the learning rate falls after the warm-up."""

    name: ClassVar[str]
    label: ClassVar[str]

    @staticmethod
    def factor(done: float) -> float:
        """Return what the learning rate is multiplied by, when so much of the way is done."""
        raise NotImplementedError


SCHEDULES: Registry[type[Schedule]] = Registry()


@SCHEDULES.register
class Constant(Schedule):
    """It does not."""

    name, label = "constant", "Constant"

    @staticmethod
    def factor(done: float) -> float:
        return 1.0


@SCHEDULES.register
class Linear(Schedule):
    """To 0, in a straight line."""

    name, label = "linear", "Falls linearly"

    @staticmethod
    def factor(done: float) -> float:
        return max(0.0, 1.0 - done)


@SCHEDULES.register
class Cosine(Schedule):
    """To 0, as half a cosine: Loshchilov & Hutter (2017), https://arxiv.org/abs/1608.03983."""

    name, label = "cosine", "Falls as a cosine"

    @staticmethod
    def factor(done: float) -> float:
        return 0.5 * (1 + math.cos(math.pi * min(1.0, done)))


def schedule(name: str, step: int, total_steps: int, warmup_steps: int = 0) -> float:
    """Return the factor by which the learning rate of update ``step`` (from 0) is multiplied.

    During the first ``warmup_steps`` it rises linearly to 1. Then it falls, or not, as the
    :class:`Schedule` of that name says, until ``total_steps``.
    """
    if step < warmup_steps:
        return (step + 1) / warmup_steps
    done = (step - warmup_steps) / max(1, total_steps - warmup_steps)
    return SCHEDULES[name].factor(done)
