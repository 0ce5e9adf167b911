"""Up to four chapters, in the order in which they began."""

from typing import Final, NamedTuple

from seqflip.study.chronicle.answers import whole_answers
from seqflip.study.chronicle.chapter import Chapter, Kind
from seqflip.study.chronicle.curves import Curves, known
from seqflip.study.chronicle.fall import by_heart, fall_of
from seqflip.study.chronicle.order import order_of
from seqflip.study.chronicle.rest import rest_of
from seqflip.study.chronicle.turn import finer, turn_of

MOST = 4  # chapters

_IMPORTANCE: tuple[Kind, ...] = (
    *("diverged", "heart", "whole", "rise", "astray", "steep", "flat", "start", "still"),
)


class Chronicle(NamedTuple):
    """The chapters in the order in which they began, and which curve was first half-way."""

    chapters: list[Chapter]
    order: str


NOTHING: Final = Chronicle([], "")


def chronicle(curves: Curves) -> Chronicle:
    """Tell what happened, in up to four chapters."""
    loss, exact = known(curves.loss), known(curves.exact)
    aligned, whose, chance = finer(curves)
    found = [
        *fall_of(loss, curves.chance.loss),
        *turn_of(aligned, whose, chance),
        *whole_answers(exact),
        *by_heart(loss, known(curves.held_out_loss)),
        *rest_of(loss, aligned, exact),
    ]
    if curves.diverged is not None:
        step = curves.diverged
        text = f"At step {step:,} training diverges: its numbers are no longer finite."
        found.append(Chapter("diverged", step, step, text))
    kept = sorted(found, key=lambda one: _IMPORTANCE.index(one.kind))[:MOST]
    told = sorted((one for one in found if one in kept), key=lambda one: (one.start, one.end))
    return Chronicle(told, order_of(loss, aligned, exact))
