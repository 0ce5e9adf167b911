"""The model as its users meet it: checked input, plain arrays and dictionaries out."""

from collections.abc import Collection, Mapping
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from seqflip.config import LARGEST_SEED, ModelConfig
from seqflip.data import check_tokens
from seqflip.decoding import greedy
from seqflip.learning.evaluation import evaluate
from seqflip.learning.fitting import fit
from seqflip.learning.metrics import counted
from seqflip.nn import (
    ARCHITECTURES,
    ATTENTIONS,
    CELLS,
    NORMS,
    POSITIONS,
    Architecture,
    Buffers,
    FloatArray,
    IntArray,
    make_network,
    softmax_cross_entropy,
    softmax_cross_entropy_backward,
)
from seqflip.system.memory import memory_limit, readable_bytes

_EVALUATED = ("loss", "accuracy", "sequence_accuracy", "alignment")


class Seq2SeqAttentionModel:
    """An encoder-decoder with attention.

    Parameters
    ----------
    vocab_size : int
        Token ids are ``0 .. vocab_size - 1``; 0 pads and ends.
    src_length, tgt_length : int
        Longest source and target. Longer ones are computed as well: these are what it is made for.
    d_model : int
        Width of embedding, encoder states and decoder states; even if ``bidirectional``.
    d_k, d_v : int
        Widths of queries and keys, and of values.
    architecture : "recurrent" or "transformer"
        ``d_k``, ``d_v``, and what stands from ``cell`` to ``input_feeding`` but for ``layers``, is
        of the first; what stands from ``heads`` to ``max_positions`` is of the second.
    cell : "gru", "lstm", "rnn" or "feedforward"
    layers : int
    bidirectional : bool
        Whether the encoder reads in both directions, each of width ``d_model / 2``.
    attention : "scaled_dot", "dot", "additive", "none", "shift", "location" or "location_dot"
    input_feeding : bool
        Whether the decoder's input includes the context of the step before.
    source_marks : bool
        Whether the encoder reads a mark before the source and one behind it.
    dropout : float in [0, 1)
    heads, feed_forward : int
        Heads of each attention, and the width of the hidden layers behind them; 0: there are none.
    norm : "before" or "after"
    positions : "sinusoidal", "learned", "rotary", "randomised" or "none"
    max_positions : int
        How many places there are, for learned and randomised positions.
    seed : int, optional
        Decides the first weights, and all chance in :meth:`train`. None: different every time.
    dtype : "float32" or "float64"

    Raises
    ------
    TypeError, ValueError
        If an argument is not what is described above.
    """

    def __init__(
        self,
        vocab_size: int,
        src_length: int,
        tgt_length: int,
        d_model: int,
        d_k: int,
        d_v: int,
        *,
        architecture: str = "recurrent",
        cell: str = "gru",
        layers: int = 1,
        bidirectional: bool = True,
        attention: str = "scaled_dot",
        input_feeding: bool = False,
        source_marks: bool = False,
        dropout: float = 0.0,
        heads: int = 4,
        feed_forward: int = 128,
        norm: str = "before",
        positions: str = "sinusoidal",
        max_positions: int = 128,
        seed: int | None = None,
        dtype: DTypeLike = "float32",
    ) -> None:
        sizes = {
            "vocab_size": vocab_size,
            "src_length": src_length,
            "tgt_length": tgt_length,
            "d_model": d_model,
            "d_k": d_k,
            "d_v": d_v,
            "layers": layers,
            "heads": heads,
            "max_positions": max_positions,
        }
        for name, value in sizes.items():
            _check_whole(name, value, low=2 if name == "vocab_size" else 1)
        _check_whole("feed_forward", feed_forward, low=0)
        _check_choice("architecture", architecture, ARCHITECTURES, default="recurrent")
        _check_choice("cell", cell, CELLS, default="gru")
        _check_choice("attention", attention, ATTENTIONS, default="scaled_dot")
        _check_choice("norm", norm, NORMS, default="before")
        _check_choice("positions", positions, POSITIONS, default="sinusoidal")
        if architecture == "transformer":
            _check_heads(d_model, heads, positions)
            if POSITIONS[positions].counts and max_positions < max(src_length, tgt_length):
                raise ValueError(
                    f"max_positions must be at least {max(src_length, tgt_length)}, "
                    f"the longest sequence, got {max_positions}"
                )
        elif bidirectional and d_model % 2:
            raise ValueError(f"d_model must be even with two directions, got {d_model}")
        if input_feeding and not ATTENTIONS[attention].attends:
            raise ValueError(f"input_feeding must be False when attention is {attention}")
        _check_number("dropout", dropout)
        if not 0 <= dropout < 1:
            raise ValueError(f"dropout must be at least 0 and less than 1, got {dropout}")
        if np.dtype(dtype) not in (np.float32, np.float64):
            raise ValueError(f"dtype must be float32 or float64, got {np.dtype(dtype)}")
        if seed is not None:
            _check_whole("seed", seed, low=0, high=LARGEST_SEED)
        given = {
            "d_model": d_model,
            "d_k": d_k,
            "d_v": d_v,
            "cell": cell,
            "layers": layers,
            "bidirectional": bidirectional,
            "attention": attention,
            "input_feeding": input_feeding,
            "source_marks": source_marks,
            "dropout": dropout,
            "heads": heads,
            "feed_forward": feed_forward,
            "norm": norm,
            "positions": positions,
            "max_positions": max_positions,
        }
        kind = ARCHITECTURES[architecture]
        described = kind.described(
            vocab_size=vocab_size, **{name: given[name] for name in kind.settings}
        )
        _check_memory(described, np.dtype(dtype).itemsize)
        self.src_length, self.tgt_length, self.seed = src_length, tgt_length, seed
        self.network = make_network(described, dtype)
        self.network.initialise(np.random.default_rng(seed))

    @classmethod
    def from_config(
        cls,
        model: ModelConfig,
        vocab_size: int,
        src_length: int,
        tgt_length: int,
        seed: int | None = None,
    ) -> Self:
        """Return a model of a configuration's ``model`` section, for data of these sizes."""
        settings = model.model_dump()
        widths = (settings.pop(name) for name in ("d_model", "d_k", "d_v"))
        return cls(vocab_size, src_length, tgt_length, *widths, **settings, seed=seed)

    @property
    def vocab_size(self) -> int:
        """The number of token ids, 0 included."""
        return self.network.vocab_size

    @property
    def parameter_count(self) -> int:
        """The number of trained numbers."""
        return self.network.parameters.flat.size

    def parameters(self) -> dict[str, FloatArray]:
        """Return all parameters by name: live views, in the layout of ``torch.nn``."""
        return dict(self.network.parameters.values)

    def load_parameters(self, parameters: Mapping[str, ArrayLike]) -> None:
        """Take over parameters, as :meth:`parameters` names them.

        Raises
        ------
        ValueError
            If a name, a shape or a value cannot be; the model is then as it was.
        """
        own = self.network.parameters.values
        wrong = sorted(own.keys() ^ parameters.keys())
        if wrong:
            state = "missing" if wrong[0] in own else "unknown"
            raise ValueError(f"parameter {wrong[0]} is {state}; this model has {', '.join(own)}")
        arrays = {name: _as_array(name, value) for name, value in parameters.items()}
        for name, array in arrays.items():
            if array.shape != own[name].shape:
                raise ValueError(
                    f"parameter {name} must have shape {own[name].shape}, got {array.shape}"
                )
            with np.errstate(over="ignore"):  # what float32 cannot hold is not finite in it
                finite = array.dtype.kind == "f" and np.isfinite(array.astype(own[name].dtype))
            if not np.all(finite):
                raise ValueError(f"parameter {name} must hold finite floating-point numbers only")
        self.network.parameters.assign(arrays)

    def loss_and_gradients(
        self, x_src: ArrayLike, x_tgt: ArrayLike
    ) -> tuple[float, dict[str, FloatArray]]:
        """Return the mean loss per counted token and its gradient by every parameter.

        With full teacher forcing and without dropout; the model stays as it is.

        Parameters
        ----------
        x_src : (n, source_len)
        x_tgt : (n, target_len)
        """
        src, tgt = self.check_pairs(x_src, x_tgt)
        network, buffers = self.network, Buffers(self.network.dtype)
        done = network.forward(src, network.shifted(tgt), None, buffers)
        logits = done.logits.reshape(-1, self.vocab_size)
        result = softmax_cross_entropy(logits, tgt.reshape(-1), counted(tgt).reshape(-1))
        network.parameters.zero_grad()
        network.backward(
            softmax_cross_entropy_backward(result).reshape(done.logits.shape), done, buffers
        )
        return result.loss, {name: grad.copy() for name, grad in network.parameters.grads.items()}

    def train(
        self,
        x_src: ArrayLike,
        x_tgt: ArrayLike,
        epochs: int,
        learning_rate: float,
        batch_size: int,
        verbose: bool = True,
        validation: tuple[ArrayLike, ArrayLike] | None = None,
    ) -> dict[str, list[float]]:
        """Train with Adam, and return what was reached after each epoch.

        Parameters
        ----------
        x_src : (n, source_len)
        x_tgt : (n, target_len)
        epochs : int
        learning_rate : float
        batch_size : int
        verbose : bool
            Whether to print a line an epoch.
        validation : (x_src, x_tgt), optional
            Held-out data.

        Returns
        -------
        dict
            ``loss`` and ``accuracy``, one number an epoch; with held-out data also
            ``val_loss``, ``val_accuracy`` and ``val_sequence_accuracy``.
        """
        _check_whole("epochs", epochs)
        _check_whole("batch_size", batch_size)
        _check_number("learning_rate", learning_rate)
        if not 0 < learning_rate < np.inf:
            raise ValueError(f"learning_rate must be positive and finite, got {learning_rate}")
        pairs = self.check_pairs(x_src, x_tgt)
        held_out = None if validation is None else self.check_pairs(*validation)
        return fit(
            self.network, pairs, held_out, epochs, learning_rate, batch_size, verbose, self.seed
        )

    def evaluate(
        self, x_src: ArrayLike, x_tgt: ArrayLike, alignment: ArrayLike | None = None
    ) -> dict[str, float]:
        """Return ``loss`` (teacher-forced), ``accuracy`` and ``sequence_accuracy`` (free-running).

        Parameters
        ----------
        x_src : (n, source_len)
        x_tgt : (n, target_len)
        alignment : (n, target_len, source_len) boolean, optional
            Where each output comes from. With it, and unless the model has no attention, the result
            has ``alignment``: the mean attention mass there.
        """
        src, tgt = self.check_pairs(x_src, x_tgt)
        truth = None if alignment is None else np.asarray(alignment, np.bool_)
        expected = (*tgt.shape, src.shape[1])
        if truth is not None and truth.shape != expected:
            raise ValueError(f"alignment must have shape {expected}, got {truth.shape}")
        found = evaluate(self.network, src, tgt, truth)
        result = {name: getattr(found, name) for name in _EVALUATED}
        return {name: value for name, value in result.items() if value is not None}

    def predict(self, x_src: ArrayLike) -> IntArray:
        """Answer by greedy decoding.

        Parameters
        ----------
        x_src : (n, source_len)

        Returns
        -------
        (n, tgt_length) token ids, zeros behind the end
        """
        src = check_tokens("x_src", x_src, self.vocab_size)
        source = self.network.read(src, None, Buffers(self.network.dtype))
        return greedy(self.network, source, self.tgt_length)

    def check_pairs(self, x_src: ArrayLike, x_tgt: ArrayLike) -> tuple[IntArray, IntArray]:
        """Return sources and targets as integer arrays, after checking them."""
        src = check_tokens("x_src", x_src, self.vocab_size)
        tgt = check_tokens("x_tgt", x_tgt, self.vocab_size, empty_rows=True)
        if len(src) != len(tgt):
            raise ValueError(
                f"x_src and x_tgt must have the same number of rows, got {len(src)} and {len(tgt)}"
            )
        return src, tgt


def _check_whole(name: str, value: object, low: int = 1, high: int | None = None) -> None:
    if isinstance(value, bool) or not isinstance(value, int | np.integer):
        raise TypeError(f"{name} must be a whole number, got {value!r}")
    if value < low or (high is not None and value > high):
        valid = f"at least {low}" if high is None else f"from {low} to {high:,}"
        raise ValueError(f"{name} must be {valid}, got {value}")


def _check_number(name: str, value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float | np.integer | np.floating):
        raise TypeError(f"{name} must be a number, got {value!r}")


def _as_array(name: str, value: ArrayLike) -> FloatArray:
    try:
        return np.asarray(value)
    except Exception as error:  # a tensor of another package says in its own way why it is none
        raise ValueError(f"parameter {name} cannot be read as an array: {error}") from None


def _check_heads(d_model: int, heads: int, positions: str) -> None:
    if d_model % heads:
        raise ValueError(f"heads must divide d_model, {d_model}, got {heads}")
    if POSITIONS[positions].rotates and d_model // heads % 2:
        raise ValueError(
            f"heads must leave each an even part of d_model, {d_model}, with rotary positions, "
            f"got {heads}"
        )


def _check_memory(architecture: Architecture, itemsize: int) -> None:
    """Refuse what cannot be trained here, before anything is allocated."""
    count = architecture.parameter_count
    needed, limit = 6 * itemsize * count, memory_limit()  # weights, gradients, Adam, best and good
    if needed > limit:
        raise ValueError(
            f"a model of {count:,} parameters takes {readable_bytes(needed)} of memory to train, "
            f"and there is {readable_bytes(limit)}"
        )


def _check_choice(name: str, value: object, kinds: Collection[str], default: str) -> None:
    if value not in kinds:
        choices = list(kinds)
        first = choices.index(default)  # the sentence begins with it, and goes round
        choices = choices[first:] + choices[:first]
        raise ValueError(f"{name} must be one of {', '.join(choices)}, got {value!r}")
