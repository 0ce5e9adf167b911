"""A trace: one sequence, answered step by step, with every number on the way.

What the model computed is kept as it is; nothing here is computed a second time except what the
network never needs by itself, such as the single terms of a dot product.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from seqflip.decoding.interventions import (
    Intervention,
    Scored,
    at_step,
    attention_interventions,
    check_interventions,
    given_to_softmax,
    swapped,
    weigh_at,
)
from seqflip.nn import (
    CROSS,
    DECODER,
    Attention,
    BoolArray,
    Buffers,
    FloatArray,
    IntArray,
    Look,
    Network,
    Pass,
    Where,
    log_softmax,
    softmax,
)
from seqflip.nn.dot_product import scale_for


@dataclass(frozen=True, eq=False)
class Trace:
    """What a model computed for one source of ``source_len`` tokens, in ``steps`` output steps.

    Attributes
    ----------
    attention : str
        The kind of attention. Without any, ``d_k`` and ``d_v`` are 0 and all weights too.
    scale : float
        What the products are multiplied by to be the scores.
    interventions : tuple
        What was changed by hand.
    source : (source_len,)
        The tokens that were read, marks around them included and swapped ones already swapped.
    inputs : (steps,)
        What the decoder read at each step: the begin symbol, then its own words or the target's.
    outputs : (steps,)
        The likeliest token of each step.
    encoder_states : (source_len, d_model)
        What keys and values are made of.
    encoder_layers : (layers, source_len, d_model)
        What each layer of the encoder put out, the lowest first.
    start_states : (layers, d_model)
        What the decoder starts from: the encoder's last states, the lowest layer first.
    layer_states : (layers, steps, d_model)
        The decoder's states after each step.
    fed : (steps, d_v) or None
        With input feeding, the context of the step before, as the decoder read it.
    query : (steps, d_k)
    key : (source_len, d_k)
    value : (source_len, d_v)
    scores : (steps, source_len)
        Before any intervention, as they enter the softmax.
    weights : (steps, source_len)
        As they were used, interventions included.
    stages : mapping
        What else this kind of attention made on the way, by name, each (steps, ...): of one that
        keeps its place the gate, the shift, the power, and the weights after each of them.
    context : (steps, d_v)
    logits : (steps, vocab_size)
    where : Where
        Which attention layer it was: of a Transformer, that of the last block in the source.
    head : int or None
        Which head looked; None: all together.
    """

    attention: str
    scale: float
    interventions: tuple[Intervention, ...]
    source: IntArray
    inputs: IntArray
    outputs: IntArray
    encoder_states: FloatArray
    encoder_layers: FloatArray
    start_states: FloatArray
    layer_states: FloatArray
    fed: FloatArray | None
    query: FloatArray
    key: FloatArray
    value: FloatArray
    scores: FloatArray
    weights: FloatArray
    stages: Mapping[str, FloatArray]
    context: FloatArray
    logits: FloatArray
    where: Where
    head: int | None
    _attention: Attention
    _network: Network
    _passes: Sequence[Pass]

    @property
    def attends(self) -> bool:
        """Whether there is any attention."""
        return self._attention.attends

    @property
    def is_token(self) -> BoolArray:
        """Whether each place of the source is a token, and not a mark, (source_len,)."""
        found: BoolArray = self.source < self.logits.shape[1]
        return found

    @property
    def decoder_states(self) -> FloatArray:
        """The top layer's states, (steps, d_model): what queries are made of."""
        states: FloatArray = self.layer_states[-1]
        return states

    @cached_property
    def terms(self) -> FloatArray:
        """What each product is the sum of, (steps, source_len, d_k)."""
        return self._attention.terms(self.query, self.compared)

    @cached_property
    def compared(self) -> FloatArray:
        """What queries met: the keys, (source_len, d_k), or (steps, source_len, d_k) of them."""
        return self._attention.compared(self.key, self.stages)

    def key_at(self, row: int) -> FloatArray:
        """Return what an output's query met, (source_len, d_k)."""
        met: FloatArray = self.compared[row] if self.compared.ndim == 3 else self.compared
        return met

    def factors(self, row: int, column: int) -> dict[str, FloatArray]:
        """Return by name what stands between a query and a key and their terms, each (d_k,)."""
        return self._attention.factors(self.query[row], self.key_at(row)[column])

    @property
    def kind(self) -> type[Attention]:
        """The kind of attention, which says how to write its formula."""
        return type(self._attention)

    @cached_property
    def products(self) -> FloatArray:
        """The sums of the terms, (steps, source_len): for dot attention, each query times key."""
        total: FloatArray = self.terms.sum(axis=-1)
        return total

    @cached_property
    def weighted_values(self) -> FloatArray:
        """What each position adds to the context, (steps, source_len, d_v)."""
        shares: FloatArray = self.weights[..., None] * self.value
        return shares

    @cached_property
    def probabilities(self) -> FloatArray:
        """Probability of each token of the vocabulary, (steps, vocab_size)."""
        return softmax(self.logits)

    @cached_property
    def log_probabilities(self) -> FloatArray:
        """Their natural logarithms, (steps, vocab_size)."""
        return log_softmax(self.logits)

    @cached_property
    def output_probabilities(self) -> FloatArray:
        """Probability of each output that was given, (steps,)."""
        given: FloatArray = self.probabilities[np.arange(len(self.outputs)), self.outputs]
        return given

    @property
    def confidence(self) -> float:
        """Probability of the whole answer: the product over its tokens."""
        steps = np.arange(len(self.outputs))
        return float(np.exp(self.log_probabilities[steps, self.outputs].sum(dtype=np.float64)))

    @cached_property
    def entropy(self) -> FloatArray:
        """Entropy of each row of weights in bits, (steps,): 0 for one place, log2 n for n equal."""
        return entropy_in_bits(self.weights)

    @cached_property
    def looks(self) -> dict[Where, Look]:
        """Of a Transformer, what every head compared and found, without the axis of the batch.

        For each attention layer of each kind: ``weights`` is (heads, steps, source_len), or
        (heads, steps, steps) of the decoder in itself. The trace's own arrays, from ``query`` to
        ``context``, are those of the last block's cross-attention: scores and weights as the mean
        over its heads, all else side by side.
        """
        return _looks([self._network.looked(step) for step in self._passes])

    @cached_property
    def between(self) -> list[dict[str, FloatArray]]:
        """Of a Transformer, for each step, all that was computed on the way, by name."""
        return [_without_batch(self._network.between(step)) for step in self._passes]

    @property
    def heads_on_source(self) -> FloatArray:
        """Weights of each head that looks at the source, the lowest layer first.

        ``(heads of all layers, steps, source_len)``; none of a model with one look.
        """
        across = [look.weights for where, look in self.looks.items() if where.kind == CROSS]
        return np.concatenate(across) if across else np.zeros((0, *self.weights.shape))

    @property
    def heads(self) -> int:
        """How many heads look at once."""
        return max((len(look.weights) for look in self.looks.values()), default=1)

    def of_head(self, where: Where, head: int) -> Self:
        """Return the trace as one head of a Transformer looks at the source, or at words."""
        look = self.looks[where]
        d = look.query.shape[-1]
        return replace(
            self,
            where=where,
            head=head,
            scale=scale_for(d),
            query=look.query[head],
            key=look.key[head],
            value=look.value[head],
            scores=look.scores[head],
            weights=look.weights[head],
            context=look.context[:, head * d : (head + 1) * d],
        )

    def up_to(self, places: int) -> Self:
        """Return the trace of a head with the first places alone to look at."""
        return replace(
            self,
            key=self.key[:places],
            value=self.value[:places],
            scores=self.scores[:, :places],
            weights=self.weights[:, :places],
        )

    def given_to_softmax(self, row: int) -> Scored:
        """Return what made a row's weights as interventions left it, and where it could look.

        It is the scores, or what the last softmax gets of an attention that has two.
        """
        given = self.stages.get("raised", self.scores)[row]
        everywhere = self.untouched(row)._replace(scores=given)
        chosen = attention_interventions(self.interventions, self.where, row)
        ours = [one for one in chosen if self.head is None or one.head in (None, self.head)]
        return given_to_softmax(ours, everywhere, of_head=self.head)

    def untouched(self, row: int) -> Scored:
        """Return a row's scores as they were, with nothing forbidden."""
        return Scored(self.scores[row], np.ones(self.scores.shape[1], np.bool_))

    def logits_with(self, row: int, more: Sequence[Intervention]) -> FloatArray:
        """Return a step's logits if ``more`` were changed in it, ``(vocab_size,)``.

        All steps before it stay as they are, so nothing else is decoded again.
        """
        done, network = self._passes[row], self._network
        source = at_step(done.source, [*self.interventions, *more], row)
        state = self._passes[row - 1].state if row else source.start
        word = np.array([[self.inputs[row]]])
        logits: FloatArray = network.decode(
            word, state, source, None, Buffers(network.dtype)
        ).logits[0, 0]
        return logits

    def top(self, n: int) -> IntArray:
        """Return the ``n`` likeliest tokens of each step, best first: (steps, n)."""
        order: IntArray = np.argsort(-self.logits, axis=-1, kind="stable")[:, :n]
        return order


def trace(
    network: Network,
    source: ArrayLike,
    tgt_length: int,
    *,
    target: ArrayLike | None = None,
    limit: int | None = None,
    interventions: Sequence[Intervention] = (),
) -> Trace:
    """Answer one source greedily, and keep every number.

    Parameters
    ----------
    network : Network
    source : (source_len,)
        Token ids, without zeros.
    tgt_length : int
        The longest target that it was trained for: the answer may have as many tokens, or as many
        as the source, whichever is more.
    target : (steps,), optional
        Forces the decoder: at each step it reads the target of the step before, instead of its own
        word. A 0 may stand at the end alone.
    limit : int, optional
        The number of steps at most, if nothing is forced, in place of those two.
    interventions : sequence of Intervention
        What to change by hand; the network decodes on from what it then answers.

    Returns
    -------
    Trace

    Raises
    ------
    TypeError, ValueError
        If tokens are no ids of the network's vocabulary, or an intervention does not fit the
        source.

    Examples
    --------
    >>> from seqflip.decoding import Forbid, trace
    >>> network, length = model.network, model.tgt_length                       # doctest: +SKIP
    >>> trace(network, [3, 1, 4], length).weights.round(2)                      # doctest: +SKIP
    >>> forbidden = [Forbid(position=2)]
    >>> trace(network, [3, 1, 4], length, interventions=forbidden).outputs      # doctest: +SKIP
    """
    tokens = _checked("source", source, 1, network.vocab_size)
    read = network.marked(tokens[None])[0]
    check_interventions(interventions, len(read), network.looks)
    read = swapped(read, interventions)
    if target is None:
        steps = max(tgt_length, len(tokens)) if limit is None else limit
        if steps < 1:
            raise ValueError(f"limit must be at least 1, got {limit}")
        passes, inputs = _decode(network, read, interventions, steps, None)
    else:
        forced = _checked("target", target, 0, network.vocab_size)
        passes, inputs = _decode(network, read, interventions, len(forced), forced)
    return _gathered(network, read, tuple(interventions), passes, inputs)


def _decode(
    network: Network,
    tokens: IntArray,
    interventions: Sequence[Intervention],
    limit: int,
    forced: IntArray | None,
) -> tuple[list[Pass], list[int]]:
    """Take one step after the other; return them, and what the decoder read at each."""
    buffers = Buffers(network.dtype)
    source = network.read_marked(tokens[None], None, buffers, weigh_at(interventions, None))
    state, token = source.start, network.begin
    passes: list[Pass] = []
    inputs: list[int] = []
    for t in range(limit):
        inputs.append(token)
        looked_at = at_step(source, interventions, t)
        passes.append(network.decode(np.array([[token]]), state, looked_at, None, buffers))
        state = passes[-1].state
        token = int(passes[-1].logits.argmax()) if forced is None else int(forced[t])
        if forced is None and token == 0:
            break
    return passes, inputs


def _gathered(
    network: Network,
    tokens: IntArray,
    interventions: tuple[Intervention, ...],
    passes: list[Pass],
    inputs: list[int],
) -> Trace:
    """Put the steps' arrays below each other."""
    source = passes[0].source
    looked = [step.looked for step in passes]
    logits = np.concatenate([step.logits[0] for step in passes])
    fed = [step.fed[0] for step in passes if step.fed is not None]
    return Trace(
        attention=network.architecture.attention,
        scale=network.attention.scale,
        interventions=interventions,
        source=tokens,
        inputs=np.array(inputs),
        outputs=logits.argmax(axis=1),
        encoder_states=source.states[0],
        encoder_layers=source.layer_states[:, 0],
        start_states=source.start.by_layer[:, 0],
        layer_states=np.concatenate([step.layer_states[:, 0] for step in passes], axis=1),
        fed=np.concatenate(fed) if fed else None,
        query=np.concatenate([one.query[0] for one in looked]),
        key=source.memory.key[0],
        value=source.memory.value[0],
        scores=np.concatenate([one.scores[0] for one in looked]),
        weights=np.concatenate([one.weights[0] for one in looked]),
        stages={
            name: np.concatenate([one.stages[name][0] for one in looked])
            for name in looked[0].stages
        },
        context=np.concatenate([step.context[0] for step in passes]),
        logits=logits,
        where=Where(CROSS, network.looks.layers - 1 if network.looks is not None else 0),
        head=None,
        _attention=network.attention,
        _network=network,
        _passes=passes,
    )


def entropy_in_bits(weights: FloatArray) -> FloatArray:
    """Return the entropy of each row, ``(..., n)`` to ``(...)``: from 0 to log2 n."""
    used = np.where(weights > 0, weights, 1)
    bits: FloatArray = -(used * np.log2(used)).sum(axis=-1)
    return np.maximum(bits, 0)


def _looks(passes: list[dict[Where, Look]]) -> dict[Where, Look]:
    """Put the steps' looks below each other; the encoder's are the same in all of them."""
    found = {}
    for where in passes[0]:
        steps = [Look(*(part[0] for part in one[where])) for one in passes]
        if where.kind in (DECODER, CROSS):
            keys = steps[-1].key.shape[1]
            found[where] = Look(
                np.concatenate([one.query for one in steps], axis=1),
                steps[-1].key,
                steps[-1].value,
                np.concatenate([_wider(one.scores, keys, -np.inf) for one in steps], axis=1),
                np.concatenate([_wider(one.weights, keys, 0) for one in steps], axis=1),
                np.concatenate([one.context for one in steps]),
            )
        else:
            found[where] = steps[0]
    return found


def _wider(x: FloatArray, width: int, value: float) -> FloatArray:
    """Fill the rows of ``x`` up, where words did not exist yet."""
    missing = width - x.shape[-1]
    return np.pad(x, ((0, 0), (0, 0), (0, missing)), constant_values=value)


def _without_batch(named: dict[str, FloatArray]) -> dict[str, FloatArray]:
    """Return arrays of one sequence without the axis of the batch, where they have one."""
    return {name: x[0] if x.ndim > 2 else x for name, x in named.items()}


def _checked(name: str, tokens: ArrayLike, lowest: int, vocab_size: int) -> IntArray:
    """Return tokens as an integer array ``(length,)`` that has a 0 at its end at most."""
    array = np.asarray(tokens)
    if array.ndim != 1 or array.size == 0:
        raise ValueError(
            f"{name} must be one sequence of at least one token, got shape {array.shape}"
        )
    if array.dtype.kind not in "iu":
        raise TypeError(f"{name} must hold integer token ids, got {array.dtype}")
    low, high = int(array.min()), int(array.max())
    if low < lowest or high >= vocab_size:
        wrong = low if low < lowest else high
        raise ValueError(
            f"{name} must hold token ids from {lowest} to {vocab_size - 1}, got {wrong}"
        )
    if (array[:-1] == 0).any():
        raise ValueError(f"{name} may hold 0 only at its end, got a token after a 0")
    return array.astype(np.int64)
