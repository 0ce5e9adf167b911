"""What reading gives: the pairs, what was left out of them, and what was decided."""

from collections import Counter
from dataclasses import dataclass, field, replace
from itertools import chain, islice
from typing import Final, NamedTuple

from seqflip.config.section import quantity
from seqflip.data.words import UNKNOWN

REPEATED: Final = "it repeats an earlier line"
CONTRADICTED: Final = "an earlier line gives its source another target"

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
    lines : list of int
        In which line each stands.
    left_out : list of LeftOut
        The lines that are no pairs, in their order.
    decisions : list of str
        What was decided in reading them, in sentences.
    """

    sources: list[list[str]]
    targets: list[list[str]]
    lines: list[int]
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


def without_long(pairs: Pairs, max_tokens: int | None) -> Pairs:
    """Leave out the pairs that have more tokens on a side; None leaves out none.

    Raises
    ------
    ValueError
        If all of them do.
    """
    if max_tokens is None:
        return pairs
    reason = f"a side of it has more than {quantity(max_tokens, 'token')}"
    reasons = [
        reason if max(len(source), len(target)) > max_tokens else None
        for source, target in zip(pairs.sources, pairs.targets, strict=True)
    ]
    return _without(pairs, reasons)


def with_rare_unknown(pairs: Pairs, min_count: int) -> Pairs:
    """Read tokens that occur less often as one; sources that are alike then are told apart no more.

    Raises
    ------
    ValueError
        If all tokens are so rare.
    """
    counts = Counter(chain.from_iterable(chain(pairs.sources, pairs.targets)))
    rare = {token for token, count in counts.items() if count < min_count}
    if not rare:
        return pairs
    if len(rare) == len(counts):
        raise ValueError(f"no token occurs {quantity(min_count, 'time')}")
    sources, targets = (
        [[UNKNOWN if token in rare else token for token in one] for one in side]
        for side in (pairs.sources, pairs.targets)
    )
    answers: dict[tuple[str, ...], list[str]] = {}
    reasons: list[str | None] = []
    for source, target in zip(sources, targets, strict=True):
        known = answers.setdefault(tuple(source), target)
        alike = REPEATED if known == target else CONTRADICTED
        reasons.append(None if known is target else alike)
    occur = "occurs" if len(rare) == 1 else "occur"
    told = (
        f"{quantity(len(rare), 'token')} that {occur} less than {quantity(min_count, 'time')} "
        f"{'is' if len(rare) == 1 else 'are'} read as {UNKNOWN}"
    )
    decisions = [*pairs.decisions, told]
    return _without(replace(pairs, sources=sources, targets=targets, decisions=decisions), reasons)


def _without(pairs: Pairs, reasons: list[str | None]) -> Pairs:
    """Leave out each pair for which there is a reason."""
    kept = [i for i, reason in enumerate(reasons) if reason is None]
    if not kept:
        raise ValueError(f"there is no pair left: {reasons[0]}")
    more = [
        LeftOut(line, reason)
        for line, reason in zip(pairs.lines, reasons, strict=True)
        if reason is not None
    ]
    return replace(
        pairs,
        sources=[pairs.sources[i] for i in kept],
        targets=[pairs.targets[i] for i in kept],
        lines=[pairs.lines[i] for i in kept],
        left_out=sorted([*pairs.left_out, *more]),
    )
