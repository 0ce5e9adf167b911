"""Numbers and vectors in HTML, with the digits that redoing them by hand takes."""

from collections.abc import Sequence

import numpy as np

from seqflip.nn.arrays import FloatArray

DIGITS = 4


def number(x: float, digits: int = DIGITS) -> str:
    """Write a number with so many decimals, and a real minus sign."""
    written = f"{float(x):.{digits}f}"
    if float(written) == 0:
        written = written.removeprefix("-")
    return written.replace("-", "−")


def probability(x: float) -> str:
    """Write a probability; a small one as a power of ten."""
    if x >= 0.001:
        return number(x)
    digits, power = f"{x:.2e}".split("e")
    return f"{digits} · 10<sup>{number(int(power), 0)}</sup>"


def vector(
    x: FloatArray, role: str, name: str, *, numbers: bool, largest: float | None = None
) -> str:
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
    content = _cells(x) if numbers else _bars(x / largest if largest else x)
    spoken = f"{name}: {len(x)} numbers from {number(x.min())} to {number(x.max())}"
    kind = "numbers" if numbers else "bars"
    return (
        f'<span class="vector {role} {kind}" role="img" aria-label="{spoken}" title="{spoken}">'
        f"{content}</span>"
    )


def _cells(x: FloatArray) -> str:
    return "".join(f"<i>{number(value)}</i>" for value in x.tolist())


def _bars(shares: FloatArray) -> str:
    """Return one shape for all numbers, from -1 to 1: a page has thousands of them."""
    width = 100 / len(shares)
    steps = (
        f"{i * width:.3g}% {50 - 48 * share:.0f}%,{(i + 1) * width:.3g}% {50 - 48 * share:.0f}%"
        for i, share in enumerate(shares.tolist())
    )
    return f'<i style="clip-path:polygon(0 50%,{",".join(steps)},100% 50%)"></i>'


def shape(*sizes: int) -> str:
    """Write an array's shape: ``(12 × 32)``."""
    return f'<small class="shape">({" × ".join(map(str, sizes))})</small>'


def bar(share: float) -> str:
    """Return a bar from 0 to 1."""
    return f'<span class="bar" style="--share:{share:.4f}"></span>'


def table(kind: str, head: Sequence[str], rows: Sequence[str], foot: str = "") -> str:
    """Return a table of numbers; what is wider than its place can be scrolled."""
    titles = "".join(f'<th scope="col">{title}</th>' for title in head)
    return (
        f'<div class="seqflip-scroll" tabindex="0" role="region" aria-label="{kind}">'
        f'<table class="seqflip-numbers"><thead><tr>{titles}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody>{f'<tfoot>{foot}</tfoot>' if foot else ''}</table></div>"
    )
