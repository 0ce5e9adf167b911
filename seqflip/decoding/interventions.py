"""Interventions: change where the model looks, and see whether its answer changes.

Attention weights show where a model looks, not whether it uses what it sees. That is found out by
experiment: forbid a place, force another, blur the row, and let the model decode on from there.
Each intervention is a small immutable value that says what it does before and after the softmax.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from seqflip.nn import (
    CROSS,
    KINDS,
    BoolArray,
    FloatArray,
    IntArray,
    Looks,
    Source,
    WeighAt,
    Where,
    softmax,
)
from seqflip.nn.looking import Weigh

ScalarT = TypeVar("ScalarT", bound=np.generic)

COLDEST, HOTTEST = 1e-3, 1e3


class Scored(NamedTuple):
    """What the softmax gets; both are (..., source_len)."""

    scores: FloatArray
    allowed: BoolArray  # True: may be attended to


class AttentionIntervention:
    """An intervention in how an output looks at the source.

    Attributes
    ----------
    row : int, optional
        The output step that it is for, from 0; None: every one.
    layer, head : int, optional
        In a Transformer, the block and the head that it is for, from 0; None: every one.
    kind : str
        The kind of look that it changes: a name in :data:`seqflip.nn.looking.KINDS`.
    """

    row: int | None
    layer: int | None
    head: int | None
    kind: str = CROSS

    def before(self, given: Scored) -> Scored:
        """Return what the softmax gets instead of ``given``."""
        return given

    def after(self, weights: FloatArray, given: Scored) -> FloatArray:
        """Return what is used instead of the ``weights`` that the softmax made of ``given``."""
        return weights


@dataclass(frozen=True)
class Temperature(AttentionIntervention):
    """Divide the scores by ``value``: below 1 the weights get sharper, above 1 flatter."""

    value: float
    row: int | None = None
    layer: int | None = None
    head: int | None = None

    def before(self, given: Scored) -> Scored:
        return given._replace(scores=given.scores / given.scores.dtype.type(self.value))


@dataclass(frozen=True)
class Forbid(AttentionIntervention):
    """Let nothing look at source ``position`` (from 0), as if it were padding."""

    position: int
    row: int | None = None
    layer: int | None = None
    head: int | None = None

    def before(self, given: Scored) -> Scored:
        allowed = given.allowed.copy()
        allowed[..., self.position] = False
        return given._replace(allowed=allowed)


@dataclass(frozen=True)
class Force(AttentionIntervention):
    """Put all weight on source ``position`` (from 0)."""

    position: int
    row: int | None = None
    layer: int | None = None
    head: int | None = None

    def after(self, weights: FloatArray, given: Scored) -> FloatArray:
        forced = np.zeros_like(weights)
        forced[..., self.position] = 1
        return forced


@dataclass(frozen=True)
class Flatten(AttentionIntervention):
    """Give every position that may be attended to the same weight."""

    row: int | None = None
    layer: int | None = None
    head: int | None = None

    def after(self, weights: FloatArray, given: Scored) -> FloatArray:
        return softmax(np.zeros_like(weights), given.allowed)


@dataclass(frozen=True)
class Shuffle(AttentionIntervention):
    """Deal the weights anew among the positions that may be attended to; each seed its own way."""

    seed: int = 0
    row: int | None = None
    layer: int | None = None
    head: int | None = None

    def after(self, weights: FloatArray, given: Scored) -> FloatArray:
        source_len = weights.shape[-1]
        places = np.flatnonzero(given.allowed.reshape(-1, source_len).all(axis=0))
        dealt = np.random.default_rng(self.seed).permutation(places)
        shuffled = weights.copy()
        shuffled[..., places] = weights[..., dealt]
        return shuffled


@dataclass(frozen=True)
class SwitchOff(AttentionIntervention):
    """Let a head of a Transformer see nothing: what is missed then is what it was worth."""

    layer: int
    head: int
    kind: str = CROSS
    row: int | None = None

    def after(self, weights: FloatArray, given: Scored) -> FloatArray:
        return np.zeros_like(weights)


@dataclass(frozen=True)
class Swap:
    """Exchange the tokens at two source positions (from 0) before the encoder reads them."""

    first: int
    second: int


Intervention = Temperature | Forbid | Force | Flatten | Shuffle | SwitchOff | Swap


def swapped(tokens: IntArray, interventions: Sequence[Intervention]) -> IntArray:
    """Return the source, ``(source_len,)``, as the encoder is to read it."""
    tokens = tokens.copy()
    for one in interventions:
        if isinstance(one, Swap):
            tokens[[one.first, one.second]] = tokens[[one.second, one.first]]
    return tokens


def attention_interventions(
    interventions: Sequence[Intervention], where: Where, step: int | None
) -> list[AttentionIntervention]:
    """Return the interventions in one look, in an output step where it belongs to one."""
    return [
        one
        for one in interventions
        if isinstance(one, AttentionIntervention)
        and one.kind == where.kind
        and one.layer in (None, where.layer)
        and one.row in (None, step)
    ]


def given_to_softmax(
    chosen: Sequence[AttentionIntervention], given: Scored, of_head: int | None = None
) -> Scored:
    """Return what the softmax gets after what acts before it, in the given order.

    With ``of_head``, ``given`` is of that head alone, and so is what was chosen.
    """
    for one in chosen:
        if of_head is not None:
            given = one.before(given)
            continue
        changed = one.before(_of_head(one, given))
        given = Scored(
            _with_head(one, given.scores, changed.scores),
            _with_head(one, given.allowed, changed.allowed),
        )
    return given


def _of_head(one: AttentionIntervention, given: Scored) -> Scored:
    """Return what belongs to the head that an intervention is for."""
    if one.head is None:
        return given
    return Scored(given.scores[:, one.head], given.allowed[:, one.head])


def _with_head(
    one: AttentionIntervention, whole: NDArray[ScalarT], changed: NDArray[ScalarT]
) -> NDArray[ScalarT]:
    """Put what was changed of one head back among the others."""
    if one.head is None:
        return changed
    whole = whole.copy()
    whole[:, one.head] = changed
    return whole


def weigh_at(interventions: Sequence[Intervention], step: int | None) -> WeighAt:
    """Return how looks make weights of scores under interventions, in an output step."""

    def at(where: Where) -> Weigh | None:
        chosen = attention_interventions(interventions, where, step)

        def weigh(
            x: FloatArray, mask: BoolArray | None = None, out: FloatArray | None = None
        ) -> FloatArray:
            allowed = np.ones(x.shape, np.bool_) if mask is None else np.broadcast_to(mask, x.shape)
            given = given_to_softmax(chosen, Scored(x, allowed))
            weights = softmax(given.scores, given.allowed, out=out)
            for one in chosen:
                own = weights if one.head is None else weights[:, one.head]
                weights = _with_head(one, weights, one.after(own, _of_head(one, given)))
            return weights

        return weigh if chosen else None

    return at


def at_step(source: Source, interventions: Sequence[Intervention], step: int) -> Source:
    """Return the source as it is to be looked at in one output step."""
    return source.weighed_by(weigh_at(interventions, step)) if interventions else source


def check_interventions(
    interventions: Sequence[Intervention], source_len: int, looks: Looks | None = None
) -> None:
    """Refuse what cannot be done to a source of this length, or to a model of these looks.

    Raises
    ------
    ValueError
        If a number is outside what is possible, or a position is both forbidden and forced.
    """
    for one in interventions:
        if isinstance(one, AttentionIntervention) and one.row is not None and one.row < 0:
            raise ValueError(f"rows are counted from 0, got {one.row}")
        if isinstance(one, Temperature) and not COLDEST <= one.value <= HOTTEST:
            raise ValueError(f"temperature must be from {COLDEST} to {HOTTEST:g}, got {one.value}")
        if isinstance(one, Shuffle) and one.seed < 0:
            raise ValueError(f"the seed of a shuffle must not be negative, got {one.seed}")
        if isinstance(one, AttentionIntervention):
            _check_look(one, looks)
        for position in positions(one):
            if not 0 <= position < source_len:
                raise ValueError(f"source positions go from 0 to {source_len - 1}, got {position}")
        if isinstance(one, Force) and any(_closes(other, one) for other in interventions):
            raise ValueError(f"source position {one.position} is both forbidden and forced")


def _check_look(one: AttentionIntervention, looks: Looks | None) -> None:
    if one.kind not in KINDS:
        raise ValueError(f"kind must be one of {', '.join(KINDS)}, got {one.kind!r}")
    for name, value in (("layer", one.layer), ("head", one.head)):
        if value is None:
            continue
        if looks is None:
            raise ValueError(f"{name} must be None for a model with one look, got {value}")
        there_are = looks.layers if name == "layer" else looks.heads
        if not 0 <= value < there_are:
            raise ValueError(f"{name} must be from 0 to {there_are - 1}, got {value}")


def positions(one: Intervention) -> tuple[int, ...]:
    """Return the source positions that an intervention speaks of."""
    if isinstance(one, Swap):
        return one.first, one.second
    return (one.position,) if isinstance(one, Forbid | Force) else ()


def _closes(other: Intervention, forced: Force) -> bool:
    """Whether ``other`` forbids, in some row, what is forced there."""
    return (
        isinstance(other, Forbid)
        and other.position == forced.position
        and (other.layer == forced.layer or None in (other.layer, forced.layer))
        and (other.head == forced.head or None in (other.head, forced.head))
        and (other.row == forced.row or None in (other.row, forced.row))
    )
