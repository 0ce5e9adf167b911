"""Attention that keeps its place: it moves from where it looked, rather than look anew.

Location-based addressing: Graves et al. (2014), section 3.3, https://arxiv.org/abs/1410.5401. No
state waits for a look, so all states, queries and scores still come first, for all steps at once;
only the weights are a recurrence, over arrays of ``(batch, source_len)``.
"""

from collections.abc import Callable, Mapping
from typing import ClassVar, NamedTuple

import numpy as np

from seqflip.nn import reference
from seqflip.nn.arrays import FloatArray
from seqflip.nn.attention import (
    ATTENTIONS,
    AttentionCache,
    AttentionGradients,
    Memory,
    ScaledDotAttention,
    at_first,
)
from seqflip.nn.buffers import Buffers
from seqflip.nn.functional import (
    sigmoid,
    sigmoid_backward,
    softmax,
    softmax_backward,
    softplus,
    softplus_backward,
    sum_of_rows,
)
from seqflip.nn.layers import Linear
from seqflip.nn.parameters import Parameter
from seqflip.nn.reference import LEAST_WEIGHT
from seqflip.nn.start import Declared, constant

SHIFTS = (-1, 0, 1)
FIRST_GATE = -2.0  # begins nearly closed, so that moving is learned before looking anew is


class Moves(NamedTuple):
    """What happens to the weights on the way, for all steps: the stages of a look."""

    before: FloatArray  # (batch, steps, source_len): the weights of the step before
    content: FloatArray  # (batch, steps, source_len): the softmax of the scores
    gate: FloatArray  # (batch, steps, 1)
    mixed: FloatArray  # (batch, steps, source_len): content and before, as the gate says
    shift: FloatArray  # (batch, steps, 3): shares that move by -1, 0, +1
    moved: FloatArray  # (batch, steps, source_len)
    power: FloatArray  # (batch, steps, 1), at least 1
    raised: FloatArray  # (batch, steps, source_len): power * log(moved), as the softmax gets it


@ATTENTIONS.register
class ShiftAttention(ScaledDotAttention):
    """Content, gate, shift, sharpening; ``s`` is the decoder's state.

    ::

        content = softmax(query · key / sqrt(d_k))
        mixed   = gate * content + (1 - gate) * before      gate  = sigmoid(W_g s + b_g)
        moved   = mixed, moved by -1, 0, +1                 shift = softmax(W_s s + b_s)
        weights = moved ** power / sum                      power = 1 + softplus(W_p s + b_p)

    Before the first step all weight lies on the first position. What moves beyond an end is lost.
    The last line is computed as ``softmax(power * log(moved))``: there interventions act, and the
    weights that they leave are those that the next step moves.
    """

    name, label = "shift", "Shift (keeps its place)"
    remembers = True
    plain_stages: ClassVar[Mapping[str, Callable[..., FloatArray]]] = {
        "mixed": reference.remember,
        "moved": reference.shift,
        "sharpened": reference.sharpen,
    }

    def __init__(self, parameters: Mapping[str, Parameter]) -> None:
        super().__init__(parameters)
        self.gate, self.shift, self.power = (
            Linear(parameters[f"{part}.weight"], parameters[f"{part}.bias"])
            for part in ("gate", "shift", "power")
        )

    @classmethod
    def declare(cls, d_model: int, d_k: int, d_v: int) -> dict[str, Declared]:
        own = {"gate": 1, "shift": len(SHIFTS), "power": 1}
        layers = {
            f"{part}.{name}": one
            for part, width in own.items()
            for name, one in Linear.declare(width, d_model, bias=True).items()
        }
        layers["gate.bias"] = Declared((1,), constant(FIRST_GATE))
        return super().declare(d_model, d_k, d_v) | layers

    @classmethod
    def hidden_size(cls, d_k: int) -> int:
        return len(Moves._fields) - 2  # of which two are small

    def forward(
        self,
        states: FloatArray,
        memory: Memory,
        context: FloatArray,
        buffers: Buffers,
        before: FloatArray | None = None,
    ) -> AttentionCache:
        """Look from where the step before looked; see :meth:`Attention.forward`."""
        batch, steps, d_model = states.shape
        query = self.ask(states, buffers)
        scores, _ = self.score(query, memory.key, buffers)
        flat = states.reshape(-1, d_model)
        made = Moves(
            gate=sigmoid(self.gate.forward(flat)).reshape(batch, steps, 1),
            shift=softmax(self.shift.forward(flat)).reshape(batch, steps, len(SHIFTS)),
            power=1 + softplus(self.power.forward(flat)).reshape(batch, steps, 1),
            content=softmax(scores, memory.mask, out=buffers.empty(*scores.shape)),
            before=by_step(scores, buffers),
            mixed=by_step(scores, buffers),
            moved=by_step(scores, buffers),
            raised=by_step(scores, buffers),
        )
        mask = None if memory.mask is None else memory.mask[:, 0]
        weights = by_step(scores, buffers)
        made.before[:, 0] = at_first(scores[:, 0]) if before is None else before
        for t in range(steps):
            if t > 0:
                made.before[:, t] = weights[:, t - 1]
            mixed, moved, shift = made.mixed[:, t], made.moved[:, t], made.shift[:, t]
            np.subtract(made.content[:, t], made.before[:, t], out=mixed)
            mixed *= made.gate[:, t]
            mixed += made.before[:, t]
            np.multiply(mixed, shift[:, 1:2], out=moved)
            moved[:, :-1] += mixed[:, 1:] * shift[:, 0:1]
            moved[:, 1:] += mixed[:, :-1] * shift[:, 2:3]
            raised = np.log(np.maximum(moved, LEAST_WEIGHT), out=made.raised[:, t])
            raised *= made.power[:, t]
            weights[:, t] = memory.weigh(raised, mask)
        np.matmul(weights, memory.value, out=context)
        return AttentionCache(states, query, scores, weights, memory, stages=made._asdict())

    def backward(
        self,
        d_context: FloatArray,
        cache: AttentionCache,
        buffers: Buffers,
        d_last: FloatArray | None = None,
    ) -> AttentionGradients:
        """Go back over the steps; see :meth:`Attention.backward`."""
        made, weights = Moves(**cache.stages), cache.weights
        d_weights, d_value = self.see_backward(d_context, cache, buffers)
        # by moved, of power * log(moved): it does not wait for the gradient
        slope = np.where(
            made.moved > LEAST_WEIGHT, made.power / np.maximum(made.moved, LEAST_WEIGHT), 0
        )
        d_raised, d_moved, d_mixed = (by_step(weights, buffers) for _ in range(3))
        d_before = d_last
        for t in reversed(range(weights.shape[1])):
            d_now = d_weights[:, t] if d_before is None else d_weights[:, t] + d_before
            d_raised[:, t] = softmax_backward(d_now, weights[:, t])
            np.multiply(d_raised[:, t], slope[:, t], out=d_moved[:, t])
            now, shift = d_moved[:, t], made.shift[:, t]
            np.multiply(now, shift[:, 1:2], out=d_mixed[:, t])
            d_mixed[:, t, 1:] += now[:, :-1] * shift[:, 0:1]
            d_mixed[:, t, :-1] += now[:, 1:] * shift[:, 2:3]
            d_before = d_mixed[:, t] * (1 - made.gate[:, t])
        d_power = sum_of_rows(d_raised * made.raised / made.power)
        d_shift = np.concatenate(
            [
                sum_of_rows(d_moved[..., :-1] * made.mixed[..., 1:]),
                sum_of_rows(d_moved * made.mixed),
                sum_of_rows(d_moved[..., 1:] * made.mixed[..., :-1]),
            ],
            axis=-1,
        )
        d_gate = sum_of_rows(d_mixed * (made.content - made.before))
        d_scores = softmax_backward(d_mixed * made.gate, made.content)
        d_query, d_key = self.score_backward(d_scores, cache, buffers)
        d_states = self.ask_backward(d_query, cache.states, buffers)
        flat = cache.states.reshape(-1, d_states.shape[-1])
        for layer, d in (
            (self.gate, d_gate * sigmoid_backward(made.gate)),
            (self.shift, softmax_backward(d_shift, made.shift)),
            (self.power, d_power * softplus_backward(made.power - 1)),
        ):
            through = layer.backward(d.reshape(len(flat), -1), flat)
            d_states += through.reshape(d_states.shape)
        return AttentionGradients(d_states, d_key, d_value, d_before)


def by_step(like: FloatArray, buffers: Buffers) -> FloatArray:
    """Return memory of this shape, ``(batch, steps, n)``, in which each step is contiguous."""
    batch, steps, n = like.shape
    return buffers.empty(steps, batch, n).swapaxes(0, 1)
