"""How the attention turns to the true places, or does not."""

from seqflip.runs.thinning import Line
from seqflip.study.chronicle.chapter import Chapter
from seqflip.study.chronicle.curves import Curves, first, known
from seqflip.study.chronicle.numbers import percent, span

LEAST_RISE = 0.15  # of the alignment
FEW = 5  # points of a rise
BEGUN, DONE = 0.1, 0.9  # of a rise


def finer(curves: Curves) -> tuple[Line, str, float | None]:
    """Return the alignment of this sequence; of held-out ones, if only they show how it rises."""
    own, held_out = known(curves.alignment), known(curves.held_out_alignment)
    points = _points_until_there(own)
    if points < FEW and points < _points_until_there(held_out):
        return held_out, "on held-out sequences", curves.chance.held_out_alignment
    return own, "of this sequence", curves.chance.alignment


def _points_until_there(line: Line) -> int:
    found = rise(line)
    return 0 if found is None else found[1] + 1


def rise(line: Line) -> tuple[int, int] | None:
    """Return the places where a rise has not yet begun, and where most of it is done."""
    if len(line.step) < 2:
        return None
    begin, height = line.value[0], line.value.max() - line.value[0]
    if height < LEAST_RISE:
        return None
    begun = first(line, begin + BEGUN * height)
    done = first(line, begin + DONE * height)
    assert begun is not None
    assert done is not None
    return begun - 1, done


def turn_of(line: Line, whose: str, chance: float | None) -> list[Chapter]:
    """Tell when the attention turns to the true places, or that it does not find them."""
    if len(line.step) < 2:
        return []
    step, value = line.step.tolist(), line.value.tolist()
    alike = "" if chance is None else f"; looking anywhere alike gives {percent(chance)}"
    if (found := rise(line)) is not None:
        i, j = found
        text = (
            f"From step {step[i]:,} to {step[j]:,} the attention turns to the true places: the "
            f"alignment {whose} rises from {percent(value[i])} to {percent(value[j])}{alike}."
        )
        return [Chapter("rise", step[i], step[j], text)]
    if chance is None or max(value) >= chance + LEAST_RISE:
        return []
    text = (
        f"The attention does not find the true places: the alignment {whose} stays "
        f"{span(percent(min(value)), percent(max(value)))}{alike}."
    )
    return [Chapter("astray", step[0], step[-1], text)]
