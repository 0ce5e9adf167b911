"""One output, step by step, in HTML: from the decoder's state to the word that it says.

Every number is the model's own, taken from the trace; the formulas beside them say how each follows
from those above, so that any can be redone with a pocket calculator.
"""

from typing import NamedTuple

import numpy as np
from markupsafe import Markup

from seqflip.nn.arrays import FloatArray
from seqflip.nn.functional import softmax
from seqflip.ui.as_typed import in_html
from seqflip.ui.attend.cells import bar_td, formula_p, line, strong, td, th, told, tr, wide_td
from seqflip.ui.attend.letters import C, K, Q, S, V
from seqflip.ui.attend.picture import Answer
from seqflip.ui.parts.numbers import EMPTY, number, shape, table, vector

TOP = 10
_TERMS = 8  # of a sum, that are all written out

_POWER = Markup("e<sup>{} − max</sup>").format


class Place(NamedTuple):
    """Which output is looked into, and at which input."""

    row: int
    column: int


def state(answer: Answer, place: Place, *, numbers: bool) -> Markup:
    """Return what the decoder read, and the state that it is in then."""
    trace = answer.trace
    read = strong(in_html(answer.word(int(trace.inputs[place.row]))))
    layers, _, width = trace.layer_states.shape
    fed = EMPTY
    if trace.fed is not None:
        fed = line(
            "context of the step before, read with it",
            vector(trace.fed[place.row], "value", "fed context", numbers=numbers),
            shape(trace.fed.shape[1]),
        )
    lines = []
    for layer, states in enumerate(trace.layer_states):
        name = f"layer {layer + 1}" if layers > 1 else Markup("{} after this step").format(S)
        strip = vector(states[place.row], "plain", f"state, layer {layer + 1}", numbers=numbers)
        lines.append(line(name, strip, shape(width)))
    said = Markup("<p>The decoder reads {} and updates its state.</p>").format(read)
    return said + fed + EMPTY.join(lines)


def query(answer: Answer, place: Place, *, numbers: bool) -> Markup:
    """Return the query."""
    trace = answer.trace
    d_model, d_k = trace.decoder_states.shape[1], trace.query.shape[1]
    formula = Markup("{} = W<sub>q</sub> {}").format(Q, S)
    strip = vector(trace.query[place.row], "query", "query", numbers=numbers)
    sizes = Markup("{} = {} {}").format(shape(d_k), shape(d_k, d_model), shape(d_model))
    return line(formula, strip, sizes) + told("The query: what this output looks for.")


class _Column(NamedTuple):
    """A column of numbers, one an input."""

    title: str
    values: FloatArray
    summed: bool = False


def scores(answer: Answer, place: Place) -> Markup:
    """Return each input's score, and the softmax that makes weights of them."""
    trace, row = answer.trace, place.row
    given, used = trace.given_to_softmax(row), trace.weights[row]
    name = "weight"
    if "content" in trace.stages:  # what is done by hand comes later
        name = "content"
        given, used = trace.untouched(row), trace.stages["content"][row]
    by_softmax = softmax(given.scores, given.allowed)
    top = given.scores[given.allowed].max(initial=-np.inf)
    powers = np.where(given.allowed, np.exp(np.minimum(given.scores - top, 0)), 0)
    columns = [_Column(_product_formula(answer), trace.products[row])]
    if trace.scale != 1:
        columns.append(_Column(f"÷ √{trace.query.shape[1]}", trace.scores[row]))
    if not np.array_equal(given.scores, trace.scores[row]):
        columns.append(_Column("÷ temperature", given.scores))
    columns.append(_Column(_POWER("score"), powers, summed=True))
    columns.append(_Column(name, by_softmax, summed=True))
    if not np.allclose(by_softmax, used, atol=1e-6):
        columns.append(_Column("as changed", used, summed=True))
    rows = []
    for j, label in enumerate(answer.labels[0]):
        key = vector(trace.key_at(row)[j], "key", f"key {j + 1}", numbers=False)
        rows.append(
            tr(
                [
                    th(in_html(label)),
                    wide_td(key),
                    *(td(number(column.values[j])) for column in columns[:-1]),
                    bar_td(used[j]),
                ],
                j == place.column,
                weight=used[j],
            )
        )
    sums = (td(number(one.values.sum()) if one.summed else "") for one in columns)
    foot = tr([th("sum"), td(""), *sums])
    head = ["input", K, *(column.title for column in columns)]
    power, weight = powers[place.column], by_softmax[place.column]
    worked = Markup('<p class="formula" dir="ltr">{} of {} = {} ÷ {} = {}</p>').format(
        name,
        in_html(answer.labels[0][place.column]),
        number(power),
        number(powers.sum()),
        strong(number(weight)),
    )
    explained = _why_they_sum_to_1(name, powers)
    return (
        _score_formula(answer) + table("Scores and weights", head, rows, foot) + worked + explained
    )


def _why_they_sum_to_1(name: str, powers: FloatArray) -> Markup:
    """Say why a softmax's weights add up to 1, in this row's own numbers."""
    total = powers.sum()
    if not total:
        return Markup('<p class="told">There is nothing that it may look at: all are 0.</p>')
    written = [number(one) for one in powers]
    if len(written) > _TERMS:
        written[3:-1] = ["…"]
    return Markup(
        '<p class="told">Each {name} is its own e<sup>…</sup> over the sum of all, so together '
        'they are that sum over itself: <span dir="ltr">({terms}) ÷ {total} = 1</span>. What one '
        "input gains, the others lose.</p>"
    ).format(name=name, terms=" + ".join(written), total=number(total))


def _score_formula(answer: Answer) -> Markup:
    """Return how scores and weights follow from query and keys, with the shapes."""
    inputs, d_k = answer.trace.key.shape
    divided = f" ÷ √{d_k}" if answer.trace.scale != 1 else ""
    each = _product_formula(answer, Markup("{}<sub>j</sub>").format(K))
    sizes = Markup("{} from {} and {}").format(shape(inputs), shape(d_k), shape(inputs, d_k))
    return formula_p(
        Markup("score<sub>j</sub> = {}{}, {} = softmax(scores) {}").format(
            each, divided, "content" if "content" in answer.trace.stages else "weights", sizes
        )
    )


def terms(answer: Answer, place: Place) -> Markup:
    """Return every term of the chosen cell's product."""
    trace = answer.trace
    row, column = place
    q, k, products = trace.query[row], trace.key_at(row)[column], trace.terms[row, column]
    factors = trace.factors(row, column)
    query_i, key_i = (Markup("{}<sub>i</sub>").format(letter) for letter in (Q, K))
    between = [Markup(name.replace("_i", "<sub>i</sub>")) for name in factors]
    term = Markup(trace.kind.term).format(query=query_i, key=key_i)
    head = ["i", query_i, key_i, *between, term]
    columns = [q, k, *factors.values(), products]
    rows = [tr([th(i + 1), *(td(number(one[i], 5)) for one in columns)]) for i in range(len(q))]
    empty = Markup('<td colspan="{}"></td>').format(len(columns) - 1)
    total = tr([th("sum"), empty, td(number(trace.products[row, column], 5))])
    of = Markup("<p>With {}.</p>").format(in_html(answer.labels[0][column]))
    return of + table("Every term", head, rows, total)


def context(answer: Answer, place: Place) -> Markup:
    """Return the values as they are weighted, and their sum."""
    trace = answer.trace
    shares = trace.weighted_values[place.row]
    largest = float(np.abs(shares).max())
    rows = []
    for j, label in enumerate(answer.labels[0]):
        value = vector(trace.value[j], "value", f"value {j + 1}", numbers=False)
        share = vector(
            shares[j], "value", f"weighted value {j + 1}", numbers=False, largest=largest
        )
        weight = td(number(trace.weights[place.row, j]))
        cells = [th(in_html(label)), weight, wide_td(value), wide_td(share)]
        rows.append(tr(cells, j == place.column, weight=trace.weights[place.row, j]))
    head = ["input", "weight", V, Markup("weight × {}").format(V)]
    total = vector(trace.context[place.row], "value", "context", numbers=False)
    foot = tr([th("sum"), td(""), Markup("<td>{} =</td>").format(C), wide_td(total)])
    inputs, d_v = trace.value.shape
    sizes = Markup("{} = {} {}").format(shape(d_v), shape(inputs), shape(inputs, d_v))
    formula = formula_p(Markup("{} = Σ weight<sub>j</sub> {}<sub>j</sub> {}").format(C, V, sizes))
    return formula + table("Weighted values", head, rows, foot)


def values(answer: Answer, place: Place) -> Markup:
    """Return every value as numbers: each line, times the weights below it, adds up to the context.

    One line a component of the values, one column an input, and the context's component last.
    """
    trace = answer.trace
    weights = trace.weights[place.row]
    head = ["i", *(Markup("{} of {}").format(V, in_html(one)) for one in answer.labels[0]), C]
    rows = [
        tr(
            [
                th(i + 1),
                *(td(number(one)) for one in trace.value[:, i]),
                td(strong(number(trace.context[place.row, i]))),
            ]
        )
        for i in range(trace.context.shape[1])
    ]
    foot = tr([th("weight"), *(td(number(one)) for one in weights), td("")])
    formula = formula_p(
        Markup("{0}<sub>i</sub> = Σ weight<sub>j</sub> {1}<sub>ji</sub>").format(C, V)
    )
    return formula + table("Every value", head, rows, foot)


def prediction(answer: Answer, place: Place) -> Markup:
    """Return the likeliest tokens with their logits and probabilities."""
    trace = answer.trace
    logits, shares = trace.logits[place.row], trace.probabilities[place.row]
    top = trace.top(TOP)[place.row].tolist()
    powers = np.exp(logits - logits.max())
    said = int(trace.outputs[place.row])
    rows = [
        tr(
            [
                th(in_html(answer.word(token))),
                td(number(logits[token])),
                td(number(powers[token])),
                bar_td(shares[token]),
            ],
            token == said,
        )
        for token in top
    ]
    foot = _sums("sum", powers.sum(), 1)
    if others := len(logits) - len(top):
        rest = shares.sum(dtype=np.float64) - shares[top].sum(dtype=np.float64)
        foot = _sums(f"{others} others", powers.sum() - powers[top].sum(), rest) + foot
    head = ["token", "logit", _POWER("logit"), "probability"]
    features = trace.decoder_states.shape[1] + trace.context.shape[1]
    joined = Markup("[{} ; {}]").format(S, C) if answer.has_attention else S
    if trace.looks:
        features, joined = trace.decoder_states.shape[1], Markup("norm({})").format(S)
    vocabulary = len(logits)
    sizes = Markup("{} = {} {}").format(
        shape(vocabulary), shape(vocabulary, features), shape(features)
    )
    formula = formula_p(Markup("logits = W {} + b {}").format(joined, sizes))
    return formula + table("The likeliest tokens", head, rows, foot)


def _sums(title: str, powers: float, share: float) -> Markup:
    return tr([th(title), td(""), td(number(powers)), td(number(share))])


def bottleneck(answer: Answer, *, numbers: bool) -> Markup:
    """Return what there is instead of attention: the encoder's last state."""
    lines = []
    for layer, start in enumerate(answer.trace.start_states):
        name = f"layer {layer + 1}" if len(answer.trace.start_states) > 1 else "the last state"
        strip = vector(start, "plain", f"encoder's last state, layer {layer + 1}", numbers=numbers)
        lines.append(line(name, strip, shape(len(start))))
    return EMPTY.join(lines)


def _product_formula(answer: Answer, key: Markup = K) -> Markup:
    return Markup(answer.trace.kind.formula).format(query=Q, key=key)
