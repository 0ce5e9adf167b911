"""What comes in kinds, by name: cells, attentions, optimizers, and what else one may choose.

A kind is registered once, where it is written. Configuration, error messages, pages and tests all
ask the registry, so none of them has a list of its own.
"""

from typing import Protocol, TypeVar


class Kind(Protocol):
    """What every kind says of itself."""

    @property
    def name(self) -> str:
        """As configurations write it."""

    @property
    def label(self) -> str:
        """As pages write it; empty for what no page offers."""


KindT = TypeVar("KindT", bound=Kind)


class Registry(dict[str, KindT]):
    """Kinds of one thing by name, in the order in which they are offered."""

    def register(self, kind: KindT) -> KindT:
        """Add a kind, and return it: written above a class, as a decorator."""
        self[kind.name] = kind
        return kind
