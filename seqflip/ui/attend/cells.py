"""The rows and cells of the tables of numbers, and the lines between them, in HTML."""

from collections.abc import Iterable

from markupsafe import Markup

from seqflip.ui.parts.numbers import EMPTY, bar, number

NOTHING = 0.005  # a weight that is written as 0.00

line = Markup('<div class="line"><span class="name">{}</span>{}<span>{}</span></div>').format
th = Markup('<th scope="row">{}</th>').format
td = Markup("<td>{}</td>").format
wide_td = Markup('<td class="wide">{}</td>').format
formula_p = Markup('<p class="formula">{}</p>').format
told = Markup('<p class="told">{}</p>').format
strong = Markup("<strong>{}</strong>").format


def bar_td(share: float) -> Markup:
    """Return a number from 0 to 1 over its bar."""
    return td(number(share) + bar(float(share)))


def tr(cells: Iterable[Markup], chosen: bool = False, *, weight: float = 1) -> Markup:
    """Return a row; the chosen one stands out, and one of next to no weight recedes."""
    kind = "chosen" if chosen else "idle" if weight < NOTHING else ""
    begin = Markup('<tr class="{}">').format(kind) if kind else Markup("<tr>")
    return begin + EMPTY.join(cells) + Markup("</tr>")
