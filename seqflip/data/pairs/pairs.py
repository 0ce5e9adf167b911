"""What reading gives: the pairs, what was left out of them, and what was decided."""

from dataclasses import dataclass, field
from itertools import islice
from typing import Final, NamedTuple

_SHOWN: Final = 3  # lines that a sentence names
_REASONS: Final = 5  # that are told one by one


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
        lines: dict[str, list[int]] = {}
        for one in self.left_out:
            lines.setdefault(one.reason, []).append(one.line)
        for reason, its in islice(lines.items(), _REASONS):
            named = ", ".join(map(str, its[:_SHOWN])) + (", …" if len(its) > _SHOWN else "")
            said.append(
                f"{len(its):,} lines were left out: {reason} (lines {named})"
                if len(its) > 1
                else f"line {its[0]} was left out: {reason}"
            )
        if more := sum(map(len, islice(lines.values(), _REASONS, None))):
            said.append(f"{more:,} more lines were left out for other reasons")
        return said
