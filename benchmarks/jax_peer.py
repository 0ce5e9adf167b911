"""The same model in JAX, written for speed: one jitted function a step, its buffers donated.

What was tried and found fastest stands here. The input projections are hoisted out of the loop,
as a table of all tokens whose rows are gathered. Both encoder directions are one scan with batched
products. Scans are unrolled: up to half as fast again, for a few seconds more of compiling.
"""

from collections.abc import Callable
from functools import partial
from itertools import cycle
from math import sqrt
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from benchmarks.problem import Array, Problem

BETA1, BETA2, EPSILON = 0.9, 0.999, 1e-8

# jax.Array, and a dictionary of them; JAX is not there where types are checked.
Tensor = Any
Tensors = dict[str, Any]


def gru(projected: Tensor, start: Tensor, weight: Tensor, bias: Tensor) -> tuple[Tensor, Tensor]:
    """Run a GRU over projected inputs (length, ..., batch, 3 hidden): last and all states."""

    def step(h: Tensor, from_x: Tensor) -> tuple[Tensor, Tensor]:
        from_h = h @ weight + bias
        x_r, x_z, x_n = jnp.split(from_x, 3, axis=-1)
        h_r, h_z, h_n = jnp.split(from_h, 3, axis=-1)
        r, z = jax.nn.sigmoid(x_r + h_r), jax.nn.sigmoid(x_z + h_z)
        n = jnp.tanh(x_n + r * h_n)
        h = n + z * (h - n)
        return h, h

    last, states = jax.lax.scan(step, start, projected, unroll=len(projected))
    return last, states


def projection(p: Tensors, name: str, tokens: Tensor) -> Tensor:
    """Return the input's part of all gates, (length, batch, 3 hidden)."""
    weight, bias = p[name.format("weight_ih")], p[name.format("bias_ih")]
    return (p["embedding.weight"] @ weight.T + bias)[tokens]


def encode(p: Tensors, source: Tensor) -> tuple[Tensor, Tensor]:
    """Return all states of the encoder (length, batch, d_model), and the decoder's first."""
    names = ["encoder.{}_l0", "encoder.{}_l0_reverse"]
    forward, backward = (projection(p, name, source) for name in names)
    projected = jnp.stack([forward, backward[::-1]], axis=1)
    weight = jnp.stack([p[name.format("weight_hh")].T for name in names])
    bias = jnp.stack([p[name.format("bias_hh")][None] for name in names])
    last, states = gru(projected, jnp.zeros((2, source.shape[1], weight.shape[1])), weight, bias)
    joined = jnp.concatenate([states[:, 0], states[::-1, 1]], axis=-1)
    return joined, jnp.concatenate([last[0], last[1]], axis=-1)


def compute_loss(p: Tensors, source: Tensor, read: Tensor, target: Tensor) -> Tensor:
    """Return the loss; all but the parameters are token ids, (length, batch)."""
    encoded, start = encode(p, source)
    weight, bias = p["decoder.weight_hh_l0"].T, p["decoder.bias_hh_l0"]
    _, states = gru(projection(p, "decoder.{}_l0", read), start, weight, bias)
    query = states @ p["attention.query.weight"].T
    key = encoded @ p["attention.key.weight"].T
    value = encoded @ p["attention.value.weight"].T
    scores = jnp.einsum("tbk,sbk->bts", query, key) / sqrt(key.shape[-1])
    context = jnp.einsum("bts,sbv->tbv", jax.nn.softmax(scores), value)
    features = jnp.concatenate([states, context], axis=-1)
    logits = features @ p["output.weight"].T + p["output.bias"]
    log_p = jnp.take_along_axis(jax.nn.log_softmax(logits), target[..., None], axis=-1)
    return -log_p.mean()


def train_step(
    state: tuple[Tensors, Tensors, Tensors, Tensor],
    batch: tuple[Tensor, Tensor, Tensor],
    compute_loss: Callable[..., Tensor],
    learning_rate: float,
    clip_norm: float,
) -> tuple[Tensors, Tensors, Tensors, Tensor]:
    """Take one step of Adam on the clipped gradient; the state is (weights, means, squares, t)."""
    weights, means, squares, t = state
    gradients = jax.grad(compute_loss)(weights, *batch)
    norm = jnp.sqrt(sum(jnp.vdot(g, g) for g in gradients.values()))
    gradients = jax.tree.map(lambda g: g * jnp.minimum(1, clip_norm / norm), gradients)
    t = t + 1
    means = jax.tree.map(lambda m, g: BETA1 * m + (1 - BETA1) * g, means, gradients)
    squares = jax.tree.map(lambda v, g: BETA2 * v + (1 - BETA2) * g * g, squares, gradients)
    rate, correction = learning_rate / (1 - BETA1**t), 1 / jnp.sqrt(1 - BETA2**t)
    weights = jax.tree.map(
        lambda w, m, v: w - rate * m / (jnp.sqrt(v) * correction + EPSILON),
        weights,
        means,
        squares,
    )
    return weights, means, squares, t


class Jax:
    """Trains with one compiled function a step."""

    def __init__(self, problem: Problem) -> None:
        self._weights = problem.parameters
        weights = {name: jnp.array(value) for name, value in self._weights.items()}
        means, squares = (jax.tree.map(jnp.zeros_like, weights) for _ in range(2))
        self._state = weights, means, squares, jnp.zeros(())
        step = partial(
            train_step,
            compute_loss=self.compute_loss,
            learning_rate=problem.learning_rate,
            clip_norm=problem.clip_norm,
        )
        self._step = jax.jit(step, donate_argnums=0)
        batches = [
            tuple(jnp.asarray(x, dtype=jnp.int32) for x in batch) for batch in self.batches(problem)
        ]
        self._first, self._batches = batches[0], cycle(batches)

    def batches(self, problem: Problem) -> list[tuple[Any, ...]]:
        """Return every batch as the loss takes it."""
        return problem.time_first()

    def compute_loss(self, p: Tensors, source: Tensor, read: Tensor, target: Tensor) -> Tensor:
        """Return the loss; all but the parameters are token ids."""
        return compute_loss(p, source, read, target)

    def loss_and_gradients(self) -> tuple[float, dict[str, Array]]:
        """Return the first batch's loss and gradients at the first weights."""
        both = jax.jit(jax.value_and_grad(self.compute_loss))
        loss, gradients = both(self._weights, *self._first)
        return float(loss), {name: np.asarray(gradient) for name, gradient in gradients.items()}

    def parameters(self) -> dict[str, Array]:
        """Return the weights."""
        return {name: np.asarray(value) for name, value in self._state[0].items()}

    def run(self, steps: int) -> None:
        """Take training steps."""
        for _ in range(steps):
            self._state = self._step(self._state, next(self._batches))
        jax.block_until_ready(self._state)
