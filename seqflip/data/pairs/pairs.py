"""What reading gives: the pairs, what was left out of them, and what was decided."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Final, NamedTuple

_SHOWN: Final = 3  # lines that a sentence names


class LeftOut(NamedTuple):
    """A line that is no pair."""

    line: int  # as an editor counts them, from 1
    reason: str


@dataclass(frozen=True)
class Pairs:
    """Sources and their targets, each a list of tokens; all sources are distinct.

    Attributes
    ----------
    sources, targets : list of list of str
    left_out : list of LeftOut
        The lines that are no pairs, in their order.
    decisions : list of str
        What was decided in reading them, in sentences.
    """

    sources: list[list[str]]
    targets: list[list[str]]
    left_out: list[LeftOut] = field(default_factory=list)
    decisions: list[str] = field(default_factory=list)

    @property
    def remarks(self) -> list[str]:
        """What was decided and left out, in sentences, one for each reason."""
        said = list(self.decisions)
        for reason, count in Counter(one.reason for one in self.left_out).items():
            lines = [one.line for one in self.left_out if one.reason == reason][:_SHOWN]
            named = ", ".join(map(str, lines)) + (", …" if count > _SHOWN else "")
            said.append(
                f"{count:,} lines were left out: {reason} (lines {named})"
                if count > 1
                else f"line {lines[0]} was left out: {reason}"
            )
        return said
