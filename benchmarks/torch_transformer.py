"""The Transformer in PyTorch, written for speed on one thread.

What was tried and is not slower is what stands here: one product for queries, keys and values,
heads as views, batched products with a softmax between them, the fused Adam, gradients set to None,
and no look at any number that would make the interpreter wait.
"""

from itertools import cycle
from math import sqrt

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, layer_norm, linear

from benchmarks.problem import Array, Problem
from seqflip.nn.transformer.sinusoids import sinusoids

Tensors = dict[str, Tensor]


def normed(p: Tensors, name: str, x: Tensor) -> Tensor:
    """Return the layer norm of ``x``, (batch, n, d_model)."""
    return layer_norm(x, x.shape[-1:], p[f"{name}.weight"], p[f"{name}.bias"])


def look(query: Tensor, key: Tensor, value: Tensor, heads: int, added: Tensor | None) -> Tensor:
    """Look from queries at keys, (batch, n, d_model) each, with several heads."""
    q, k, v = (x.unflatten(-1, (heads, -1)).transpose(1, 2) for x in (query, key, value))
    scores = torch.matmul(q, k.transpose(-1, -2)) * (1 / sqrt(q.shape[-1]))
    weights = torch.softmax(scores if added is None else scores + added, dim=-1)
    return torch.matmul(weights, v).transpose(1, 2).flatten(2)


def self_attention(p: Tensors, name: str, x: Tensor, heads: int, added: Tensor | None) -> Tensor:
    """Let words look at each other."""
    projected = linear(x, p[f"{name}.in_proj_weight"], p[f"{name}.in_proj_bias"])
    query, key, value = projected.chunk(3, dim=-1)
    seen = look(query, key, value, heads, added)
    return linear(seen, p[f"{name}.out_proj.weight"], p[f"{name}.out_proj.bias"])


def cross_attention(p: Tensors, name: str, x: Tensor, states: Tensor, heads: int) -> Tensor:
    """Let words look at the source."""
    weight, bias, d = p[f"{name}.in_proj_weight"], p[f"{name}.in_proj_bias"], x.shape[-1]
    query = linear(x, weight[:d], bias[:d])
    key, value = linear(states, weight[d:], bias[d:]).chunk(2, dim=-1)
    seen = look(query, key, value, heads, None)
    return linear(seen, p[f"{name}.out_proj.weight"], p[f"{name}.out_proj.bias"])


def feed_forward(p: Tensors, name: str, x: Tensor) -> Tensor:
    """Run each word through the hidden layer."""
    hidden = torch.relu(linear(x, p[f"{name}.linear1.weight"], p[f"{name}.linear1.bias"]))
    return linear(hidden, p[f"{name}.linear2.weight"], p[f"{name}.linear2.bias"])


class Model(nn.Module):
    """The network; its parameters are in a dictionary under SeqFlip's names."""

    def __init__(self, problem: Problem) -> None:
        super().__init__()
        self.layers, self.heads = problem.options["layers"], problem.options["heads"]
        self.p = {name: nn.Parameter(torch.tensor(x)) for name, x in problem.parameters.items()}
        places = torch.arange(problem.length, dtype=torch.float32).numpy()
        self.places = torch.tensor(sinusoids(places, problem.d_model))
        self.hidden = torch.full((problem.length, problem.length), -torch.inf).triu(1)

    def forward(self, source: Tensor, read: Tensor, target: Tensor) -> Tensor:
        """Return the loss; all are token ids, (batch, length)."""
        p, heads = self.p, self.heads
        x = p["embedding.weight"][source] + self.places
        for i in range(self.layers):
            name = f"encoder.layers.{i}"
            look_at = normed(p, f"{name}.norm1", x)
            x = x + self_attention(p, f"{name}.self_attn", look_at, heads, None)
            x = x + feed_forward(p, name, normed(p, f"{name}.norm2", x))
        states = normed(p, "encoder.norm", x)
        x = p["embedding.weight"][read] + self.places
        for i in range(self.layers):
            name = f"decoder.layers.{i}"
            look_at = normed(p, f"{name}.norm1", x)
            x = x + self_attention(p, f"{name}.self_attn", look_at, heads, self.hidden)
            asking = normed(p, f"{name}.norm2", x)
            x = x + cross_attention(p, f"{name}.multihead_attn", asking, states, heads)
            x = x + feed_forward(p, name, normed(p, f"{name}.norm3", x))
        features = normed(p, "decoder.norm", x)
        logits = linear(features, p["output.weight"], p["output.bias"])
        return cross_entropy(logits.flatten(0, 1), target.flatten())


class TorchEager:
    """Trains without compiling anything."""

    def __init__(self, problem: Problem) -> None:
        torch.set_num_threads(1)
        self._model = Model(problem)
        self._weights = {name: torch.tensor(value) for name, value in problem.parameters.items()}
        self._parameters = list(self._model.p.values())
        self._optimizer = torch.optim.Adam(self._parameters, lr=problem.learning_rate, fused=True)
        self._clip_norm = problem.clip_norm
        batches = [tuple(torch.tensor(x) for x in batch) for batch in problem.batch_first()]
        self._first, self._batches = batches[0], cycle(batches)

    def loss_and_gradients(self) -> tuple[float, dict[str, Array]]:
        """Return the first batch's loss and gradients at the first weights."""
        with torch.no_grad():
            for name, value in self._weights.items():
                self._model.p[name].copy_(value)
        self._optimizer.zero_grad(set_to_none=True)
        loss = self._model(*self._first)
        loss.backward()
        found = ((name, one.grad) for name, one in self._model.p.items())
        return loss.item(), {name: grad.numpy().copy() for name, grad in found}

    def parameters(self) -> dict[str, Array]:
        """Return the weights."""
        return {name: one.detach().numpy() for name, one in self._model.p.items()}

    def run(self, steps: int) -> None:
        """Take training steps."""
        for _ in range(steps):
            self._optimizer.zero_grad(set_to_none=True)
            self._model(*next(self._batches)).backward()
            nn.utils.clip_grad_norm_(self._parameters, self._clip_norm)
            self._optimizer.step()
