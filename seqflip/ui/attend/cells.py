"""The rows and cells of the tables of numbers, and the lines between them, in HTML."""

from collections.abc import Iterable

from markupsafe import Markup

from seqflip.ui.parts.numbers import EMPTY, bar, number

line = Markup('<div class="line"><span class="name">{}</span>{}<span>{}</span></div>').format
th = Markup('<th scope="row">{}</th>').format
td = Markup("<td>{}</td>").format
wide_td = Markup('<td class="wide">{}</td>').format
formula_p = Markup('<p class="formula">{}</p>').format
strong = Markup("<strong>{}</strong>").format


def bar_td(share: float) -> Markup:
    """Return a number from 0 to 1 over its bar."""
    return td(number(share) + bar(float(share)))


def tr(cells: Iterable[Markup], chosen: bool = False) -> Markup:
    """Return a row; the chosen one stands out."""
    row = Markup('<tr class="chosen">{}</tr>') if chosen else Markup("<tr>{}</tr>")
    return row.format(EMPTY.join(cells))
