"""A layer of recurrent cells run over a sequence, in one direction or in two at once.

Time comes first: ``(steps, directions, batch, hidden)``. The second direction reads its sequence
from the end, so at loop step ``i`` it is at position ``steps - 1 - i``; :func:`in_loop_order` and
:func:`join_directions` translate.
"""

from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from seqflip.nn.arrays import BoolArray, FloatArray, IntArray
from seqflip.nn.buffers import Buffers
from seqflip.nn.functional import sum_of_columns
from seqflip.nn.layers import sum_by_token
from seqflip.nn.parameters import Parameter
from seqflip.nn.rnn.cells import Cell, State, Tape

T = TypeVar("T", bound=np.generic)


def in_loop_order(x: NDArray[T], directions: int, out: NDArray[T] | None = None) -> NDArray[T]:
    """Give each direction the sequence as it reads it.

    ``(steps, batch, ...)`` becomes ``(steps, directions, batch, ...)``.
    """
    out = np.empty((len(x), directions, *x.shape[1:]), x.dtype) if out is None else out
    out[:, 0] = x
    if directions == 2:
        out[:, 1] = x[::-1]
    return out


def join_directions(states: FloatArray, out: FloatArray) -> FloatArray:
    """Put both directions' states of a position side by side.

    ``(steps, directions, batch, hidden)`` in loop order to ``(steps, batch, directions * hidden)``,
    written to ``out``.
    """
    hidden = states.shape[-1]
    out[..., :hidden] = states[:, 0]
    if states.shape[1] == 2:
        out[..., hidden:] = states[::-1, 1]
    return out


def split_directions(d_joined: FloatArray, directions: int, buffers: Buffers) -> FloatArray:
    """Return the gradient by what :func:`join_directions` joined."""
    steps, batch, width = d_joined.shape
    hidden = width // directions
    out = buffers.empty(steps, directions, batch, hidden)
    out[:, 0] = d_joined[..., :hidden]
    if directions == 2:
        out[:, 1] = d_joined[::-1, :, hidden:]
    return out


class TokenCache(NamedTuple):
    """What :meth:`Recurrent.project_tokens` leaves for its backward pass."""

    tokens: IntArray  # (steps, directions, batch), loop order


class DenseCache(NamedTuple):
    """What :meth:`Recurrent.project` leaves for its backward pass."""

    x: FloatArray  # (steps, directions, batch, n_in), loop order


class RecurrentCache(NamedTuple):
    """What :meth:`Recurrent.forward` leaves for its backward pass."""

    tape: Tape
    pad: (
        BoolArray | None
    )  # (steps, directions, batch, 1), loop order: True where the state is only carried on


class Recurrent:
    """One layer: input weights and a cell.

    Parameters
    ----------
    cell : the kind of cell
    weight_ih : Parameter (directions, gates * hidden, n_in)
    bias_ih : Parameter (directions, gates * hidden)
    weight_hh : Parameter (directions, gates * hidden, hidden), of a cell that has any recurrence
    bias_hh : Parameter (directions, gates * hidden), likewise
    """

    def __init__(
        self,
        cell: type[Cell],
        *,
        weight_ih: Parameter,
        bias_ih: Parameter,
        weight_hh: Parameter | None = None,
        bias_hh: Parameter | None = None,
    ) -> None:
        directions, rows = bias_ih.value.shape
        self.cell: Cell = cell(
            weight_hh or _no_parameter(bias_ih, directions, 0, rows // cell.gates),
            bias_hh or _no_parameter(bias_ih, directions, 0),
        )
        self.directions, self.hidden = self.cell.directions, self.cell.hidden
        by_gate = (self.directions, self.cell.gates, self.hidden)
        # (gates, directions, hidden, n_in) and (gates, directions, 1, hidden)
        self.weight = Parameter(*(part.reshape(*by_gate, -1).swapaxes(0, 1) for part in weight_ih))
        self.bias = Parameter(
            *(part.reshape(by_gate).swapaxes(0, 1)[:, :, None] for part in bias_ih)
        )

    def zero_state(self, batch: int) -> State:
        """Return the state before anything was read."""
        zeros = np.zeros((self.directions, batch, self.hidden), self.weight.value.dtype)
        return (zeros,) * self.cell.state_parts

    # ------------------------------------------------------------------ inputs to gates

    def project_tokens(
        self, tokens: IntArray, embedding: Parameter, buffers: Buffers
    ) -> tuple[FloatArray, TokenCache]:
        """Return the inputs' share of all gates for embedded tokens.

        There are fewer tokens in a vocabulary than in a batch: every token's share is computed
        once, and looked up.

        Parameters
        ----------
        tokens : (steps, directions, batch), loop order
        embedding : Parameter (n_tokens, n_in)
            If it has fewer features than the weights take, it meets the first ones.

        Returns
        -------
        gates : (steps, gates, directions, batch, hidden)
        cache : TokenCache
        """
        weight = self.weight.value[..., : embedding.value.shape[1]]
        table = np.matmul(embedding.value, weight.swapaxes(2, 3))
        table += self.bias.value + self.cell.outer_bias()
        first = len(embedding.value) * np.arange(self.cell.gates * self.directions)
        rows = tokens[:, None] + first.reshape(self.cell.gates, self.directions, 1)
        gates = buffers.empty(*rows.shape, self.hidden)
        # The mode "raise" would copy through a buffer; tokens were checked long before.
        np.take(table.reshape(-1, self.hidden), rows, axis=0, out=gates, mode="clip")
        return gates, TokenCache(tokens)

    def project_tokens_backward(
        self, d_gates: FloatArray, embedding: Parameter, cache: TokenCache, buffers: Buffers
    ) -> None:
        """Accumulate the gradients of embedding, input weights and bias.

        ``d_gates`` is ``(gates, directions, steps * batch, hidden)``.
        """
        n_tokens, n_in = embedding.value.shape
        tokens = cache.tokens.swapaxes(0, 1).reshape(self.directions, -1)
        # (gates, directions, n_tokens, hidden)
        d_table = sum_by_token(d_gates, tokens, n_tokens, buffers)
        self._accumulate_bias(sum_of_columns(d_table))
        self.weight.grad[..., :n_in] += np.matmul(d_table.swapaxes(2, 3), embedding.value)
        embedding.grad[...] += np.matmul(d_table, self.weight.value[..., :n_in]).sum(axis=(0, 1))

    def project(self, x: FloatArray, buffers: Buffers) -> tuple[FloatArray, DenseCache]:
        """Return the inputs' share of all gates for ``x``, ``(steps, batch, n_in)``.

        Its shape is ``(steps, gates, directions, batch, hidden)``.
        """
        ordered = buffers.empty(len(x), self.directions, *x.shape[1:])
        in_loop_order(x, self.directions, out=ordered)
        weight = self.weight.value[..., : x.shape[-1]]
        gates = buffers.empty(len(x), self.cell.gates, self.directions, x.shape[1], self.hidden)
        np.matmul(ordered[:, None], weight.swapaxes(2, 3), out=gates)
        gates += self.bias.value + self.cell.outer_bias()
        return gates, DenseCache(ordered)

    def project_backward(self, d_gates: FloatArray, cache: DenseCache) -> FloatArray:
        """Accumulate the gradients of input weights and bias; return that by ``x``.

        ``d_gates`` is ``(gates, directions, steps * batch, hidden)``, what is returned
        ``(steps, batch, n_in)``.
        """
        steps, _, batch, n_in = cache.x.shape
        self.accumulate_inputs(d_gates, cache)
        by_direction = np.matmul(d_gates, self.weight.value[..., :n_in]).sum(axis=0)
        forwards, *backwards = by_direction.reshape(self.directions, steps, batch, n_in)
        d_x: FloatArray = forwards + backwards[0][::-1] if backwards else forwards
        return d_x

    def accumulate_inputs(self, d_gates: FloatArray, cache: DenseCache) -> None:
        """Accumulate the gradients of input weights and bias."""
        n_in = cache.x.shape[-1]
        x = cache.x.swapaxes(0, 1).reshape(self.directions, -1, n_in)
        self._accumulate_bias(sum_of_columns(d_gates))
        self.weight.grad[..., :n_in] += np.matmul(d_gates.swapaxes(2, 3), x)

    def _accumulate_bias(self, d_bias: FloatArray) -> None:
        """Accumulate the gradients of all biases that are added to the inputs' share."""
        self.bias.grad[...] += d_bias
        self.cell.outer_bias_backward(d_bias)

    # ------------------------------------------------------------------ the recurrence

    def forward(
        self, gates: FloatArray, state: State, pad: BoolArray | None, buffers: Buffers
    ) -> RecurrentCache:
        """Run over all steps; the states are in the returned tape.

        Parameters
        ----------
        gates : (steps, gates, directions, batch, hidden)
            The inputs' share; overwritten by the gates' values.
        state : what to start from, each part (directions, batch, hidden)
        pad : (steps, directions, batch, 1), loop order, optional
            True at padding, where the state stays as it is.
        """
        tape = self.cell.tape(gates, state, buffers)
        for t in range(len(gates)):
            self.cell.step(tape, t)
            if pad is not None:
                for part in tape.states:
                    np.copyto(part[t + 1], part[t], where=pad[t])
        return RecurrentCache(tape, pad)

    def backward(
        self,
        d_output: FloatArray | None,
        d_final: State | None,
        cache: RecurrentCache,
        buffers: Buffers,
    ) -> tuple[FloatArray, State]:
        """Go back over all steps.

        Parameters
        ----------
        d_output : (steps, directions, batch, hidden), loop order, optional
            Gradient by ``h`` after each step.
        d_final : gradient by the last state, optional

        Returns
        -------
        d_gates : (gates, directions, steps * batch, hidden)
            Gradient by the inputs' share of the gates.
        d_state : gradient by the initial state
        """
        walk = BackwardWalk(self, cache, buffers)
        d_state = walk.zero if d_final is None else tuple(part.copy() for part in d_final)
        for t in reversed(range(len(cache.tape.gates))):
            if d_output is not None:
                np.add(d_state[0], d_output[t], out=d_state[0])
            d_state = walk.step(t, d_state)
        return walk.finish(), d_state


def _no_parameter(like: Parameter, *shape: int) -> Parameter:
    return Parameter(*(np.empty(shape, part.dtype) for part in like))


class BackwardWalk:
    """One way back through a layer's steps, from the last to the first, then :meth:`finish`."""

    def __init__(self, layer: Recurrent, cache: RecurrentCache, buffers: Buffers) -> None:
        self.layer, self.tape, self.pad = layer, cache.tape, cache.pad
        steps, _, directions, batch, hidden = cache.tape.gates.shape
        # Steps stand behind slots and directions, where the products over all steps want them.
        self._d_gates = buffers.empty(layer.cell.slots, directions, steps, batch, hidden)
        layer.cell.derive(self.tape, self._d_gates)

    @property
    def zero(self) -> State:
        """A gradient of zeros by a state."""
        return tuple(np.zeros_like(part[0]) for part in self.tape.states)

    def step(self, t: int, d_state: State) -> State:
        """Return the gradient by the state before step ``t``, given that by the state after it.

        What is given may be overwritten.
        """
        back, d_gates = self.layer.cell.step_backward, self._d_gates[:, :, t]
        if self.pad is None:
            return back(d_state, self.tape, t, d_gates)
        carried = [part * self.pad[t] for part in d_state]
        for part, carry in zip(d_state, carried, strict=True):
            part -= carry
        d_state = back(d_state, self.tape, t, d_gates)
        for part, carry in zip(d_state, carried, strict=True):
            part += carry
        return d_state

    def d_inputs(self, t: int) -> FloatArray:
        """Return the gradient by a step's inputs' share: (gates, directions, batch, hidden)."""
        return self._d_gates[-self.layer.cell.gates :, :, t]

    def finish(self) -> FloatArray:
        """Accumulate the recurrent weights' gradients; return that by the inputs' share.

        Its shape is ``(gates, directions, steps * batch, hidden)``.
        """
        slots, directions, _, _, hidden = self._d_gates.shape
        d_gates = self._d_gates.reshape(slots, directions, -1, hidden)
        h = self.tape.states[0][:-1].swapaxes(0, 1).reshape(directions, -1, hidden)
        self.layer.cell.accumulate(d_gates, h)
        return d_gates[-self.layer.cell.gates :]
