"""What √d_k is for, in HTML: tables of the experiment, and sentences made of its numbers."""

from collections.abc import Sequence
from typing import Final

from markupsafe import Markup

from seqflip.study.scaling import LENGTH, Compared, Effect
from seqflip.ui.attend.cells import strong, td, th, tr
from seqflip.ui.attend.letters import K, Q
from seqflip.ui.parts.numbers import EMPTY, bar, number, probability, table

_D: Final = Markup("d<sub>k</sub>")
ASKED: Final = Markup(
    "<p>A product {q} · {k} is a sum of {d} terms: the more terms, the farther apart the scores. "
    "Here a softmax gets {n} scores as they are, and in the columns ÷ the same divided by √{d}.</p>"
    '<p class="told">Spread: the standard deviation of a query’s scores. Gradient: a random one of '
    "length 1 comes back to the weights; so much of it passes through the softmax to the scores."
    "</p>"
).format(q=Q, k=K, d=_D, n=LENGTH)
TRAINED: Final = Markup(
    "<p>And the training that follows? In a race at {} 256, the undivided scores, which every "
    "update moves sixteen times as far, never learn where to look. At a sixth of that learning "
    "rate both learn, and the undivided ones point sooner.</p>"
).format(_D)
_HEAD: Final = (_D, "spread", "÷", "largest weight", "÷", "gradient", "÷")
_P = Markup("<p>{}</p>").format
_SHUT: Final = 0.75  # of the gradient with the division, for that without to be much less
_FLAT: Final = 1.2 / LENGTH  # the largest weight, where all are nearly the same


def assumed(found: Sequence[Compared]) -> Markup:
    """Return what comes out for queries and keys as the paper assumes them."""
    title = strong("Queries and keys of unit variance")
    about = "independent numbers, as Vaswani et al. (2017, footnote 4) assume them"
    return _P(Markup("{}, {}. {}").format(title, about, verdict(found))) + _table(title, found)


def own(found: Sequence[Compared], now: Compared, *, divided: bool) -> Markup:
    """Return what comes out for this model: before any training, and as it is."""
    title = strong("This model before any training")
    about = "its first states, and queries and keys made of them at each width"
    first = Markup("{}: {}. {}").format(title, about, verdict(found))
    name = strong("This model as it is")
    used, other = now.divided.largest, now.undivided.largest
    how, otherwise = "divided", "undivided"
    if not divided:
        used, other, how, otherwise = other, used, "not divided", "divided"
    second = Markup(
        "{}, in the table above: its scores are {}, and the largest weight is {}; {} it would be "
        "{}."
    ).format(name, how, probability(used), otherwise, probability(other))
    return _P(first) + _table(title, found) + _P(second) + _table(name, [now])


def verdict(found: Sequence[Compared]) -> Markup:
    """Say what the division changes, in the numbers that were found."""
    narrow, wide = found[0], found[-1]
    widest = max(one.undivided.spread for one in found)
    largest = max(one.undivided.largest for one in found)
    if largest < _FLAT:
        return Markup(
            "They are so small that undivided scores spread by {} at most. The "
            "largest weight is {}, hardly more than 1/{} = {}: so far the division changes next to "
            "nothing."
        ).format(_short(widest), number(largest), LENGTH, number(1 / LENGTH))
    ends = (_short(x) for both in zip(narrow.undivided, wide.undivided, strict=True) for x in both)
    numbers = Markup(
        "Undivided, from {} {} to {}, the spread goes from {} to {}, the largest weight from {} to "
        "{}, and the gradient from {} to {}"
    ).format(_D, narrow.d_k, wide.d_k, *ends)
    kept = _short(wide.divided.gradient)
    if wide.undivided.gradient < _SHUT * wide.divided.gradient:
        return numbers + Markup(
            ": a softmax that is sure before anything was learned lets little back. Divided, {} "
            "comes back even at {}."
        ).format(kept, wide.d_k)
    return numbers + Markup(". Divided, it is {} there.").format(kept)


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
