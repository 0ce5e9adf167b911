"""The Transformer in JAX, written for speed: one jitted function a step, its buffers donated.

Loss and layers stand here; the step, with clipping and Adam, is that of the recurrent peer.
"""

from math import sqrt
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from benchmarks.jax_peer import Jax, Tensor, Tensors
from benchmarks.problem import Problem
from seqflip.nn.transformer.sinusoids import sinusoids


def linear(p: Tensors, name: str, x: Tensor) -> Tensor:
    """Map the last axis."""
    return x @ p[f"{name}.weight"].T + p[f"{name}.bias"]


def normed(p: Tensors, name: str, x: Tensor) -> Tensor:
    """Normalise the last axis."""
    x = x - x.mean(axis=-1, keepdims=True)
    x = x * jax.lax.rsqrt((x * x).mean(axis=-1, keepdims=True) + 1e-5)
    return x * p[f"{name}.weight"] + p[f"{name}.bias"]


def look(p: Tensors, name: str, q: Tensor, k: Tensor, v: Tensor, heads: int, causal: bool) -> Any:
    """Look from queries at keys, (batch, n, d_model) each, with several heads."""
    batch, n, d = q.shape
    q, k, v = (x.reshape(batch, -1, heads, d // heads) for x in (q, k, v))
    scores = jnp.einsum("bthe,bshe->bhts", q, k) / sqrt(d // heads)
    if causal:
        scores = jnp.where(jnp.tri(n, dtype=bool), scores, -jnp.inf)
    seen = jnp.einsum("bhts,bshe->bthe", jax.nn.softmax(scores), v).reshape(batch, n, d)
    return linear(p, f"{name}.out_proj", seen)


def self_attention(p: Tensors, name: str, x: Tensor, heads: int, causal: bool) -> Tensor:
    """Let words look at each other."""
    projected = x @ p[f"{name}.in_proj_weight"].T + p[f"{name}.in_proj_bias"]
    query, key, value = jnp.split(projected, 3, axis=-1)
    return look(p, name, query, key, value, heads, causal)


def cross_attention(p: Tensors, name: str, x: Tensor, states: Tensor, heads: int) -> Tensor:
    """Let words look at the source."""
    weight, bias, d = p[f"{name}.in_proj_weight"], p[f"{name}.in_proj_bias"], x.shape[-1]
    key, value = jnp.split(states @ weight[d:].T + bias[d:], 2, axis=-1)
    return look(p, name, x @ weight[:d].T + bias[:d], key, value, heads, False)


def feed_forward(p: Tensors, name: str, x: Tensor) -> Tensor:
    """Run each word through the hidden layer."""
    return linear(p, f"{name}.linear2", jax.nn.relu(linear(p, f"{name}.linear1", x)))


class JaxTransformer(Jax):
    """Trains with one compiled function a step."""

    def __init__(self, problem: Problem) -> None:
        self._layers, self._heads = problem.options["layers"], problem.options["heads"]
        self._places = sinusoids(np.arange(problem.length, dtype=np.float32), problem.d_model)
        super().__init__(problem)

    def batches(self, problem: Problem) -> list[tuple[Any, ...]]:
        """Return every batch, with the batch first."""
        return problem.batch_first()

    def compute_loss(self, p: Tensors, source: Tensor, read: Tensor, target: Tensor) -> Tensor:
        """Return the loss; all but the parameters are token ids, (batch, length)."""
        x = p["embedding.weight"][source] + self._places
        for i in range(self._layers):
            name = f"encoder.layers.{i}"
            asking = normed(p, f"{name}.norm1", x)
            x = x + self_attention(p, f"{name}.self_attn", asking, self._heads, False)
            x = x + feed_forward(p, name, normed(p, f"{name}.norm2", x))
        states = normed(p, "encoder.norm", x)
        x = p["embedding.weight"][read] + self._places
        for i in range(self._layers):
            name = f"decoder.layers.{i}"
            asking = normed(p, f"{name}.norm1", x)
            x = x + self_attention(p, f"{name}.self_attn", asking, self._heads, True)
            asking = normed(p, f"{name}.norm2", x)
            x = x + cross_attention(p, f"{name}.multihead_attn", asking, states, self._heads)
            x = x + feed_forward(p, name, normed(p, f"{name}.norm3", x))
        logits = linear(p, "output", normed(p, "decoder.norm", x))
        log_p = jnp.take_along_axis(jax.nn.log_softmax(logits), target[..., None], axis=-1)
        return -log_p.mean()
