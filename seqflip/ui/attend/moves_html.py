"""How attention that remembers comes to its weights, in HTML: gate, shift, sharpening, location.

As everywhere in the panel, each number can be redone from those beside it.
"""

import numpy as np
from markupsafe import Markup

from seqflip.nn.arrays import FloatArray
from seqflip.nn.functional import softmax
from seqflip.nn.shift import SHIFTS, Moves
from seqflip.ui.as_typed import in_html
from seqflip.ui.attend.cells import bar_td, formula_p, line, strong, td, th, tr, wide_td
from seqflip.ui.attend.letters import K, S
from seqflip.ui.attend.picture import Answer
from seqflip.ui.attend.step_html import Place
from seqflip.ui.parts.numbers import number, shape, table, vector

_worked = Markup('<p class="formula" dir="ltr">{}</p>').format


def gate(answer: Answer, place: Place) -> Markup:
    """Return how content and the weights of the step before are mixed."""
    made, row = Moves(**answer.trace.stages), place.row
    content, before, mixed = made.content[row], made.before[row], made.mixed[row]
    g = float(made.gate[row, 0])
    rows = [
        tr(
            [th(in_html(label)), td(number(content[j])), td(number(before[j])), bar_td(mixed[j])],
            j == place.column,
        )
        for j, label in enumerate(answer.labels[0])
    ]
    sums = [td(number(one.sum())) for one in (content, before, mixed)]
    head = ["input", "content", "step before", "mixed"]
    said = Markup("gate = σ(W<sub>g</sub> {} + b<sub>g</sub>) = {}").format(S, strong(number(g)))
    j = place.column
    worked = _worked(
        Markup("{} × {} + (1 − {}) × {} = {}").format(
            number(g), number(content[j]), number(g), number(before[j]), strong(number(mixed[j]))
        )
    )
    start = "" if row else " Before the first output, all weight lies on the first position."
    how = Markup("<p>The gate says how much is looked for anew; the rest stays where it was.{}</p>")
    return (
        how.format(start)
        + formula_p(said)
        + formula_p("mixed = gate × content + (1 − gate) × step before")
        + table("Gate", head, rows, tr([th("sum"), *sums]))
        + worked
    )


def shift(answer: Answer, place: Place) -> Markup:
    """Return how the mixed weights move by a place."""
    made, row, column = Moves(**answer.trace.stages), place.row, place.column
    shares, mixed, moved = made.shift[row], made.mixed[row], made.moved[row]
    parts = [shares[i] * _beside(mixed, step) for i, step in enumerate(SHIFTS)]
    rows = [
        tr(
            [
                th(in_html(label)),
                td(number(mixed[j])),
                *(td(number(part[j])) for part in parts),
                bar_td(moved[j]),
            ],
            j == column,
        )
        for j, label in enumerate(answer.labels[0])
    ]
    sums = [td(number(one.sum())) for one in (mixed, *parts, moved)]
    head = ["input", "mixed", "from behind", "stays", "from before", "moved"]
    back, stay, on = (strong(number(share)) for share in shares)
    said = Markup("shift = softmax(W<sub>s</sub> {} + b<sub>s</sub>): −1 {}, 0 {}, +1 {}").format(
        S, back, stay, on
    )
    terms = Markup(" + ").join(
        Markup("{} × {}").format(number(shares[i]), number(_beside(mixed, step)[column]))
        for i, step in enumerate(SHIFTS)
    )
    worked = _worked(Markup("{} = {}").format(terms, strong(number(moved[column]))))
    return (
        formula_p(said)
        + formula_p(
            Markup(
                "moved<sub>j</sub> = shift<sub>−1</sub> mixed<sub>j+1</sub> + "
                "shift<sub>0</sub> mixed<sub>j</sub> + shift<sub>+1</sub> mixed<sub>j−1</sub>"
            )
        )
        + table("Shift", head, rows, tr([th("sum"), *sums]))
        + worked
        + Markup("<p>What moves beyond an end is lost; sharpening makes up for it.</p>")
    )


def sharpening(answer: Answer, place: Place) -> Markup:
    """Return how a power makes the moved weights sharp, and what was changed by hand."""
    trace, row, column = answer.trace, place.row, place.column
    made, given, used = Moves(**trace.stages), trace.given_to_softmax(row), trace.weights[row]
    power, moved = float(made.power[row, 0]), made.moved[row]
    powers = np.where(given.allowed, np.exp(given.scores), 0)
    sharp = softmax(given.scores, given.allowed)
    touched = not np.array_equal(given.scores, made.raised[row])
    columns = {"moved": moved, "to the power" + " ÷ temperature" * touched: powers, "weight": sharp}
    if not np.allclose(sharp, used, atol=1e-6):
        columns["as changed"] = used
    *inner, _ = columns.values()
    rows = [
        tr(
            [th(in_html(label)), *(td(number(one[j])) for one in inner), bar_td(used[j])],
            j == column,
        )
        for j, label in enumerate(answer.labels[0])
    ]
    sums = [td(number(one.sum())) for one in columns.values()]
    said = Markup("power = 1 + log(1 + e<sup>W<sub>p</sub> {} + b<sub>p</sub></sup>) = {}").format(
        S, strong(number(power))
    )
    worked = _worked(
        Markup("{} ÷ {} = {}").format(
            number(powers[column]), number(powers.sum()), strong(number(sharp[column]))
        )
    )
    return (
        formula_p(said)
        + formula_p(
            Markup("weight<sub>j</sub> = moved<sub>j</sub><sup>power</sup> ÷ the sum of them all")
        )
        + table("Sharpening", ["input", *columns], rows, tr([th("sum"), *sums]))
        + worked
    )


def location(answer: Answer, place: Place) -> Markup:
    """Return what each position is told of where the step before looked, and its key with that."""
    trace, row = answer.trace, place.row
    before, told = trace.stages["before"][row], trace.stages["location"][row]
    met, d_k = trace.key_at(row), trace.key.shape[1]
    rows = [
        tr(
            [
                th(in_html(label)),
                bar_td(before[j]),
                wide_td(vector(told[j], "plain", f"location {j + 1}", numbers=False)),
                wide_td(vector(trace.key[j], "key", f"key {j + 1}", numbers=False)),
                wide_td(vector(met[j], "key", f"key {j + 1} with location", numbers=False)),
            ],
            j == place.column,
        )
        for j, label in enumerate(answer.labels[0])
    ]
    width = answer.trained.model.parameters()["attention.location.weight"].shape[-1]
    formula = Markup("location<sub>j</sub> = Σ U<sub>i</sub> step before<sub>j+i</sub> {}").format(
        Markup("{} from {}").format(shape(d_k), shape(d_k, width))
    )
    chosen = told[place.column]
    numbers = line("location", vector(chosen, "plain", "location", numbers=True), shape(d_k))
    head = ["input", "step before", "location", K, Markup("{} + location").format(K)]
    return formula_p(formula) + table("Location", head, rows) + numbers


def _beside(weights: FloatArray, step: int) -> FloatArray:
    """Return at each place what moves there by ``step``; nothing comes from beyond the ends."""
    return np.pad(weights, 1)[1 - step : 1 - step + len(weights)]
