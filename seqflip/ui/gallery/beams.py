"""A beam's answer beside that of greedy decoding."""

from collections.abc import Sequence
from math import exp
from typing import NamedTuple

from markupsafe import Markup

from seqflip.decoding import Trace, trace
from seqflip.runs.trained import Trained
from seqflip.study.cases import Beamed
from seqflip.study.cases.beams import WIDTH
from seqflip.ui.gallery.pieces import outputs


class Compared(NamedTuple):
    """Both answers to one source."""

    greedy: Trace
    probability: float  # of the beam's best answer
    table: Markup

    @property
    def answer(self) -> list[int]:
        """The tokens of greedy decoding."""
        found: list[int] = self.greedy.outputs.tolist()
        return found


def compared(
    trained: Trained, source: Sequence[int], right: Sequence[int], found: Beamed
) -> Compared:
    """Return what both decodings make of a source."""
    greedy = trace(trained.model.network, source, trained.model.tgt_length)
    rows = {"greedy": greedy.outputs.tolist(), f"beam of {WIDTH}": found.best}
    table = outputs("Greedy decoding and a beam, output by output", trained, right, rows)
    return Compared(greedy, exp(found.search.hypotheses[0].log_probability), table)


def parting(greedy: Trace, right: Sequence[int]) -> tuple[int, float, float]:
    """Return the first wrong output, and there the probability of what it said and of what not."""
    pairs = zip(greedy.outputs.tolist(), right, strict=False)
    step = next(i for i, (said, wanted) in enumerate(pairs) if said != wanted)
    there = greedy.probabilities[step]
    return step, float(there[greedy.outputs[step]]), float(there[right[step]])
