"""Recurrent cells: how a state takes in one more token.

A cell works on whole gate blocks: arrays of shape ``(gates, directions, batch, hidden)``, so that
each gate is contiguous and both directions of an encoder are one computation. A state is a tuple:
``(h,)`` or ``(h, c)``. A step forward overwrites its gate block, first the inputs' share, by the
gates' values.
"""

from collections.abc import Callable
from typing import ClassVar, NamedTuple

import numpy as np

from seqflip.nn import reference
from seqflip.nn.arrays import FloatArray
from seqflip.nn.buffers import Buffers
from seqflip.nn.functional import (
    in_blocks,
    sigmoid,
    sigmoid_backward,
    sum_of_columns,
    tanh_backward,
)
from seqflip.nn.parameters import Parameter
from seqflip.nn.registry import Registry
from seqflip.nn.start import Declared, glorot, orthogonal, zeros

State = tuple[FloatArray, ...]


class Tape(NamedTuple):
    """What a cell recorded over ``steps`` steps."""

    # (steps, gates, directions, batch, hidden): first the inputs' share, then the gates' values
    gates: FloatArray
    # each (steps + 1, directions, batch, hidden): before the first step, ..., after the last
    states: State
    # (extra_parts, steps, directions, batch, hidden): what else the way back needs
    extra: FloatArray
    # (gates, directions, 1, from, to): the recurrent weights, transposed. A product with a matrix
    # that lies as it is used takes two thirds of the time of one that does not.
    weight: FloatArray
    rows: FloatArray  # (steps + 1, directions, blocks, batch / blocks, hidden): h, to be multiplied
    scratch: FloatArray  # (gates + 1, directions, batch, hidden)
    products: FloatArray  # (gates, directions, blocks, batch / blocks, hidden): in scratch

    def state(self, step: int) -> State:
        """Return the state before ``step``; negative counts from the end."""
        return tuple(part[step] for part in self.states)


class Cell:
    """What the cells share: the recurrent weights, seen gate by gate.

    Parameters
    ----------
    weight : Parameter (directions, gates * hidden, hidden); no rows without any recurrence
    bias : Parameter (directions, gates * hidden)
    """

    name: ClassVar[str]
    label: ClassVar[str]
    plain: ClassVar[Callable[..., State]]  # one step, as in :mod:`seqflip.nn.reference`
    gates: ClassVar[int]
    state_parts: ClassVar[int] = 1
    extra_parts: ClassVar[int] = 0
    # A step's gradients have one block per slot. The last ones, one per gate, are by W_ih x + b_ih;
    # which of them are by W_hh h + b_hh for which gates say the pairs of slices.
    slots: ClassVar[int]
    recurrent_slots: ClassVar[tuple[tuple[slice, slice], ...]]

    def __init__(self, weight: Parameter, bias: Parameter) -> None:
        self.directions, _, self.hidden = weight.value.shape
        by_gate = (self.directions, -1, self.hidden, self.hidden)
        # (gates, directions, to, from): views, so they stay true while the weights are trained.
        self.weight = Parameter(*(part.reshape(by_gate).swapaxes(0, 1) for part in weight))
        self.bias = Parameter(
            *(part.reshape(by_gate[:3]).swapaxes(0, 1)[:, :, None] for part in bias)
        )

    @classmethod
    def declare(cls, n_in: int, hidden: int) -> dict[str, Declared]:
        """Return the parameters of one direction, under the names of ``torch.nn``.

        Recurrent matrices begin orthogonal, gate by gate.
        """
        rows = cls.gates * hidden
        return {
            "weight_ih": Declared((rows, n_in), glorot(blocks=cls.gates)),
            "weight_hh": Declared((rows, hidden), orthogonal),
            "bias_ih": Declared((rows,), cls.start_bias),
            "bias_hh": Declared((rows,), zeros),
        }

    @classmethod
    def start_bias(cls, value: FloatArray, rng: np.random.Generator) -> None:
        """Fill the inputs' bias, ``(gates * hidden,)``, as it is before training."""
        value[...] = 0

    def outer_bias(self) -> FloatArray:
        """Return the part of ``b_hh`` that can be added to the inputs beforehand.

        Its shape is (gates, directions, 1, hidden).
        """
        return self.bias.value

    def outer_bias_backward(self, d_bias: FloatArray) -> None:
        """Accumulate the gradient of what :meth:`outer_bias` returned: that of the inputs' bias.

        ``d_bias`` is (gates, directions, 1, hidden).
        """
        self.bias.grad[...] += d_bias

    def tape(self, gates: FloatArray, state: State, buffers: Buffers) -> Tape:
        """Return a tape that begins with ``state``.

        ``gates`` is (steps, gates, directions, batch, hidden), the inputs' share.
        """
        steps, _, *shape = gates.shape
        states = tuple(buffers.empty(steps + 1, *shape) for _ in state)
        for part, first in zip(states, state, strict=True):
            part[0] = first
        extra = buffers.empty(self.extra_parts, steps, *shape)
        weight = buffers.empty(*self.weight.value.shape)
        weight[...] = self.weight.value.swapaxes(2, 3)
        rows = in_blocks(states[0], self.hidden)
        scratch = buffers.empty(self.gates + 1, *shape)
        products = scratch[:-1].reshape(self.gates, *rows.shape[1:])
        return Tape(gates, states, extra, weight[:, :, None], rows, scratch, products)

    def step(self, tape: Tape, t: int) -> None:
        """Compute the state after step ``t``."""
        raise NotImplementedError

    def derive(self, tape: Tape, d_gates: FloatArray) -> None:
        """Prepare the way back: all derivatives that do not wait for the gradient, for all steps.

        Few long calls take less time than many short ones.

        Parameters
        ----------
        tape : Tape
        d_gates : (slots, directions, steps, batch, hidden)
            Is filled with the factors that :meth:`step_backward` multiplies by gradients.
        """
        raise NotImplementedError

    def step_backward(self, d_state: State, tape: Tape, t: int, d_gates: FloatArray) -> State:
        """Go back through step ``t``.

        Parameters
        ----------
        d_state : gradient by the state after the step; may be overwritten
        tape : Tape
        d_gates : (slots, directions, batch, hidden)
            From the factors of :meth:`derive` to the gradients by the gates.

        Returns
        -------
        State
            The gradient by the state before the step.
        """
        raise NotImplementedError

    def _through_weights(self, d_gates: FloatArray, tape: Tape) -> None:
        """Write to ``tape.products`` what comes by ``h`` through ``W_hh h``, gate by gate."""
        rows = d_gates.reshape(self.slots, *tape.products.shape[1:])
        weight = self.weight.value[:, :, None]
        for slots, gates in self.recurrent_slots:
            np.matmul(rows[slots], weight[gates], tape.products[gates])

    def accumulate(self, d_gates: FloatArray, h: FloatArray) -> None:
        """Accumulate the gradients of ``W_hh`` and inner biases, in products over all steps.

        Parameters
        ----------
        d_gates : (slots, directions, steps * batch, hidden)
        h : (directions, steps * batch, hidden)
            The states before the steps.
        """
        for slots, gates in self.recurrent_slots:
            self.weight.grad[gates] += np.matmul(d_gates[slots].swapaxes(2, 3), h)


CELLS: Registry[type[Cell]] = Registry()


@CELLS.register
class RNN(Cell):
    """``h' = tanh(W_ih x + b_ih + W_hh h + b_hh)``: Elman (1990)."""

    name, label = "rnn", "RNN (tanh)"
    plain = staticmethod(reference.rnn)
    gates = slots = 1
    recurrent_slots = ((slice(0, 1), slice(0, 1)),)

    def step(self, tape: Tape, t: int) -> None:
        (states,) = tape.states
        np.matmul(tape.rows[t], tape.weight, tape.products)
        np.add(tape.scratch[0], tape.gates[t, 0], out=states[t + 1])
        np.tanh(states[t + 1], out=states[t + 1])

    def derive(self, tape: Tape, d_gates: FloatArray) -> None:
        """Fill ``d_gates`` with ``1 - h'^2``."""
        tanh_backward(tape.states[0][1:].swapaxes(0, 1), out=d_gates[0])

    def step_backward(self, d_state: State, tape: Tape, t: int, d_gates: FloatArray) -> State:
        d_gates *= d_state[0]
        self._through_weights(d_gates, tape)
        np.copyto(d_state[0], tape.scratch[0])
        return d_state


@CELLS.register
class GRU(Cell):
    """Gated recurrent unit, Cho et al. (2014), https://arxiv.org/abs/1406.1078, in PyTorch's form.

    ::

        r  = sigmoid(W_ir x + b_ir + W_hr h + b_hr)
        z  = sigmoid(W_iz x + b_iz + W_hz h + b_hz)
        n  = tanh(W_in x + b_in + r * (W_hn h + b_hn))
        h' = (1 - z) * n + z * h
    """

    name, label = "gru", "GRU"
    plain = staticmethod(reference.gru)
    gates = 3  # r, z, n
    slots = 4  # W_hn h + b_hn, r, z, n
    extra_parts = 2  # W_hn h + b_hn, z * (h - n)
    recurrent_slots = ((slice(0, 1), slice(2, 3)), (slice(1, 3), slice(0, 2)))

    def outer_bias(self) -> FloatArray:
        """Return ``b_hr`` and ``b_hz``; ``b_hn`` is inside the product with the reset gate."""
        bias = self.bias.value.copy()
        bias[2] = 0
        return bias

    def outer_bias_backward(self, d_bias: FloatArray) -> None:
        """Accumulate the gradients of ``b_hr`` and ``b_hz``."""
        self.bias.grad[:2] += d_bias[:2]

    def accumulate(self, d_gates: FloatArray, h: FloatArray) -> None:
        """Accumulate the gradients of ``W_hh`` and ``b_hn``, in products over all steps."""
        super().accumulate(d_gates, h)
        self.bias.grad[2] += sum_of_columns(d_gates[0])

    def tape(self, gates: FloatArray, state: State, buffers: Buffers) -> Tape:
        """Return a tape that begins with ``state``, and ``b_hn`` for each sequence on it."""
        tape = super().tape(gates, state, buffers)
        tape.scratch[3] = self.bias.value[2]
        return tape

    def step(self, tape: Tape, t: int) -> None:
        (states,), from_state = tape.states, tape.scratch
        h, h_next, gates = states[t], states[t + 1], tape.gates[t]
        r, z, n = gates[0], gates[1], gates[2]
        from_h, kept = tape.extra[0, t], tape.extra[1, t]
        np.matmul(tape.rows[t], tape.weight, tape.products)
        r_and_z = gates[:2]
        r_and_z += from_state[:2]
        sigmoid(r_and_z, r_and_z)
        np.add(from_state[2], from_state[3], from_h)
        np.multiply(from_h, r, kept)
        n += kept
        np.tanh(n, n)
        np.subtract(h, n, kept)  # h' = n + z * (h - n)
        kept *= z
        np.add(n, kept, h_next)

    def derive(self, tape: Tape, d_gates: FloatArray) -> None:
        """Fill ``d_gates`` with the factors of the gradients by r and n, inside their functions.

        ::

            by n:  dh' (1 - z)                 * (1 - n²)
            by r:  by n * r                    * (W_hn h + b_hn) (1 - r)
            by z:  dh' (1 - z)                 * z (h - n), which is on the tape
        """
        _, d_r, _, d_n = d_gates
        r, _, n = tape.gates.transpose(1, 2, 0, 3, 4)
        np.subtract(1, r, d_r)
        d_r *= tape.extra[0].swapaxes(0, 1)
        tanh_backward(n, d_n)

    def step_backward(self, d_state: State, tape: Tape, t: int, d_gates: FloatArray) -> State:
        (d_h,), r, z = d_state, tape.gates[t, 0], tape.gates[t, 1]
        d_from_h, d_r, d_z, d_n = d_gates[0], d_gates[1], d_gates[2], d_gates[3]
        carried = tape.scratch[3]
        np.multiply(d_h, z, carried)
        d_h -= carried  # dh' (1 - z)
        np.multiply(d_h, tape.extra[1, t], d_z)
        d_n *= d_h
        np.multiply(d_n, r, d_from_h)
        d_r *= d_from_h
        self._through_weights(d_gates, tape)
        np.add.reduce(tape.scratch, axis=0, out=d_h)
        return (d_h,)


@CELLS.register
class LSTM(Cell):
    """Long short-term memory: Hochreiter & Schmidhuber (1997), forget gates by Gers et al. (2000).

    ::

        i = sigmoid(W_ii x + b_ii + W_hi h + b_hi)      f = sigmoid(W_if x + b_if + W_hf h + b_hf)
        g = tanh(W_ig x + b_ig + W_hg h + b_hg)         o = sigmoid(W_io x + b_io + W_ho h + b_ho)
        c' = f * c + i * g                              h' = o * tanh(c')
    """

    name, label = "lstm", "LSTM"
    plain = staticmethod(reference.lstm)
    gates = slots = 4  # i, f, g, o
    state_parts = 2
    extra_parts = 2  # tanh(c'); on the way back: o (1 - tanh(c')²)
    recurrent_slots = ((slice(0, 4), slice(0, 4)),)

    @classmethod
    def start_bias(cls, value: FloatArray, rng: np.random.Generator) -> None:
        """Open the forget gate, so that it begins by remembering (Jozefowicz et al., 2015)."""
        value.reshape(cls.gates, -1)[...] = [[0], [1], [0], [0]]

    def step(self, tape: Tape, t: int) -> None:
        h, c = tape.states
        h_next, c_next = h[t + 1], c[t + 1]
        gates, tanh_c = tape.gates[t], tape.extra[0, t]
        np.matmul(tape.rows[t], tape.weight, tape.products)
        gates += tape.scratch[:4]
        sigmoid(gates[:2], gates[:2])
        np.tanh(gates[2], gates[2])
        sigmoid(gates[3], gates[3])
        i, f, g, o = gates
        np.multiply(f, c[t], c_next)
        np.multiply(i, g, tanh_c)
        c_next += tanh_c
        np.tanh(c_next, tanh_c)
        np.multiply(o, tanh_c, h_next)

    def derive(self, tape: Tape, d_gates: FloatArray) -> None:
        """Fill ``d_gates`` with the factors of the gradients by the gates, inside their functions.

        ::

            by o:   dh' * o (1 - o) tanh(c')        by c':  dc' + dh' * o (1 - tanh(c')²)
            by i:   by c' * i (1 - i) g             by f:   by c' * f (1 - f) c
            by g:   by c' * (1 - g²) i
        """
        d_i, d_f, d_g, d_o = d_gates
        gates = tape.gates.transpose(1, 2, 0, 3, 4)
        i, _, g, o = gates
        tanh_c, d_c = tape.extra.swapaxes(1, 2)
        sigmoid_backward(gates[:2], d_gates[:2])
        d_i *= g
        d_f *= tape.states[1][:-1].swapaxes(0, 1)
        tanh_backward(g, d_g)
        d_g *= i
        sigmoid_backward(o, d_o)
        d_o *= tanh_c
        tanh_backward(tanh_c, d_c)
        d_c *= o

    def step_backward(self, d_state: State, tape: Tape, t: int, d_gates: FloatArray) -> State:
        d_h, d_c = d_state
        d_gates[3] *= d_h
        d_h *= tape.extra[1, t]
        d_c += d_h
        d_gates[:3] *= d_c
        d_c *= tape.gates[t, 1]
        self._through_weights(d_gates, tape)
        np.add.reduce(tape.scratch[:4], axis=0, out=d_h)
        return d_h, d_c


@CELLS.register
class Feedforward(Cell):
    """``h' = tanh(W_ih x + b_ih)``: no recurrence, and nothing is kept of what was read before.

    All that depends on the past has to be looked at, or remembered by the attention.
    """

    name, label = "feedforward", "Feedforward (no memory)"
    plain = staticmethod(reference.feedforward)
    gates = slots = 1
    recurrent_slots = ()

    @classmethod
    def declare(cls, n_in: int, hidden: int) -> dict[str, Declared]:
        """Return the parameters of one direction: those of the input alone."""
        shared = super().declare(n_in, hidden)
        return {name: shared[name] for name in ("weight_ih", "bias_ih")}

    def outer_bias(self) -> FloatArray:
        return np.zeros((1, self.directions, 1, self.hidden), self.bias.value.dtype)

    def outer_bias_backward(self, d_bias: FloatArray) -> None:
        """Accumulate nothing."""

    def tape(self, gates: FloatArray, state: State, buffers: Buffers) -> Tape:
        """Return a tape that begins with ``state``, and has room for no products."""
        states = (buffers.empty(len(gates) + 1, *gates.shape[2:]),)
        states[0][0] = state[0]
        nothing = buffers.empty(0)
        return Tape(gates, states, nothing, nothing, nothing, nothing, nothing)

    def step(self, tape: Tape, t: int) -> None:
        np.tanh(tape.gates[t, 0], out=tape.states[0][t + 1])

    def derive(self, tape: Tape, d_gates: FloatArray) -> None:
        """Fill ``d_gates`` with ``1 - h'^2``."""
        tanh_backward(tape.states[0][1:].swapaxes(0, 1), out=d_gates[0])

    def step_backward(self, d_state: State, tape: Tape, t: int, d_gates: FloatArray) -> State:
        d_gates *= d_state[0]
        d_state[0].fill(0)
        return d_state
