"""Recurrent cells: how a state takes in one more token.

A cell works on whole gate blocks: arrays of shape ``(gates, directions, batch, hidden)``, so that
each gate is contiguous and both directions of an encoder are one computation. A state is a tuple:
``(h,)`` or ``(h, c)``.

A step forward overwrites its gate block by the gates' values. Going back, everything that does not
depend on the gradient from above (each gate's local derivative) is computed for all steps at once
by ``derivatives``; what is left in the loop, ``step_backward``, is a few multiplications.
"""

from typing import ClassVar, Literal, NamedTuple

import numpy as np

from seqflip.nn.arrays import FloatArray
from seqflip.nn.buffers import Buffers
from seqflip.nn.functional import sigmoid, sigmoid_backward, tanh_backward
from seqflip.nn.parameters import Parameter

CellName = Literal["rnn", "gru", "lstm"]
State = tuple[FloatArray, ...]


class Tape(NamedTuple):
    """What a cell recorded over ``steps`` steps."""

    # (steps, gates, directions, batch, hidden): first the inputs' share, then the gates' values
    gates: FloatArray
    # each (steps + 1, directions, batch, hidden): before the first step, ..., after the last
    states: State
    extra: FloatArray  # (steps, directions, batch, hidden): GRU: W_hn h + b_hn; LSTM: tanh(c)

    def state(self, step: int) -> State:
        """Return the state before ``step``; negative counts from the end."""
        return tuple(part[step] for part in self.states)


class Cell:
    """What the cells share: the recurrent weights, seen gate by gate.

    Parameters
    ----------
    weight : Parameter (directions, gates * hidden, hidden)
    bias : Parameter (directions, gates * hidden)
    """

    gates: ClassVar[int]
    state_parts: ClassVar[int] = 1
    # A step's gradients have one block per slot: the first ones, one per gate, are by W_hh h, ...
    slots: ClassVar[int]
    # ... and these are by W_ih x.
    input_slots: ClassVar[list[int]]

    def __init__(self, weight: Parameter, bias: Parameter) -> None:
        self.directions, _, self.hidden = weight.value.shape
        by_gate = (self.directions, self.gates, self.hidden, self.hidden)
        # (gates, directions, to, from): views, so they stay true while the weights are trained.
        self.weight = Parameter(*(part.reshape(by_gate).swapaxes(0, 1) for part in weight))
        self.bias = Parameter(
            *(part.reshape(by_gate[:3]).swapaxes(0, 1)[:, :, None] for part in bias)
        )
        self._weight_transposed = self.weight.value.swapaxes(2, 3)

    def outer_bias(self) -> FloatArray:
        """Return the part of ``b_hh`` that can be added to the inputs beforehand.

        Its shape is (gates, directions, 1, hidden).
        """
        return self.bias.value

    def tape(self, gates: FloatArray, state: State, buffers: Buffers) -> Tape:
        """Return a tape that begins with ``state``.

        ``gates`` is (steps, gates, directions, batch, hidden), the inputs' share.
        """
        steps, _, *shape = gates.shape
        states = tuple(buffers.empty(steps + 1, *shape) for _ in state)
        for part, first in zip(states, state, strict=True):
            part[0] = first
        return Tape(gates, states, buffers.empty(steps, *shape))

    def step(self, tape: Tape, t: int, scratch: FloatArray) -> None:
        """Compute the state after step ``t``; ``scratch`` is of one gate block's shape."""
        raise NotImplementedError

    def derivatives(self, tape: Tape, buffers: Buffers) -> FloatArray:
        """Return all that :meth:`step_backward` multiplies by.

        Its shape is (steps, factors, directions, batch, hidden).
        """
        raise NotImplementedError

    def step_backward(
        self, d_state: State, gates: FloatArray, factors: FloatArray, d_gates: FloatArray
    ) -> State:
        """Go back through one step.

        Parameters
        ----------
        d_state : gradient by the state after the step; may be overwritten
        gates : (gates, directions, batch, hidden)
            The step's gates, from the tape.
        factors : (factors, directions, batch, hidden)
            The step's part of :meth:`derivatives`.
        d_gates : (slots, directions, batch, hidden), is filled

        Returns
        -------
        State
            The gradient by the state before the step.
        """
        raise NotImplementedError

    def _through_weights(self, d_recurrent: FloatArray) -> FloatArray:
        """Return the gradient by ``h``, given that by ``W_hh h``: (directions, batch, hidden)."""
        d_h: FloatArray = np.add.reduce(np.matmul(d_recurrent, self.weight.value), axis=0)
        return d_h


class RNN(Cell):
    """``h' = tanh(W_ih x + b_ih + W_hh h + b_hh)``: Elman (1990)."""

    gates = 1
    slots = 1
    input_slots: ClassVar[list[int]] = [0]

    def step(self, tape: Tape, t: int, scratch: FloatArray) -> None:
        """Compute the state after step ``t``."""
        (states,) = tape.states
        np.matmul(states[t], self._weight_transposed, out=scratch)
        np.add(scratch[0], tape.gates[t, 0], out=states[t + 1])
        np.tanh(states[t + 1], out=states[t + 1])

    def derivatives(self, tape: Tape, buffers: Buffers) -> FloatArray:
        """Return ``1 - h'²``."""
        (states,) = tape.states
        factors = buffers.empty(*tape.gates.shape)
        tanh_backward(states[1:], out=factors[:, 0])
        return factors

    def step_backward(
        self, d_state: State, gates: FloatArray, factors: FloatArray, d_gates: FloatArray
    ) -> State:
        """Go back through one step."""
        np.multiply(factors, d_state[0], out=d_gates)
        return (self._through_weights(d_gates),)


class GRU(Cell):
    """Gated recurrent unit, Cho et al. (2014), https://arxiv.org/abs/1406.1078, in PyTorch's form.

    ::

        r  = sigmoid(W_ir x + b_ir + W_hr h + b_hr)
        z  = sigmoid(W_iz x + b_iz + W_hz h + b_hz)
        n  = tanh(W_in x + b_in + r * (W_hn h + b_hn))
        h' = (1 - z) * n + z * h
    """

    gates = 3
    slots = 4  # r, z, W_hn h + b_hn, n
    input_slots: ClassVar[list[int]] = [0, 1, 3]

    def outer_bias(self) -> FloatArray:
        """Return ``b_hr`` and ``b_hz``; ``b_hn`` is inside the product with the reset gate."""
        bias = self.bias.value.copy()
        bias[2] = 0
        return bias

    def step(self, tape: Tape, t: int, scratch: FloatArray) -> None:
        """Compute the state after step ``t``."""
        (states,) = tape.states
        h, h_next = states[t], states[t + 1]
        gates, from_h = tape.gates[t], tape.extra[t]
        np.matmul(h, self._weight_transposed, out=scratch)
        r_and_z, n = gates[:2], gates[2]
        np.add(r_and_z, scratch[:2], out=r_and_z)
        sigmoid(r_and_z, out=r_and_z)
        np.add(scratch[2], self.bias.value[2], out=from_h)
        np.multiply(from_h, gates[0], out=h_next)
        np.add(n, h_next, out=n)
        np.tanh(n, out=n)
        np.subtract(h, n, out=h_next)  # h' = n + z * (h - n)
        np.multiply(h_next, gates[1], out=h_next)
        np.add(h_next, n, out=h_next)

    def derivatives(self, tape: Tape, buffers: Buffers) -> FloatArray:
        """Return what the gradients by the insides of z, n and r are multiples of.

        z's and n's multiply the gradient by ``h'``; r's multiplies the one by the inside of n.
        """
        (states,) = tape.states
        r, z, n = (tape.gates[:, gate] for gate in range(3))
        factors = buffers.empty(*tape.gates.shape)
        for_z, for_n, for_r = (factors[:, i] for i in range(3))
        np.subtract(states[:-1], n, out=for_n)
        sigmoid_backward(z, out=for_z)
        for_z *= for_n
        tanh_backward(n, out=for_n)
        for_n *= np.subtract(1, z, out=for_r)
        sigmoid_backward(r, out=for_r)
        for_r *= tape.extra
        return factors

    def step_backward(
        self, d_state: State, gates: FloatArray, factors: FloatArray, d_gates: FloatArray
    ) -> State:
        """Go back through one step."""
        (d_h,) = d_state
        d_n = d_gates[3]
        np.multiply(factors[:2], d_h, out=d_gates[1::2])  # z and n
        np.multiply(factors[2], d_n, out=d_gates[0])
        np.multiply(gates[0], d_n, out=d_gates[2])
        np.multiply(d_h, gates[1], out=d_h)
        d_previous = self._through_weights(d_gates[:3])
        d_previous += d_h
        return (d_previous,)


class LSTM(Cell):
    """Long short-term memory: Hochreiter & Schmidhuber (1997), forget gates by Gers et al. (2000).

    ::

        i = sigmoid(W_ii x + b_ii + W_hi h + b_hi)      f = sigmoid(W_if x + b_if + W_hf h + b_hf)
        g = tanh(W_ig x + b_ig + W_hg h + b_hg)         o = sigmoid(W_io x + b_io + W_ho h + b_ho)
        c' = f * c + i * g                              h' = o * tanh(c')
    """

    gates = 4
    state_parts = 2
    slots = 4  # i, f, g, o
    input_slots: ClassVar[list[int]] = [0, 1, 2, 3]

    def step(self, tape: Tape, t: int, scratch: FloatArray) -> None:
        """Compute the state after step ``t``."""
        h, c = tape.states
        h_next, c_next = h[t + 1], c[t + 1]
        gates, tanh_c = tape.gates[t], tape.extra[t]
        np.matmul(h[t], self._weight_transposed, out=scratch)
        np.add(gates, scratch, out=gates)
        sigmoid(gates[:2], out=gates[:2])
        np.tanh(gates[2], out=gates[2])
        sigmoid(gates[3], out=gates[3])
        i, f, g, o = gates
        np.multiply(f, c[t], out=c_next)
        np.multiply(i, g, out=tanh_c)
        np.add(c_next, tanh_c, out=c_next)
        np.tanh(c_next, out=tanh_c)
        np.multiply(o, tanh_c, out=h_next)

    def derivatives(self, tape: Tape, buffers: Buffers) -> FloatArray:
        """Return the derivatives of c' by the insides of i, f, g; of h' by that of o and by c'."""
        _, c = tape.states
        i, f, g, o = (tape.gates[:, gate] for gate in range(4))
        factors = buffers.empty(len(i), 5, *i.shape[1:])
        sigmoid_backward(i, out=factors[:, 0])
        factors[:, 0] *= g
        sigmoid_backward(f, out=factors[:, 1])
        factors[:, 1] *= c[:-1]
        tanh_backward(g, out=factors[:, 2])
        factors[:, 2] *= i
        sigmoid_backward(o, out=factors[:, 3])
        factors[:, 3] *= tape.extra
        tanh_backward(tape.extra, out=factors[:, 4])
        factors[:, 4] *= o
        return factors

    def step_backward(
        self, d_state: State, gates: FloatArray, factors: FloatArray, d_gates: FloatArray
    ) -> State:
        """Go back through one step."""
        d_h, d_c = d_state
        np.multiply(d_h, factors[3], out=d_gates[3])
        np.multiply(d_h, factors[4], out=d_h)
        np.add(d_c, d_h, out=d_c)
        np.multiply(factors[:3], d_c, out=d_gates[:3])
        np.multiply(d_c, gates[1], out=d_c)
        return self._through_weights(d_gates), d_c


CELLS: dict[CellName, type[Cell]] = {"rnn": RNN, "gru": GRU, "lstm": LSTM}
