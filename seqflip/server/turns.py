"""Whose turn it is: places go round the visitors, however many runs each of them has started."""

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from typing import TypeVar

_Visitor = TypeVar("_Visitor", bound=Hashable)


def fair_order(waiting: Sequence[_Visitor], training: Iterable[_Visitor]) -> list[int]:
    """Return in which order those that wait get a place, as indices.

    Next is who has the fewest runs in training, and of these who has waited longest.

    Parameters
    ----------
    waiting : sequence of visitors
        Whose each waiting run is, in the order in which they came.
    training : visitors
        Whose each run is that has a place.

    Examples
    --------
    >>> fair_order(["a", "a", "b"], ["a"])
    [2, 0, 1]
    """
    has = Counter(training)
    left = list(range(len(waiting)))
    order = []
    while left:
        following = min(left, key=lambda place: has[waiting[place]])
        has[waiting[following]] += 1
        left.remove(following)
        order.append(following)
    return order


def has_more_than_its_share(one: _Visitor, other: _Visitor, training: Iterable[_Visitor]) -> bool:
    """Whether a run of the first visitor should make place for one of the other."""
    has = Counter(training)
    return one != other and has[one] > has[other]
