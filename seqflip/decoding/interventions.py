"""Interventions: change where the model looks, and see whether its answer changes.

Attention weights show where a model looks, not whether it uses what it sees. That is found out by
experiment: forbid a place, force another, blur the row, and let the model decode on from there.
Each intervention is a small immutable value that says what it does before and after the softmax.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from seqflip.nn import BoolArray, FloatArray, IntArray, Source, softmax

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
    """

    row: int | None

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

    def before(self, given: Scored) -> Scored:
        return given._replace(scores=given.scores / given.scores.dtype.type(self.value))


@dataclass(frozen=True)
class Forbid(AttentionIntervention):
    """Let nothing look at source ``position`` (from 0), as if it were padding."""

    position: int
    row: int | None = None

    def before(self, given: Scored) -> Scored:
        allowed = given.allowed.copy()
        allowed[..., self.position] = False
        return given._replace(allowed=allowed)


@dataclass(frozen=True)
class Force(AttentionIntervention):
    """Put all weight on source ``position`` (from 0)."""

    position: int
    row: int | None = None

    def after(self, weights: FloatArray, given: Scored) -> FloatArray:
        forced = np.zeros_like(weights)
        forced[..., self.position] = 1
        return forced


@dataclass(frozen=True)
class Flatten(AttentionIntervention):
    """Give every position that may be attended to the same weight."""

    row: int | None = None

    def after(self, weights: FloatArray, given: Scored) -> FloatArray:
        return softmax(np.zeros_like(weights), given.allowed)


@dataclass(frozen=True)
class Shuffle(AttentionIntervention):
    """Deal the weights anew among the positions that may be attended to; each seed its own way."""

    seed: int = 0
    row: int | None = None

    def after(self, weights: FloatArray, given: Scored) -> FloatArray:
        source_len = weights.shape[-1]
        places = np.flatnonzero(given.allowed.reshape(-1, source_len).all(axis=0))
        dealt = np.random.default_rng(self.seed).permutation(places)
        shuffled = weights.copy()
        shuffled[..., places] = weights[..., dealt]
        return shuffled


@dataclass(frozen=True)
class Swap:
    """Exchange the tokens at two source positions (from 0) before the encoder reads them."""

    first: int
    second: int


Intervention = Temperature | Forbid | Force | Flatten | Shuffle | Swap


def swapped(tokens: IntArray, interventions: Sequence[Intervention]) -> IntArray:
    """Return the source, ``(source_len,)``, as the encoder is to read it."""
    tokens = tokens.copy()
    for one in interventions:
        if isinstance(one, Swap):
            tokens[[one.first, one.second]] = tokens[[one.second, one.first]]
    return tokens


def attention_interventions(
    interventions: Sequence[Intervention], step: int
) -> list[AttentionIntervention]:
    """Return the interventions in one output step's look."""
    return [
        one
        for one in interventions
        if isinstance(one, AttentionIntervention) and one.row in (None, step)
    ]


def given_to_softmax(chosen: Sequence[AttentionIntervention], given: Scored) -> Scored:
    """Return what the softmax gets after what acts before it, in the given order."""
    for look in chosen:
        given = look.before(given)
    return given


def at_step(source: Source, interventions: Sequence[Intervention], step: int) -> Source:
    """Return the source as it is to be looked at in one output step."""
    chosen = attention_interventions(interventions, step)
    if not chosen:
        return source

    def weigh(
        x: FloatArray, mask: BoolArray | None = None, out: FloatArray | None = None
    ) -> FloatArray:
        allowed = np.ones(x.shape, np.bool_) if mask is None else np.broadcast_to(mask, x.shape)
        given = given_to_softmax(chosen, Scored(x, allowed))
        weights = softmax(given.scores, given.allowed, out=out)
        for look in chosen:
            weights = look.after(weights, given)
        return weights

    return source.weighed_by(weigh)


def check_interventions(interventions: Sequence[Intervention], source_len: int) -> None:
    """Refuse what cannot be done to a source of this length.

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
        for position in positions(one):
            if not 0 <= position < source_len:
                raise ValueError(f"source positions go from 0 to {source_len - 1}, got {position}")
        if isinstance(one, Force) and any(_closes(other, one) for other in interventions):
            raise ValueError(f"source position {one.position} is both forbidden and forced")


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
        and (other.row == forced.row or None in (other.row, forced.row))
    )
