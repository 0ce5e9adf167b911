"""What √d_k is for, in HTML: tables of the experiment, and sentences made of its numbers."""

from collections.abc import Sequence
from typing import Final

from markupsafe import Markup

from seqflip.study.scaling import LENGTH, WIDTHS, Compared, Effect
from seqflip.ui.attend.cells import strong, td, th, tr
from seqflip.ui.parts.numbers import EMPTY, bar, number, table

ASKED: Final = (
    "A product q · k is a sum of d_k terms: the more terms, the farther apart the scores. Here a "
    f"softmax gets {LENGTH} scores as they are, and in the columns ÷ the same divided by √d_k."
)
MEASURED: Final = (
    "spread: standard deviation of a query’s scores. gradient: a random one of length 1 comes back "
    "to the weights; so much of it passes through the softmax to the scores."
)
TRAINED: Final = (
    "And the training that follows? In a race at d_k 256, the undivided scores, which every update "
    "moves sixteen times as far, never learn where to look. At a sixth of that learning rate both "
    "learn, and the undivided ones point sooner."
)
_HEAD: Final = ("d_k", "spread", "÷", "largest weight", "÷", "gradient", "÷")
_P = Markup("<p>{}</p>").format
_SHUT: Final = 0.75  # of the gradient with the division, for that without to be much less
_FLAT: Final = 1.1 / LENGTH  # the largest weight, where all are nearly the same


def assumed(found: Sequence[Compared]) -> Markup:
    """Return what comes out for queries and keys as the paper assumes them."""
    title = strong("Queries and keys of unit variance")
    about = "independent numbers, as Vaswani et al. (2017, footnote 4) assume them."
    return _P(Markup("{}, {} {}").format(title, about, verdict(found))) + _table(title, found)


def own(found: Sequence[Compared], now: Compared, *, transformer: bool, divided: bool) -> Markup:
    """Return what comes out for this model: before any training, and as it is."""
    title = strong("This model before any training")
    sizes = ", with one head and one block, at each width" if transformer else ", at each width"
    first = Markup("{}{}. {}").format(title, sizes, verdict(found))
    name = strong("This model as it is")
    how = "divided" if divided else "not divided"
    second = Markup(
        "{}, on the sequence above: its scores are {}. The largest weight is {} in the mean, {} it "
        "would be {}."
    ).format(name, how, *_with_and_without(now, divided=divided))
    return _P(first) + _table(title, found) + _P(second) + _table(name, [now])


def verdict(found: Sequence[Compared]) -> str:
    """Say what the division changes, in the numbers that were found."""
    narrow, wide = found[0], found[-1]
    widest = max(one.undivided.spread for one in found)
    if max(one.undivided.largest for one in found) < _FLAT:
        return (
            f"Its queries and keys begin so small that undivided scores spread by {_short(widest)} "
            f"at most: all weights are nearly 1/{LENGTH}, and the division changes nothing yet."
        )
    numbers = (
        f"From d_k {WIDTHS[0]} to {WIDTHS[-1]}, undivided scores spread by "
        f"{_short(narrow.undivided.spread)} and {_short(wide.undivided.spread)}, the largest "
        f"weight is {_short(narrow.undivided.largest)} and {_short(wide.undivided.largest)}, and "
        f"the gradient {_short(narrow.undivided.gradient)} and {_short(wide.undivided.gradient)}"
    )
    if wide.undivided.gradient < _SHUT * wide.divided.gradient:
        return (
            f"{numbers}: a softmax that is sure before it has learned anything lets little back. "
            f"Divided, {_short(wide.divided.gradient)} comes back even at {WIDTHS[-1]}."
        )
    return f"{numbers}. Divided, it is {_short(wide.divided.gradient)} at {WIDTHS[-1]}."


def _with_and_without(now: Compared, *, divided: bool) -> tuple[str, str, str]:
    one, other = _short(now.divided.largest), _short(now.undivided.largest)
    return (one, "undivided", other) if divided else (other, "divided", one)


def _table(title: Markup, found: Sequence[Compared]) -> Markup:
    longest = max(max(one.undivided.gradient, one.divided.gradient) for one in found)
    rows = [tr([th(one.d_k), *_cells(one.undivided, one.divided, longest)]) for one in found]
    return table(title.striptags(), _HEAD, rows)


def _cells(undivided: Effect, divided: Effect, longest: float) -> list[Markup]:
    pairs = zip(undivided, divided, (None, 1.0, longest), strict=True)
    return [_cell(x, most) for *both, most in pairs for x in both]


def _cell(x: float, most: float | None) -> Markup:
    return td(number(x, 3) + (bar(x / most) if most else EMPTY))


def _short(x: float) -> str:
    """Write a number with the digits that tell something."""
    return number(x, 1 if x >= 1 else 2 if x >= 0.1 else 3 if x >= 0.01 else 4)
