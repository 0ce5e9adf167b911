"""Numbers and vectors in HTML, with the digits that redoing them by hand takes."""

from collections.abc import Iterable, Sequence

import numpy as np
from markupsafe import Markup

from seqflip.nn.arrays import FloatArray

DIGITS = 4
EMPTY = Markup()

_TEN_TO_THE = Markup("{} · 10<sup>{}</sup>").format
_VECTOR = Markup(
    '<span class="vector {role} {kind}" role="img" aria-label="{spoken}" title="{spoken}">'
    "{content}</span>"
).format
_BARS = Markup('<i style="clip-path:polygon(0 50%,{},100% 50%)"></i>').format
_SHAPE = Markup('<small class="shape">({})</small>').format
_TABLE = Markup(
    '<div class="seqflip-scroll" tabindex="0" role="region" aria-label="{kind}">'
    '<table class="seqflip-numbers"><thead><tr>{head}</tr></thead>'
    "<tbody>{body}</tbody>{foot}</table></div>"
).format


def number(x: float, digits: int = DIGITS) -> str:
    """Write a number with so many decimals, and a real minus sign."""
    written = f"{float(x):.{digits}f}"
    if float(written) == 0:
        written = written.removeprefix("-")
    return written.replace("-", "−")


def probability(x: float) -> str:
    """Write a probability; a small one as a power of ten, and a 1 only where it is one."""
    if x >= 0.001:
        return "> 0.9999" if number(x) == "1.0000" and x < 1 else number(x)
    digits, power = f"{x:.2e}".split("e")
    return _TEN_TO_THE(digits, number(int(power), 0))


def vector(
    x: FloatArray, role: str, name: str, *, numbers: bool, largest: float | None = None
) -> Markup:
    """Return a vector as bars up and down, or as its numbers.

    Parameters
    ----------
    x : (n,)
    role : str
        Its colour's class: query, key, value or plain.
    name : str
        What it is called, for those who cannot see it.
    numbers : bool
        Whether to write the numbers.
    largest : float, optional
        What a full bar stands for; its own largest number unless given.
    """
    if largest is None:
        largest = float(np.abs(x).max(initial=0))
    return _VECTOR(
        role=role,
        kind="numbers" if numbers else "bars",
        spoken=f"{name}: {len(x)} numbers from {number(x.min())} to {number(x.max())}",
        content=_cells(x) if numbers else _bars(x / largest if largest else x),
    )


def _cells(x: FloatArray) -> Markup:
    return EMPTY.join(map(Markup("<i>{}</i>").format, map(number, x.tolist())))


def _bars(shares: FloatArray) -> Markup:
    """Return one shape for all numbers, from -1 to 1: a page has thousands of them."""
    width = 100 / len(shares)
    steps = (
        f"{i * width:.3g}% {50 - 48 * share:.0f}%,{(i + 1) * width:.3g}% {50 - 48 * share:.0f}%"
        for i, share in enumerate(shares.tolist())
    )
    return _BARS(",".join(steps))


def shape(*sizes: int) -> Markup:
    """Write an array's shape: ``(12 × 32)``."""
    return _SHAPE(" × ".join(map(str, sizes)))


def bar(share: float) -> Markup:
    """Return a bar from 0 to 1."""
    return Markup('<span class="bar" style="--share:{:.4f}"></span>').format(share)


def table(
    kind: str, head: Sequence[str], rows: Iterable[Markup], foot: Markup | None = None
) -> Markup:
    """Return a table of numbers; what is wider than its place can be scrolled.

    Parameters
    ----------
    kind : str
        What it is called, for those who cannot see it.
    head : sequence of str or Markup
        The columns' titles.
    rows : iterable of Markup
    foot : Markup, optional
        More rows, below a line.
    """
    titles = EMPTY.join(map(Markup('<th scope="col">{}</th>').format, head))
    below = EMPTY if foot is None else Markup("<tfoot>{}</tfoot>").format(foot)
    return _TABLE(kind=kind, head=titles, body=EMPTY.join(rows), foot=below)
