"""Trains several models side by side, none a step ahead of the others.

All variants of a race have the same data and the same seed. As the order of the batches has a
random stream of its own, they see the same batches in the same order, whatever else differs.
"""

from collections.abc import Iterator, Sequence
from typing import Protocol


class Steps(Protocol):
    """Something that takes one step after the other."""

    @property
    def step(self) -> int:
        """How many it has taken."""
        ...

    @property
    def over(self) -> bool:
        """Whether there is none left."""
        ...

    def advance(self) -> None:
        """Take the next one."""
        ...


def lockstep(lanes: Sequence[Steps]) -> Iterator[None]:
    """Let all lanes advance step by step, those behind first; yields when no one is behind."""
    while going := [lane for lane in lanes if not lane.over]:
        behind = min(lane.step for lane in going)
        for lane in going:
            if lane.step == behind:
                lane.advance()
        if all(lane.over for lane in going):
            return  # that was no step, but the end
        yield
