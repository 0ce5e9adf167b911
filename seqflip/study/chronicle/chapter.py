"""What a chronicle consists of."""

from typing import Literal, NamedTuple

Kind = Literal["start", "steep", "flat", "rise", "astray", "whole", "heart", "diverged", "still"]


class Chapter(NamedTuple):
    """A sentence, and the steps that it speaks of, both included."""

    kind: Kind
    start: int
    end: int
    text: str
