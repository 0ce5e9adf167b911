"""Multi-head attention with its projections, in the layout of ``torch.nn.MultiheadAttention``.

Self-attention takes queries, keys and values from the same words, in one product; cross-attention
takes queries from the decoder's words and the other two from the encoder's.
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from seqflip.nn.arrays import FloatArray
from seqflip.nn.buffers import Buffers
from seqflip.nn.layers import Linear
from seqflip.nn.looking import Look, Weigh
from seqflip.nn.parameters import Parameter
from seqflip.nn.start import Declared, glorot, zeros
from seqflip.nn.transformer.heads import look, look_backward, split
from seqflip.nn.transformer.masks import Mask
from seqflip.nn.transformer.rotation import Rotation


class KeysValues(NamedTuple):
    """What can be looked at, of all heads side by side."""

    key: FloatArray  # (batch, n, d_model)
    value: FloatArray  # (batch, n, d_model)


class MultiHead:
    """What both share: parameters, and the way out.

    Parameters
    ----------
    parameters : mapping
        What :meth:`declare` names.
    heads : int
    """

    def __init__(self, parameters: Mapping[str, Parameter], heads: int) -> None:
        self.heads = heads
        self.weight, self.bias = parameters["in_proj_weight"], parameters["in_proj_bias"]
        self.d_model = self.weight.value.shape[1]
        self.out = Linear(parameters["out_proj.weight"], parameters["out_proj.bias"])

    @staticmethod
    def declare(d_model: int) -> dict[str, Declared]:
        """Return the parameters; the matrices for query, key and value lie below each other."""
        return {
            "in_proj_weight": Declared((3 * d_model, d_model), glorot(blocks=3)),
            "in_proj_bias": Declared((3 * d_model,), zeros),
            "out_proj.weight": Declared((d_model, d_model), glorot()),
            "out_proj.bias": Declared((d_model,), zeros),
        }

    def _project_out(self, looked: Look, buffers: Buffers) -> FloatArray:
        """Return what was seen, ``(batch * queries, d_model)``."""
        context = looked.context.reshape(-1, self.d_model)
        return self.out.forward(context, out=buffers.empty(*context.shape))

    def _project_out_backward(self, d_y: FloatArray, looked: Look, buffers: Buffers) -> FloatArray:
        """Return the gradient by the context, ``(batch, queries, d_model)``."""
        context = looked.context.reshape(-1, self.d_model)
        d_context = self.out.backward(d_y, context, out=buffers.empty(*context.shape))
        return d_context.reshape(looked.context.shape)


class SelfLook(NamedTuple):
    """What self-attention recorded."""

    x: FloatArray  # (batch * n, d_model)
    look: Look
    rotation: Rotation | None


class SelfAttention(MultiHead):
    """Words look at each other; see :class:`MultiHead`."""

    def __init__(self, parameters: Mapping[str, Parameter], heads: int) -> None:
        super().__init__(parameters, heads)
        self.project = Linear(self.weight, self.bias)

    def forward(
        self,
        x: FloatArray,
        batch: int,
        kept: KeysValues | None,
        mask: Mask | None,
        rotation: Rotation | None,
        weigh: Weigh | None,
        buffers: Buffers,
    ) -> tuple[FloatArray, KeysValues, SelfLook]:
        """Let words look at each other, and at those that are kept.

        Parameters
        ----------
        x : (batch * n, d_model)
        batch : int
        kept : KeysValues, optional
            Of earlier words.
        mask, rotation, weigh
            See :func:`~seqflip.nn.transformer.heads.look`.

        Returns
        -------
        y : (batch * n, d_model)
        kept : KeysValues of all words
        cache : SelfLook
        """
        d = self.d_model
        projected = self.project.forward(x, out=buffers.empty(len(x), 3 * d))
        projected = projected.reshape(batch, -1, 3 * d)
        query, key, value = (projected[..., i : i + d] for i in (0, d, 2 * d))
        if rotation is not None:
            query, key = (self._turned(part, rotation, buffers) for part in (query, key))
        if kept is not None:
            key = np.concatenate([kept.key, key], axis=1)
            value = np.concatenate([kept.value, value], axis=1)
        looked = look(query, key, value, self.heads, mask, weigh, buffers)
        y = self._project_out(looked, buffers)
        return y, KeysValues(key, value), SelfLook(x, looked, rotation)

    def backward(self, d_y: FloatArray, cache: SelfLook, buffers: Buffers) -> FloatArray:
        """Accumulate the parameters' gradients; return that by ``x``. Nothing may be kept."""
        looked, d = cache.look, self.d_model
        d_context = self._project_out_backward(d_y, looked, buffers)
        d_projected = buffers.empty(*looked.context.shape[:2], 3 * d)
        d_query, d_key, d_value = (d_projected[..., i : i + d] for i in (0, d, 2 * d))
        look_backward(d_context, looked, d_query, d_key, d_value, buffers)
        if cache.rotation is not None:
            cache.rotation.turn_back(split(d_query, self.heads))
            cache.rotation.turn_back(split(d_key, self.heads))
        flat = d_projected.reshape(-1, 3 * d)
        return self.project.backward(flat, cache.x, out=buffers.empty(*cache.x.shape))

    def _turned(self, part: FloatArray, rotation: Rotation, buffers: Buffers) -> FloatArray:
        """Return queries or keys, ``(batch, n, d_model)``, turned by where they stand."""
        turned = rotation.turn(split(part, self.heads), buffers)
        return turned.swapaxes(1, 2).reshape(part.shape)


class CrossLook(NamedTuple):
    """What cross-attention recorded."""

    x: FloatArray  # (batch * n, d_model)
    look: Look


class CrossAttention(MultiHead):
    """Words of the decoder look at those of the encoder; see :class:`MultiHead`."""

    def __init__(self, parameters: Mapping[str, Parameter], heads: int) -> None:
        super().__init__(parameters, heads)
        d = self.d_model
        self.query = Linear(
            Parameter(*(part[:d] for part in self.weight)),
            Parameter(*(part[:d] for part in self.bias)),
        )
        self.key_value = Linear(
            Parameter(*(part[d:] for part in self.weight)),
            Parameter(*(part[d:] for part in self.bias)),
        )

    def remember(self, states: FloatArray, batch: int, buffers: Buffers) -> KeysValues:
        """Project the encoder's states, ``(batch * source_len, d_model)``, to keys and values."""
        d = self.d_model
        both = self.key_value.forward(states, out=buffers.empty(len(states), 2 * d))
        both = both.reshape(batch, -1, 2 * d)
        return KeysValues(both[..., :d], both[..., d:])

    def forward(
        self,
        x: FloatArray,
        memory: KeysValues,
        mask: Mask | None,
        weigh: Weigh | None,
        buffers: Buffers,
    ) -> tuple[FloatArray, CrossLook]:
        """Look from words ``x``, ``(batch * n, d_model)``, at the memory."""
        batch = len(memory.key)
        query = self.query.forward(x, out=buffers.empty(*x.shape))
        query = query.reshape(batch, -1, self.d_model)
        looked = look(query, memory.key, memory.value, self.heads, mask, weigh, buffers)
        return self._project_out(looked, buffers), CrossLook(x, looked)

    def backward(
        self, d_y: FloatArray, cache: CrossLook, states: FloatArray, buffers: Buffers
    ) -> tuple[FloatArray, FloatArray]:
        """Accumulate the parameters' gradients; return those by ``x`` and by ``states``.

        ``states``, ``(batch * source_len, d_model)``, are what was remembered.
        """
        looked, d = cache.look, self.d_model
        d_context = self._project_out_backward(d_y, looked, buffers)
        d_query = buffers.empty(*looked.context.shape)
        d_both = buffers.empty(len(d_query), looked.key.shape[2], 2 * d)
        look_backward(d_context, looked, d_query, d_both[..., :d], d_both[..., d:], buffers)
        d_x = self.query.backward(
            d_query.reshape(-1, d), cache.x, out=buffers.empty(*cache.x.shape)
        )
        d_states = self.key_value.backward(
            d_both.reshape(-1, 2 * d), states, out=buffers.empty(*states.shape)
        )
        return d_x, d_states
