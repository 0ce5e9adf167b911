"""One output, step by step, in HTML: from the decoder's state to the word that it says.

Every number is the model's own, taken from the trace; the formulas beside them say how each follows
from those above, so that any can be redone with a pocket calculator.
"""

from html import escape
from typing import NamedTuple

import numpy as np

from seqflip.nn.arrays import FloatArray
from seqflip.nn.functional import softmax
from seqflip.ui.attend.numbers import bar, number, shape, table, vector
from seqflip.ui.attend.picture import Answer

TOP = 10

# The letters of the formulas, in the colours that they have everywhere.
Q, K, V, S, C = (
    f'<b class="{role}">{letter}</b>'
    for letter, role in zip("qkvsc", ("query", "key", "value", "state", "value"), strict=True)
)


class Place(NamedTuple):
    """Which output is looked into, and at which input."""

    row: int
    column: int


def state(answer: Answer, place: Place, *, numbers: bool) -> str:
    """Return what the decoder read, and the state that it is in then."""
    trace = answer.trace
    read = escape(answer.word(int(trace.inputs[place.row])))
    layers, _, width = trace.layer_states.shape
    fed = ""
    if trace.fed is not None:
        fed = _line(
            "context of the step before, read with it",
            vector(trace.fed[place.row], "value", "fed context", numbers=numbers),
            shape(trace.fed.shape[1]),
        )
    lines = []
    for layer, states in enumerate(trace.layer_states):
        name = f"layer {layer + 1}" if layers > 1 else f"{S} after this step"
        strip = vector(states[place.row], "plain", f"state, layer {layer + 1}", numbers=numbers)
        lines.append(_line(name, strip, shape(width)))
    said = f"<p>The decoder reads <strong>{read}</strong> and updates its state.</p>"
    return said + fed + "".join(lines)


def query(answer: Answer, place: Place, *, numbers: bool) -> str:
    """Return the query."""
    trace = answer.trace
    d_model, d_k = trace.decoder_states.shape[1], trace.query.shape[1]
    formula = f"{Q} = W<sub>q</sub> {S}"
    strip = vector(trace.query[place.row], "query", "query", numbers=numbers)
    return _line(formula, strip, f"{shape(d_k)} = {shape(d_k, d_model)} {shape(d_model)}")


class _Column(NamedTuple):
    """A column of numbers, one an input."""

    title: str
    values: FloatArray
    summed: bool = False


def scores(answer: Answer, place: Place) -> str:
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
    columns.append(_Column("e<sup>score − max</sup>", powers, summed=True))
    columns.append(_Column("weight", by_softmax, summed=True))
    if not np.allclose(by_softmax, used, atol=1e-6):
        columns.append(_Column("as changed", used, summed=True))
    rows = []
    for j, label in enumerate(answer.labels[0]):
        key = vector(trace.key[j], "key", f"key {j + 1}", numbers=False)
        rows.append(
            _row(
                [
                    f'<th scope="row">{escape(label)}</th>',
                    _cell(key, "wide"),
                    *(_cell(number(column.values[j])) for column in columns[:-1]),
                    f"<td>{number(used[j])}{bar(float(used[j]))}</td>",
                ],
                j == place.column,
            )
        )
    sums = (_cell(number(one.values.sum()) if one.summed else "") for one in columns)
    foot = f'<tr><th scope="row">sum</th><td></td>{"".join(sums)}</tr>'
    head = ["input", K, *(column.title for column in columns)]
    label = escape(answer.labels[0][place.column])
    power, weight = powers[place.column], by_softmax[place.column]
    worked = (
        f'<p class="formula">weight of {label} = {number(power)} ÷ {number(powers.sum())} = '
        f"<strong>{number(weight)}</strong></p>"
    )
    return _score_formula(answer) + table("Scores and weights", head, rows, foot) + worked


def _score_formula(answer: Answer) -> str:
    """Return how scores and weights follow from query and keys, with the shapes."""
    inputs, d_k = answer.trace.key.shape
    divided = f" ÷ √{d_k}" if answer.trace.scale != 1 else ""
    each = _product_formula(answer, f"{K}<sub>j</sub>")
    return (
        f'<p class="formula">score<sub>j</sub> = {each}{divided}, weights = softmax(scores) '
        f"{shape(inputs)} from {shape(d_k)} and {shape(inputs, d_k)}</p>"
    )


def terms(answer: Answer, place: Place) -> str:
    """Return every term of the chosen cell's product."""
    trace = answer.trace
    row, column = place
    q, k, products = trace.query[row], trace.key[column], trace.terms[row, column]
    factors = trace.factors(row, column)
    query_i, key_i = f"{Q}<sub>i</sub>", f"{K}<sub>i</sub>"
    between = [name.replace("_i", "<sub>i</sub>") for name in factors]
    head = ["i", query_i, key_i, *between, trace.kind.term.format(query=query_i, key=key_i)]
    columns = [q, k, *factors.values(), products]
    rows = [
        _row([f'<th scope="row">{i + 1}</th>', *(_cell(number(one[i], 5)) for one in columns)])
        for i in range(len(q))
    ]
    total = (
        f'<tr><th scope="row">sum</th><td colspan="{len(columns) - 1}"></td>'
        f"{_cell(number(trace.products[row, column], 5))}</tr>"
    )
    return table("Every term", head, rows, total)


def context(answer: Answer, place: Place) -> str:
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
        cells = [
            f'<th scope="row">{escape(label)}</th>',
            _cell(number(trace.weights[place.row, j])),
        ]
        cells += [_cell(value, "wide"), _cell(share, "wide")]
        rows.append(_row(cells, j == place.column))
    head = ["input", "weight", V, f"weight × {V}"]
    total = vector(trace.context[place.row], "value", "context", numbers=False)
    foot = f'<tr><th scope="row">sum</th><td></td><td>{C} =</td>{_cell(total, "wide")}</tr>'
    inputs, d_v = trace.value.shape
    formula = (
        f'<p class="formula">{C} = Σ weight<sub>j</sub> {V}<sub>j</sub> '
        f"{shape(d_v)} = {shape(inputs)} {shape(inputs, d_v)}</p>"
    )
    return formula + table("Weighted values", head, rows, foot)


def values(answer: Answer, place: Place) -> str:
    """Return every value as numbers: the weighted sum of each line is the context."""
    trace = answer.trace
    weights = zip(answer.labels[0], trace.weights[place.row], strict=True)
    head = ["i", *(f"{number(weight)} × {V} of {escape(label)}" for label, weight in weights), C]
    rows = [
        _row(
            [
                f'<th scope="row">{i + 1}</th>',
                *(_cell(number(one)) for one in trace.value[:, i]),
                _cell(f"<strong>{number(trace.context[place.row, i])}</strong>"),
            ]
        )
        for i in range(trace.context.shape[1])
    ]
    return table("Every value", head, rows)


def prediction(answer: Answer, place: Place) -> str:
    """Return the likeliest tokens with their logits and probabilities."""
    trace = answer.trace
    logits, shares = trace.logits[place.row], trace.probabilities[place.row]
    top = trace.top(TOP)[place.row].tolist()
    powers = np.exp(logits - logits.max())
    said = int(trace.outputs[place.row])
    rows = [
        _row(
            [
                f'<th scope="row">{escape(answer.word(token))}</th>',
                _cell(number(logits[token])),
                _cell(number(powers[token])),
                f"<td>{number(shares[token])}{bar(float(shares[token]))}</td>",
            ],
            token == said,
        )
        for token in top
    ]
    foot = _sums("sum", powers.sum(), 1)
    if others := len(logits) - len(top):
        rest = shares.sum(dtype=np.float64) - shares[top].sum(dtype=np.float64)
        foot = _sums(f"{others} others", powers.sum() - powers[top].sum(), rest) + foot
    head = ["token", "logit", "e<sup>logit − max</sup>", "probability"]
    features = trace.decoder_states.shape[1] + trace.context.shape[1]
    joined = f"[{S} ; {C}]" if answer.looks else S
    sizes = f"{shape(len(logits))} = {shape(len(logits), features)} {shape(features)}"
    formula = f'<p class="formula">logits = W {joined} + b {sizes}</p>'
    return formula + table("The likeliest tokens", head, rows, foot)


def _sums(title: str, powers: float, share: float) -> str:
    numbers = _cell(number(powers)) + _cell(number(share))
    return f'<tr><th scope="row">{title}</th><td></td>{numbers}</tr>'


def bottleneck(answer: Answer, *, numbers: bool) -> str:
    """Return what there is instead of attention: the encoder's last state."""
    lines = []
    for layer, start in enumerate(answer.trace.start_states):
        name = f"layer {layer + 1}" if len(answer.trace.start_states) > 1 else "the last state"
        strip = vector(start, "plain", f"encoder's last state, layer {layer + 1}", numbers=numbers)
        lines.append(_line(name, strip, shape(len(start))))
    return "".join(lines)


def _line(name: str, strip: str, sizes: str) -> str:
    return f'<div class="line"><span class="name">{name}</span>{strip}<span>{sizes}</span></div>'


def _cell(content: str, kind: str = "") -> str:
    return f'<td class="{kind}">{content}</td>' if kind else f"<td>{content}</td>"


def _row(cells: list[str], chosen: bool = False) -> str:
    return f"<tr{CHOSEN if chosen else ''}>{''.join(cells)}</tr>"


CHOSEN = ' class="chosen"'


def _product_formula(answer: Answer, key: str = K) -> str:
    return answer.trace.kind.formula.format(query=Q, key=key)
