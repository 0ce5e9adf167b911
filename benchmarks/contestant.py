"""What can be timed, and who competes."""

import importlib
from typing import NamedTuple, Protocol

from benchmarks.problem import Array, Problem

SEQFLIP = "SeqFlip"
PRODUCTS = "matrix products alone"


class Entry(NamedTuple):
    """Where a contestant is found, and what is granted to it."""

    module: str  # imported only in the process where it works
    kind: str
    may_fail: bool = False  # as torch.compile does without a C++ compiler


CONTESTANTS = {
    SEQFLIP: Entry("benchmarks.seqflip_training", "SeqFlip"),
    "PyTorch eager": Entry("benchmarks.torch_peer", "TorchEager"),
    "torch.compile": Entry("benchmarks.torch_peer", "TorchCompiled", may_fail=True),
    "JAX jit": Entry("benchmarks.jax_peer", "Jax"),
    PRODUCTS: Entry("benchmarks.matrix_products", "MatrixProducts"),
}


TRANSFORMERS = {
    SEQFLIP: CONTESTANTS[SEQFLIP],
    "PyTorch eager": Entry("benchmarks.torch_transformer", "TorchEager"),
    "JAX jit": Entry("benchmarks.jax_transformer", "JaxTransformer"),
    PRODUCTS: CONTESTANTS[PRODUCTS],
}


def contestants(problem: Problem) -> dict[str, Entry]:
    """Return who competes in a problem."""
    return TRANSFORMERS if problem.options["architecture"] == "transformer" else CONTESTANTS


class Workload(Protocol):
    """Something that is done in steps. It is made from a :class:`~benchmarks.problem.Problem`."""

    def run(self, steps: int) -> None:
        """Do so many steps, and return when the last of them is done."""


class Contestant(Workload, Protocol):
    """A model that is trained; ``run`` takes full training steps."""

    def loss_and_gradients(self) -> tuple[float, dict[str, Array]]:
        """Go back to the first weights; return the first batch's loss and its gradients there."""

    def parameters(self) -> dict[str, Array]:
        """Return the weights as they are now, by name."""


def make(name: str, problem: Problem) -> Contestant:
    """Return the contestant of that name, in this process."""
    entry = contestants(problem)[name]
    contestant: Contestant = getattr(importlib.import_module(entry.module), entry.kind)(problem)
    return contestant
