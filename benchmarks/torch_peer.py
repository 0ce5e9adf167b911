"""The same model in PyTorch, written for speed on one thread.

What was tried and is not slower is what stands here: ``nn.GRU`` (hand-written loops are slower in
eager mode), time first, all target steps attending in one batched product (faster at this size than
``scaled_dot_product_attention``), the fused Adam, gradients set to None, and no look at any number
that would make the interpreter wait.
"""

from itertools import cycle
from math import sqrt

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from benchmarks.problem import Array, Problem


class Model(nn.Module):
    """The network; its parameters bear SeqFlip's names."""

    def __init__(self, problem: Problem) -> None:
        super().__init__()
        d, d_k, d_v = problem.d_model, problem.d_k, problem.d_v
        self.embedding = nn.Embedding(problem.vocab_size + 1, d)
        self.encoder = nn.GRU(d, d // 2, bidirectional=True)
        self.decoder = nn.GRU(d, d)
        widths = {"query": d_k, "key": d_k, "value": d_v}
        self.attention = nn.ModuleDict(
            {name: nn.Linear(d, width, bias=False) for name, width in widths.items()}
        )
        self.output = nn.Linear(d + d_v, problem.vocab_size)
        self.scale = 1 / sqrt(d_k)
        # Without an explicit start, the compiled nn.GRU of torch 2.13 has a wrong gradient.
        self.register_buffer("zeros", torch.zeros(2, problem.batch_size, d // 2), persistent=False)

    def forward(self, source: Tensor, read: Tensor, target: Tensor) -> Tensor:
        """Return the loss; all are token ids, (length, batch)."""
        encoded, last = self.encoder(self.embedding(source), self.zeros)
        start = torch.cat([last[0], last[1]], dim=-1)[None]
        states, _ = self.decoder(self.embedding(read), start)
        query = self.attention["query"](states).transpose(0, 1)
        key = self.attention["key"](encoded).permute(1, 2, 0)
        value = self.attention["value"](encoded).transpose(0, 1)
        weights = torch.softmax(torch.bmm(query, key) * self.scale, dim=-1)
        context = torch.bmm(weights, value).transpose(0, 1)
        logits = self.output(torch.cat([states, context], dim=-1))
        return cross_entropy(logits.flatten(0, 1), target.flatten())


class TorchEager:
    """Trains without compiling anything."""

    def __init__(self, problem: Problem) -> None:
        torch.set_num_threads(1)
        self._model = Model(problem)
        self._weights = {name: torch.tensor(value) for name, value in problem.parameters.items()}
        self._model.load_state_dict(self._weights)
        self._loss = self.prepare(self._model)
        self._parameters = list(self._model.parameters())
        self._optimizer = torch.optim.Adam(self._parameters, lr=problem.learning_rate, fused=True)
        self._clip_norm = problem.clip_norm
        batches = [tuple(torch.tensor(x) for x in batch) for batch in problem.time_first()]
        self._first, self._batches = batches[0], cycle(batches)

    def prepare(self, model: nn.Module) -> nn.Module:
        """Return what computes the loss."""
        return model

    def loss_and_gradients(self) -> tuple[float, dict[str, Array]]:
        """Return the first batch's loss and gradients at the first weights."""
        self._model.load_state_dict(self._weights)
        self._optimizer.zero_grad(set_to_none=True)
        loss = self._loss(*self._first)
        loss.backward()
        gradients = {
            name: parameter.grad.numpy().copy()
            for name, parameter in self._model.named_parameters()
        }
        return loss.item(), gradients

    def parameters(self) -> dict[str, Array]:
        """Return the weights."""
        return {name: value.numpy() for name, value in self._model.state_dict().items()}

    def run(self, steps: int) -> None:
        """Take training steps."""
        for _ in range(steps):
            self._optimizer.zero_grad(set_to_none=True)
            self._loss(*next(self._batches)).backward()
            nn.utils.clip_grad_norm_(self._parameters, self._clip_norm)
            self._optimizer.step()


class TorchCompiled(TorchEager):
    """Trains with forward and backward pass compiled to C++."""

    def prepare(self, model: nn.Module) -> nn.Module:
        """Compile; ``nn.GRU`` is left out of it unless that is asked for."""
        torch._dynamo.config.allow_rnn = True
        compiled: nn.Module = torch.compile(model, fullgraph=True, dynamic=False)
        return compiled
