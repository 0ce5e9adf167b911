"""Why attention moves: what the loss of one output asks of each weight, and what an update makes.

With the context ``c = Σ weight_j v_j`` and weights that are a softmax of the scores, the chain rule
gives, for the loss of one output::

    g_j = -∂loss/∂c · v_j                                  how useful the value of input j would be
    -∂loss/∂score_j = weight_j (g_j - Σ_i weight_i g_i)    how its score is pulled

The context of an output enters its own logits and those after it; of this output's loss alone, this
is the whole gradient by its scores. All is computed in double precision, on a copy of the network.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

import numpy as np

from seqflip.nn import (
    CROSS,
    BoolArray,
    Buffers,
    FloatArray,
    IntArray,
    Network,
    Pass,
    Source,
    Where,
    log_softmax,
    make_network,
    softmax,
)
from seqflip.nn.looking import Weigh

NUDGE: Final = 1e-5
"""By how much scores and weights are moved to and fro, to see what the loss does."""


class Head(NamedTuple):
    """One head of a Transformer that looks at the source, both counted from 0."""

    layer: int
    head: int


@dataclass(frozen=True, eq=False)
class Pull:
    """The backward view of one output, for a source of ``source_len`` places.

    Attributes
    ----------
    target : int
        The token whose loss it is.
    probability, loss : float
        Of the target: the loss is ``-ln probability``, in nats.
    weights : (source_len,)
    d_context : (d_v,) or None
        The gradient of the loss by the context. None in a Transformer, where other parts stand
        between a head and the logits.
    useful : (source_len,)
        By how much the loss falls for each unit of weight on an input. In a Transformer it is
        measured: by a little more weight, and a little less.
    d_scores : (source_len,)
        The gradient of the loss by the scores, by the formula.
    measured : (source_len,)
        The same from finite differences: the loss, when the score is a little larger or smaller.
    after : (source_len,)
        The weights after one plain gradient step of all parameters on this loss.
    loss_after : float
    """

    target: int
    probability: float
    loss: float
    weights: FloatArray
    d_context: FloatArray | None
    useful: FloatArray
    d_scores: FloatArray
    measured: FloatArray
    after: FloatArray
    loss_after: float

    @property
    def mean(self) -> float:
        """What the weights as they are have found useful: ``Σ weight_i g_i``."""
        return float(self.weights @ self.useful)

    @property
    def pulls(self) -> FloatArray:
        """Where scores are to go: above 0 up, below 0 down."""
        return -self.d_scores

    @property
    def difference(self) -> float:
        """By how much formula and finite differences are apart at most."""
        return float(np.abs(self.d_scores - self.measured).max())

    @property
    def agrees(self) -> bool:
        """Whether that is no more than rounding."""
        return bool(np.allclose(self.d_scores, self.measured, rtol=1e-4, atol=1e-7))


def pull(
    network: Network,
    source: Sequence[int],
    target: Sequence[int],
    row: int,
    learning_rate: float,
    head: Head | None = None,
) -> Pull:
    """Return why the attention of one output moves.

    Parameters
    ----------
    network : Network
        One that attends; it stays as it is.
    source : tokens, without marks
    target : tokens
        What the decoder reads, each a step late, and is to say.
    row : int
        The output, from 0.
    learning_rate : float
        Of the one update.
    head : Head, optional
        Whose attention, in a Transformer.
    """
    network = _in_double(network)
    wanted = target[row]
    inputs = network.shifted(np.array([target[: row + 1]]))
    now = _look(network, source, inputs, head)
    d_logits = np.exp(now.log_probabilities) - np.eye(network.vocab_size)[wanted]
    d_context: FloatArray | None = None
    if head is None:
        value = now.done.source.memory.value[0]
        d_context = d_logits @ network.parameters.values["output.weight"][:, -value.shape[1] :]
        useful: FloatArray = -(value @ d_context)
    else:
        useful = -_slopes(network, now.done.source, inputs, wanted, head, "weights")
    measured = _slopes(network, now.done.source, inputs, wanted, head, "scores")
    _update(network, now.done, d_logits, learning_rate)
    after = _look(network, source, inputs, head)
    return Pull(
        wanted,
        float(np.exp(now.log_probabilities[wanted])),
        float(-now.log_probabilities[wanted]),
        now.weights,
        d_context,
        useful,
        by_scores(now.weights, -useful),
        measured,
        after.weights,
        float(-after.log_probabilities[wanted]),
    )


def by_scores(weights: FloatArray, d_weights: FloatArray) -> FloatArray:
    """Return the gradient by the scores behind a softmax, given that by its weights: ``(n,)``."""
    d_scores: FloatArray = weights * (d_weights - weights @ d_weights)
    return d_scores


def _in_double(network: Network) -> Network:
    """Return a copy in double precision."""
    copy = make_network(network.architecture, np.float64)
    copy.parameters.flat[...] = network.parameters.flat
    return copy


class _Look(NamedTuple):
    """The last output of a forced answer: its weights, and the probabilities of all tokens."""

    weights: FloatArray  # (source_len,)
    log_probabilities: FloatArray  # (vocab_size,)
    done: Pass


def _look(network: Network, source: Sequence[int], inputs: IntArray, head: Head | None) -> _Look:
    """Answer a source, reading ``inputs``, ``(1, steps)``."""
    done = network.forward(np.array([source]), inputs)
    if head is None:
        weights = done.weights[0, -1]
    else:
        weights = network.looked(done)[Where(CROSS, head.layer)].weights[0, head.head, -1]
    return _Look(weights, log_softmax(done.logits[0, -1]), done)


def _slopes(
    network: Network,
    source: Source,
    inputs: IntArray,
    wanted: int,
    head: Head | None,
    of: Literal["scores", "weights"],
) -> FloatArray:
    """Return the slope of the last output's loss along each of its scores or weights.

    The network itself answers, with each of them a little larger and a little smaller.
    ``(source_len,)``
    """
    buffers = Buffers(network.dtype)
    before, last = inputs[:, :-1], inputs[0, -1]
    state = source.start
    if before.size:
        state = network.decode(before.T, state, source, None, buffers).state
    places = source.states.shape[1]
    moved = NUDGE * np.concatenate([np.eye(places), -np.eye(places)])
    looked_at = Where(CROSS, 0 if head is None else head.layer)

    def weigh(
        x: FloatArray, mask: BoolArray | None = None, out: FloatArray | None = None
    ) -> FloatArray:
        nudged = np.zeros(x.shape)
        own = nudged if head is None else nudged[:, head.head]
        own[...] = moved.reshape(len(moved), *(1,) * (own.ndim - 2), places)
        return softmax(x + nudged, mask) if of == "scores" else softmax(x, mask) + nudged

    def at(where: Where) -> Weigh | None:
        return weigh if where == looked_at else None

    tried = len(moved)
    logits = network.decode(
        np.full((1, tried), last),
        state.take(np.zeros(tried, np.int64)),
        source.repeated(tried).weighed_by(at),
        None,
        buffers,
    ).logits[:, 0]
    losses = -log_softmax(logits)[:, wanted]
    slopes: FloatArray = (losses[:places] - losses[places:]) / (2 * NUDGE)
    return slopes


def _update(network: Network, done: Pass, d_logits: FloatArray, learning_rate: float) -> None:
    """Take one plain gradient step of all parameters on the loss of the last output."""
    d_all = np.zeros_like(done.logits)
    d_all[0, -1] = d_logits
    network.parameters.zero_grad()
    network.backward(d_all, done)
    network.parameters.flat -= learning_rate * network.parameters.flat_grad
