"""The layers without memory: a look-up table, a linear map, and dropout."""

import numpy as np

from seqflip.nn.arrays import FloatArray, IntArray
from seqflip.nn.buffers import Buffers
from seqflip.nn.functional import in_blocks, sum_of_columns
from seqflip.nn.parameters import Parameter
from seqflip.nn.start import Declared, glorot, normal, zeros

EMBEDDING_SCALE = 0.03  # with large ones, many more steps pass before attention finds its places


class Embedding:
    """One learned vector for every token.

    Parameters
    ----------
    weight : (n_tokens, d_model)
    """

    def __init__(self, weight: Parameter) -> None:
        self.weight = weight

    @staticmethod
    def declare(n_tokens: int, d_model: int) -> dict[str, Declared]:
        """Return the parameter: normal, and small."""
        return {"weight": Declared((n_tokens, d_model), normal(EMBEDDING_SCALE))}

    def forward(self, tokens: IntArray) -> FloatArray:
        """Return the vectors of ``tokens``: shape ``(..., d_model)``."""
        return self.weight.value[tokens]

    def backward(self, d_output: FloatArray, tokens: IntArray, buffers: Buffers) -> None:
        """Add the gradient ``d_output``, ``(..., d_model)``, to the rows of ``tokens``."""
        n_tokens, width = self.weight.value.shape
        d_rows = d_output.reshape(1, -1, width)
        self.weight.grad[...] += sum_by_token(d_rows, tokens.reshape(1, -1), n_tokens, buffers)[0]


def sum_by_token(
    d_rows: FloatArray, tokens: IntArray, n_tokens: int, buffers: Buffers
) -> FloatArray:
    """Sum the rows that belong to the same token.

    Parameters
    ----------
    d_rows : (..., directions, n, width)
    tokens : (directions, n)

    Returns
    -------
    (..., directions, n_tokens, width)
    """
    hits = buffers.empty(n_tokens, *tokens.shape)  # lies as it is used
    one_hot(tokens.reshape(-1), hits.reshape(n_tokens, -1).T)
    blocks = in_blocks(d_rows, n_tokens)
    by_block = hits.reshape(n_tokens, len(tokens), *blocks.shape[-3:-1]).transpose(1, 2, 0, 3)
    sums: FloatArray = np.matmul(by_block, blocks).sum(axis=-3)
    return sums


def one_hot(tokens: IntArray, out: FloatArray) -> FloatArray:
    """Fill ``out``, ``(n, n_tokens)``, with a 1 at the place of each of ``tokens``, ``(n,)``.

    The transposed product with it sums gradients token by token, which costs no more than the
    output layer does, and much less than adding them one at a time.
    """
    out.fill(0)
    out[np.arange(len(tokens)), tokens] = 1
    return out


class Linear:
    """``y = x Wᵀ + b``.

    Parameters
    ----------
    weight : (n_out, n_in)
    bias : (n_out,), optional
    """

    def __init__(self, weight: Parameter, bias: Parameter | None = None) -> None:
        self.weight = weight
        self.bias = bias

    @staticmethod
    def declare(n_out: int, n_in: int, *, bias: bool) -> dict[str, Declared]:
        weight = {"weight": Declared((n_out, n_in), glorot())}
        return weight | {"bias": Declared((n_out,), zeros)} if bias else weight

    def forward(self, x: FloatArray, out: FloatArray | None = None) -> FloatArray:
        """Map ``x``, ``(n, n_in)``, to ``(n, n_out)``."""
        y = np.matmul(x, self.weight.value.T, out=out)
        if self.bias is not None:
            y += self.bias.value
        return y

    def backward(
        self, d_output: FloatArray, x: FloatArray, out: FloatArray | None = None
    ) -> FloatArray:
        """Accumulate the parameters' gradients; return the gradient by ``x``, ``(n, n_in)``."""
        self.weight.grad[...] += d_output.T @ x
        if self.bias is not None:
            self.bias.grad[...] += sum_of_columns(d_output)[0]
        d_x = np.empty_like(x) if out is None else out
        blocks = in_blocks(d_output, d_x.shape[1])
        np.matmul(blocks, self.weight.value, out=d_x.reshape(*blocks.shape[:2], -1))
        return d_x


class Dropout:
    """Set a random part of the elements to zero, and scale the others up so that the mean stays.

    Srivastava et al. (2014), https://jmlr.org/papers/v15/srivastava14a.html

    Parameters
    ----------
    rate : float in [0, 1)
        How large a part is dropped.
    """

    def __init__(self, rate: float) -> None:
        self.rate = rate

    def forward(
        self, x: FloatArray, rng: np.random.Generator | None
    ) -> tuple[FloatArray, FloatArray | None]:
        """Return ``x`` with dropout, and the mask of factors for :meth:`backward`.

        Without a generator (when the model is used, not trained) or at rate 0 nothing is dropped.
        """
        if rng is None or self.rate == 0:
            return x, None
        keep = 1 - self.rate
        mask = (rng.random(x.shape, dtype=np.float32) < keep).astype(x.dtype)
        mask /= keep
        return x * mask, mask

    def backward(self, d_output: FloatArray, mask: FloatArray | None) -> FloatArray:
        """Return the gradient by the input."""
        return d_output if mask is None else d_output * mask
