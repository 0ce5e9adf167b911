"""One output, step by step, in HTML: from the decoder's state to the word that it says.

Every number is the model's own, taken from the trace; the formulas beside them say how each follows
from those above, so that any can be redone with a pocket calculator.
"""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from markupsafe import Markup

from seqflip.nn.arrays import FloatArray
from seqflip.nn.functional import softmax
from seqflip.ui.as_typed import in_html
from seqflip.ui.attend.numbers import EMPTY, bar, number, shape, table, vector
from seqflip.ui.attend.picture import Answer

TOP = 10

# The letters of the formulas, in the colours that they have everywhere.
Q, K, V, S, C = (
    Markup('<b class="{}">{}</b>').format(role, letter)
    for letter, role in zip("qkvsc", ("query", "key", "value", "state", "value"), strict=True)
)
_POWER = Markup("e<sup>{} − max</sup>").format

_line = Markup('<div class="line"><span class="name">{}</span>{}<span>{}</span></div>').format
_title = Markup('<th scope="row">{}</th>').format
_cell = Markup("<td>{}</td>").format
_wide = Markup('<td class="wide">{}</td>').format
_formula = Markup('<p class="formula">{}</p>').format
_strong = Markup("<strong>{}</strong>").format


class Place(NamedTuple):
    """Which output is looked into, and at which input."""

    row: int
    column: int


def state(answer: Answer, place: Place, *, numbers: bool) -> Markup:
    """Return what the decoder read, and the state that it is in then."""
    trace = answer.trace
    read = _strong(in_html(answer.word(int(trace.inputs[place.row]))))
    layers, _, width = trace.layer_states.shape
    fed = EMPTY
    if trace.fed is not None:
        fed = _line(
            "context of the step before, read with it",
            vector(trace.fed[place.row], "value", "fed context", numbers=numbers),
            shape(trace.fed.shape[1]),
        )
    lines = []
    for layer, states in enumerate(trace.layer_states):
        name = f"layer {layer + 1}" if layers > 1 else Markup("{} after this step").format(S)
        strip = vector(states[place.row], "plain", f"state, layer {layer + 1}", numbers=numbers)
        lines.append(_line(name, strip, shape(width)))
    said = Markup("<p>The decoder reads {} and updates its state.</p>").format(read)
    return said + fed + EMPTY.join(lines)


def query(answer: Answer, place: Place, *, numbers: bool) -> Markup:
    """Return the query."""
    trace = answer.trace
    d_model, d_k = trace.decoder_states.shape[1], trace.query.shape[1]
    formula = Markup("{} = W<sub>q</sub> {}").format(Q, S)
    strip = vector(trace.query[place.row], "query", "query", numbers=numbers)
    sizes = Markup("{} = {} {}").format(shape(d_k), shape(d_k, d_model), shape(d_model))
    return _line(formula, strip, sizes)


class _Column(NamedTuple):
    """A column of numbers, one an input."""

    title: str
    values: FloatArray
    summed: bool = False


def scores(answer: Answer, place: Place) -> Markup:
    """Return each input's score, and the softmax that makes weights of them."""
    trace, row = answer.trace, place.row
    given = trace.given_to_softmax(row)
    by_softmax, used = softmax(given.scores, given.allowed), trace.weights[row]
    top = given.scores[given.allowed].max(initial=-np.inf)
    powers = np.where(given.allowed, np.exp(np.minimum(given.scores - top, 0)), 0)
    columns = [_Column(_product_formula(answer), trace.products[row])]
    if trace.scale != 1:
        columns.append(_Column(f"÷ √{trace.query.shape[1]}", trace.scores[row]))
    if not np.array_equal(given.scores, trace.scores[row]):
        columns.append(_Column("÷ temperature", given.scores))
    columns.append(_Column(_POWER("score"), powers, summed=True))
    columns.append(_Column("weight", by_softmax, summed=True))
    if not np.allclose(by_softmax, used, atol=1e-6):
        columns.append(_Column("as changed", used, summed=True))
    rows = []
    for j, label in enumerate(answer.labels[0]):
        key = vector(trace.key[j], "key", f"key {j + 1}", numbers=False)
        rows.append(
            _row(
                [
                    _title(in_html(label)),
                    _wide(key),
                    *(_cell(number(column.values[j])) for column in columns[:-1]),
                    _with_bar(used[j]),
                ],
                j == place.column,
            )
        )
    sums = (_cell(number(one.values.sum()) if one.summed else "") for one in columns)
    foot = _row([_title("sum"), _cell(""), *sums])
    head = ["input", K, *(column.title for column in columns)]
    power, weight = powers[place.column], by_softmax[place.column]
    worked = Markup('<p class="formula" dir="ltr">weight of {} = {} ÷ {} = {}</p>').format(
        in_html(answer.labels[0][place.column]),
        number(power),
        number(powers.sum()),
        _strong(number(weight)),
    )
    return _score_formula(answer) + table("Scores and weights", head, rows, foot) + worked


def _score_formula(answer: Answer) -> Markup:
    """Return how scores and weights follow from query and keys, with the shapes."""
    inputs, d_k = answer.trace.key.shape
    divided = f" ÷ √{d_k}" if answer.trace.scale != 1 else ""
    each = _product_formula(answer, Markup("{}<sub>j</sub>").format(K))
    sizes = Markup("{} from {} and {}").format(shape(inputs), shape(d_k), shape(inputs, d_k))
    return _formula(
        Markup("score<sub>j</sub> = {}{}, weights = softmax(scores) {}").format(
            each, divided, sizes
        )
    )


def terms(answer: Answer, place: Place) -> Markup:
    """Return every term of the chosen cell's product."""
    trace = answer.trace
    row, column = place
    q, k, products = trace.query[row], trace.key[column], trace.terms[row, column]
    factors = trace.factors(row, column)
    query_i, key_i = (Markup("{}<sub>i</sub>").format(letter) for letter in (Q, K))
    between = [Markup(name.replace("_i", "<sub>i</sub>")) for name in factors]
    term = Markup(trace.kind.term).format(query=query_i, key=key_i)
    head = ["i", query_i, key_i, *between, term]
    columns = [q, k, *factors.values(), products]
    rows = [
        _row([_title(i + 1), *(_cell(number(one[i], 5)) for one in columns)]) for i in range(len(q))
    ]
    empty = Markup('<td colspan="{}"></td>').format(len(columns) - 1)
    total = _row([_title("sum"), empty, _cell(number(trace.products[row, column], 5))])
    return table("Every term", head, rows, total)


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
        weight = _cell(number(trace.weights[place.row, j]))
        cells = [_title(in_html(label)), weight, _wide(value), _wide(share)]
        rows.append(_row(cells, j == place.column))
    head = ["input", "weight", V, Markup("weight × {}").format(V)]
    total = vector(trace.context[place.row], "value", "context", numbers=False)
    foot = _row([_title("sum"), _cell(""), Markup("<td>{} =</td>").format(C), _wide(total)])
    inputs, d_v = trace.value.shape
    sizes = Markup("{} = {} {}").format(shape(d_v), shape(inputs), shape(inputs, d_v))
    formula = _formula(Markup("{} = Σ weight<sub>j</sub> {}<sub>j</sub> {}").format(C, V, sizes))
    return formula + table("Weighted values", head, rows, foot)


def values(answer: Answer, place: Place) -> Markup:
    """Return every value as numbers: each line, times the weights below it, adds up to the context.

    One line a component of the values, one column an input, and the context's component last.
    """
    trace = answer.trace
    weights = trace.weights[place.row]
    head = ["i", *(Markup("{} of {}").format(V, in_html(one)) for one in answer.labels[0]), C]
    rows = [
        _row(
            [
                _title(i + 1),
                *(_cell(number(one)) for one in trace.value[:, i]),
                _cell(_strong(number(trace.context[place.row, i]))),
            ]
        )
        for i in range(trace.context.shape[1])
    ]
    foot = _row([_title("weight"), *(_cell(number(one)) for one in weights), _cell("")])
    formula = _formula(
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
        _row(
            [
                _title(in_html(answer.word(token))),
                _cell(number(logits[token])),
                _cell(number(powers[token])),
                _with_bar(shares[token]),
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
    vocabulary = len(logits)
    sizes = Markup("{} = {} {}").format(
        shape(vocabulary), shape(vocabulary, features), shape(features)
    )
    formula = _formula(Markup("logits = W {} + b {}").format(joined, sizes))
    return formula + table("The likeliest tokens", head, rows, foot)


def _sums(title: str, powers: float, share: float) -> Markup:
    return _row([_title(title), _cell(""), _cell(number(powers)), _cell(number(share))])


def bottleneck(answer: Answer, *, numbers: bool) -> Markup:
    """Return what there is instead of attention: the encoder's last state."""
    lines = []
    for layer, start in enumerate(answer.trace.start_states):
        name = f"layer {layer + 1}" if len(answer.trace.start_states) > 1 else "the last state"
        strip = vector(start, "plain", f"encoder's last state, layer {layer + 1}", numbers=numbers)
        lines.append(_line(name, strip, shape(len(start))))
    return EMPTY.join(lines)


def _with_bar(share: float) -> Markup:
    return _cell(number(share) + bar(float(share)))


def _row(cells: Iterable[Markup], chosen: bool = False) -> Markup:
    line = Markup('<tr class="chosen">{}</tr>') if chosen else Markup("<tr>{}</tr>")
    return line.format(EMPTY.join(cells))


def _product_formula(answer: Answer, key: Markup = K) -> Markup:
    return Markup(answer.trace.kind.formula).format(query=Q, key=key)
