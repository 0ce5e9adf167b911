"""Recurrent cells: how a state takes in one more token.

A cell works on whole gate blocks: arrays of shape ``(gates, directions, batch, hidden)``, so that
each gate is contiguous and both directions of an encoder are one computation. A state is a tuple:
``(h,)`` or ``(h, c)``. A step forward overwrites its gate block, first the inputs' share, by the
gates' values.
"""

from typing import ClassVar, Literal, NamedTuple

import numpy as np

from seqflip.nn.arrays import FloatArray
from seqflip.nn.buffers import Buffers
from seqflip.nn.functional import (
    sigmoid,
    sigmoid_backward,
    sum_of_columns,
    tanh_backward,
)
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
    # (gates, directions, from, to): the recurrent weights, transposed. A product with a matrix that
    # lies as it is used takes two thirds of the time of one that does not.
    weight: FloatArray
    scratch: FloatArray  # (gates, directions, batch, hidden)

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
    # A step's gradients have one block per slot. The last ones, one per gate, are by W_ih x + b_ih;
    # which of them are by W_hh h + b_hh for which gates say the pairs of slices.
    slots: ClassVar[int]
    recurrent_slots: ClassVar[tuple[tuple[slice, slice], ...]]

    def __init__(self, weight: Parameter, bias: Parameter) -> None:
        self.directions, _, self.hidden = weight.value.shape
        by_gate = (self.directions, self.gates, self.hidden, self.hidden)
        # (gates, directions, to, from): views, so they stay true while the weights are trained.
        self.weight = Parameter(*(part.reshape(by_gate).swapaxes(0, 1) for part in weight))
        self.bias = Parameter(
            *(part.reshape(by_gate[:3]).swapaxes(0, 1)[:, :, None] for part in bias)
        )

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
        weight = buffers.empty(*self.weight.value.shape)
        weight[...] = self.weight.value.swapaxes(2, 3)
        scratch = buffers.empty(*gates.shape[1:])
        return Tape(gates, states, buffers.empty(steps, *shape), weight, scratch)

    def step(self, tape: Tape, t: int) -> None:
        """Compute the state after step ``t``."""
        raise NotImplementedError

    def step_backward(self, d_state: State, tape: Tape, t: int, d_gates: FloatArray) -> State:
        """Go back through step ``t``.

        Parameters
        ----------
        d_state : gradient by the state after the step; may be overwritten
        tape : Tape
        d_gates : (slots, directions, batch, hidden), is filled

        Returns
        -------
        State
            The gradient by the state before the step.
        """
        raise NotImplementedError

    def _through_weights(self, d_gates: FloatArray, scratch: FloatArray) -> FloatArray:
        """Return what comes by ``h`` through ``W_hh h``: (directions, batch, hidden)."""
        for slots, gates in self.recurrent_slots:
            np.matmul(d_gates[slots], self.weight.value[gates], out=scratch[gates])
        d_h: FloatArray = np.add.reduce(scratch, axis=0)
        return d_h

    def accumulate(self, d_gates: FloatArray, h: FloatArray) -> None:
        """Accumulate the gradients of ``W_hh`` and ``b_hh``, each in one product over all steps.

        Parameters
        ----------
        d_gates : (slots, directions, steps * batch, hidden)
        h : (directions, steps * batch, hidden)
            The states before the steps.
        """
        for slots, gates in self.recurrent_slots:
            self.weight.grad[gates] += np.matmul(d_gates[slots].swapaxes(2, 3), h)
            self.bias.grad[gates] += sum_of_columns(d_gates[slots])


class RNN(Cell):
    """``h' = tanh(W_ih x + b_ih + W_hh h + b_hh)``: Elman (1990)."""

    gates = slots = 1
    recurrent_slots = ((slice(0, 1), slice(0, 1)),)

    def step(self, tape: Tape, t: int) -> None:
        """Compute the state after step ``t``."""
        (states,) = tape.states
        np.matmul(states[t], tape.weight, out=tape.scratch)
        np.add(tape.scratch[0], tape.gates[t, 0], out=states[t + 1])
        np.tanh(states[t + 1], out=states[t + 1])

    def step_backward(self, d_state: State, tape: Tape, t: int, d_gates: FloatArray) -> State:
        """Go back through step ``t``."""
        (states,) = tape.states
        tanh_backward(states[t + 1], out=d_gates[0])
        d_gates[0] *= d_state[0]
        return (self._through_weights(d_gates, tape.scratch),)


class GRU(Cell):
    """Gated recurrent unit, Cho et al. (2014), https://arxiv.org/abs/1406.1078, in PyTorch's form.

    ::

        r  = sigmoid(W_ir x + b_ir + W_hr h + b_hr)
        z  = sigmoid(W_iz x + b_iz + W_hz h + b_hz)
        n  = tanh(W_in x + b_in + r * (W_hn h + b_hn))
        h' = (1 - z) * n + z * h
    """

    gates = 3  # r, z, n
    slots = 4  # W_hn h + b_hn, r, z, n
    recurrent_slots = ((slice(0, 1), slice(2, 3)), (slice(1, 3), slice(0, 2)))

    def outer_bias(self) -> FloatArray:
        """Return ``b_hr`` and ``b_hz``; ``b_hn`` is inside the product with the reset gate."""
        bias = self.bias.value.copy()
        bias[2] = 0
        return bias

    def step(self, tape: Tape, t: int) -> None:
        """Compute the state after step ``t``."""
        (states,) = tape.states
        h, h_next, from_h, gates = states[t], states[t + 1], tape.extra[t], tape.gates[t]
        np.matmul(h, tape.weight, tape.scratch)
        r_and_z = gates[:2]
        r_and_z += tape.scratch[:2]
        sigmoid(r_and_z, r_and_z)
        r, z, n = gates
        np.add(tape.scratch[2], self.bias.value[2], from_h)
        np.multiply(from_h, r, h_next)
        n += h_next
        np.tanh(n, n)
        np.subtract(h, n, h_next)  # h' = n + z * (h - n)
        h_next *= z
        h_next += n

    def step_backward(self, d_state: State, tape: Tape, t: int, d_gates: FloatArray) -> State:
        """Go back through step ``t``."""
        (d_h,), (states,) = d_state, tape.states
        r, z, n = tape.gates[t]
        d_from_h, d_r, d_z, d_n = d_gates
        local = tape.scratch[0]
        np.multiply(d_h, z, local)
        np.subtract(d_h, local, d_n)  # by n: dh' (1 - z)
        np.subtract(states[t], n, d_z)
        d_z *= z
        d_z *= d_n  # by the inside of z: dh' (h - n) z (1 - z)
        d_n *= tanh_backward(n, local)
        np.multiply(d_n, r, d_from_h)
        np.multiply(d_from_h, tape.extra[t], d_r)
        d_r *= np.subtract(1, r, local)  # by the inside of r: dn (W_hn h + b_hn) r (1 - r)
        d_h *= z
        d_h += self._through_weights(d_gates, tape.scratch)
        return (d_h,)


class LSTM(Cell):
    """Long short-term memory: Hochreiter & Schmidhuber (1997), forget gates by Gers et al. (2000).

    ::

        i = sigmoid(W_ii x + b_ii + W_hi h + b_hi)      f = sigmoid(W_if x + b_if + W_hf h + b_hf)
        g = tanh(W_ig x + b_ig + W_hg h + b_hg)         o = sigmoid(W_io x + b_io + W_ho h + b_ho)
        c' = f * c + i * g                              h' = o * tanh(c')
    """

    gates = slots = 4  # i, f, g, o
    state_parts = 2
    recurrent_slots = ((slice(0, 4), slice(0, 4)),)

    def step(self, tape: Tape, t: int) -> None:
        """Compute the state after step ``t``."""
        h, c = tape.states
        h_next, c_next = h[t + 1], c[t + 1]
        gates, tanh_c = tape.gates[t], tape.extra[t]
        np.matmul(h[t], tape.weight, out=tape.scratch)
        np.add(gates, tape.scratch, out=gates)
        sigmoid(gates[:2], out=gates[:2])
        np.tanh(gates[2], out=gates[2])
        sigmoid(gates[3], out=gates[3])
        i, f, g, o = gates
        np.multiply(f, c[t], out=c_next)
        np.multiply(i, g, out=tanh_c)
        np.add(c_next, tanh_c, out=c_next)
        np.tanh(c_next, out=tanh_c)
        np.multiply(o, tanh_c, out=h_next)

    def step_backward(self, d_state: State, tape: Tape, t: int, d_gates: FloatArray) -> State:
        """Go back through step ``t``."""
        d_h, d_c = d_state
        gates, tanh_c, c = tape.gates[t], tape.extra[t], tape.states[1][t]
        i, f, g, o = gates
        d_i, d_f, d_g, d_o = d_gates
        sigmoid_backward(o, out=d_o)
        d_o *= tanh_c
        d_o *= d_h
        d_h *= o
        d_h *= tanh_backward(tanh_c, out=tape.scratch[0])
        d_c += d_h
        sigmoid_backward(gates[:2], out=d_gates[:2])
        tanh_backward(g, out=d_g)
        d_gates[:3] *= d_c
        d_i *= g
        d_f *= c
        d_g *= i
        d_c *= f
        return self._through_weights(d_gates, tape.scratch), d_c


CELLS: dict[CellName, type[Cell]] = {"rnn": RNN, "gru": GRU, "lstm": LSTM}
