"""How tokens and numbers are written, the same on every page."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from seqflip.data.vocabulary import MARKS
from seqflip.nn import Looks

BEGIN, END = MARKS
"""How the marks are written that no one types: not as words, of which any may be a token."""

_SUBSCRIPT_DIGITS: Final = "₀₁₂₃₄₅₆₇₈₉"
_SUBSCRIPTS: Final = str.maketrans("0123456789", _SUBSCRIPT_DIGITS)


def distinct(tokens: Sequence[str]) -> list[str]:
    """Tell repeated tokens apart by their order: ``3 5 3`` becomes ``3₁ 5 3₂``."""
    often = Counter(tokens)
    seen: Counter[str] = Counter()
    labels = []
    for token in tokens:
        seen[token] += 1
        number = str(seen[token]).translate(_SUBSCRIPTS) if often[token] > 1 else ""
        labels.append(token + number)
    return labels


def shortened(label: str, most: int) -> str:
    """Return a label of at most so many characters, its number among equal ones at the end kept."""
    if len(label) <= most:
        return label
    word = label.rstrip(_SUBSCRIPT_DIGITS)
    number = label[len(word) :]
    return word[: max(most - len(number) - 1, 1)] + "…" + number


def name_of_head(layer: int, head: int, layers: int) -> str:
    """Return what a head of a Transformer is called, its layer only where there are several."""
    return f"head {head + 1}" if layers == 1 else f"{layer + 1} · head {head + 1}"


def names_of_heads(looks: Looks | None) -> list[str]:
    """Return the names of all heads of a kind, the lowest layer first; none where there is one."""
    if looks is None or looks.layers * looks.heads == 1:
        return []
    return [
        name_of_head(layer, head, looks.layers)
        for layer in range(looks.layers)
        for head in range(looks.heads)
    ]


def with_end(tokens: Sequence[str], end: str) -> list[str]:
    """Write the token that ends a sequence as a mark."""
    return [END if token == end else token for token in tokens]


def sentence(text: object) -> str:
    """Write what an error says as a sentence that stands alone."""
    said = str(text)
    return said[:1].upper() + said[1:] + ("" if said.endswith(".") else ".")


def percent(share: float | None) -> str:
    """Write a share: ``0.9945`` becomes ``99.5 %``, and only a whole one becomes ``100.0 %``."""
    if share is None:
        return "–"
    shown = f"{100 * share:.1f}"
    if shown == "100.0" and share < 1:
        shown = "99.9"
    return f"{shown} %"


def sure(share: float) -> str:
    """Write the confidence in an answer: a small one is not 0."""
    return percent(share) if share >= 0.001 else "under 0.1 %"


def short_share(share: float) -> str:
    """Write a probability in two digits, and a 1 only where it is one: ``.93``, ``>.99``."""
    if share >= 0.995:
        return "1" if share == 1 else ">.99"
    return f"{share:.2f}".removeprefix("0")


def product(shares: Sequence[float], most: int = 3) -> str:
    """Write a product of probabilities, of many the least sure ones: ``.931 × .574 × …``."""
    least = sorted(sorted(range(len(shares)), key=shares.__getitem__)[:most])
    factors = [_factor(shares[i]) for i in least]
    return " × ".join([*factors, "…"] if len(shares) > most else factors)


def _factor(share: float) -> str:
    written = f"{share:.3f}"
    return {"0.000": "<.001", "1.000": "1"}.get(written, written.removeprefix("0"))


def duration(seconds: float | None) -> str:
    """Write a time as people say it: ``4.2 s``, ``3 min 20 s``, ``2 h 5 min``."""
    if seconds is None:
        return "–"
    if seconds < 10:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def roughly(seconds: float) -> str:
    """Write an estimate of a time in one unit: ``4 s``, ``20 min``, ``2 h``."""
    for size, unit in ((3600, "h"), (60, "min")):
        if seconds >= 0.98 * size:
            return f"{round(seconds / size)} {unit}"
    return f"{max(1, round(seconds))} s"


def significant(value: float | None, digits: int = 4) -> str:
    """Write a number with so many significant digits, and small ones as powers of ten."""
    if value is None:
        return "–"
    return f"{value:#.{digits}g}".removesuffix(".")
