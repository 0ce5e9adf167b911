"""One part of a Transformer's block around its heads, in HTML: what goes in, what is added to it.

Every number is the model's own, by the name that its trace gives it.
"""

import numpy as np
from markupsafe import Markup

from seqflip.config.section import quantity
from seqflip.nn import CROSS, DECODER, ENCODER, FloatArray
from seqflip.nn.transformer import TransformerArchitecture
from seqflip.ui.as_typed import in_html
from seqflip.ui.attend.cells import formula_p, line, strong, told
from seqflip.ui.attend.letters import C, H, K, N, Q, V, X
from seqflip.ui.attend.picture import Answer
from seqflip.ui.attend.step_html import Place
from seqflip.ui.attend.through import Through
from seqflip.ui.parts.numbers import EMPTY, shape, vector

_PARTS = {ENCODER: "self_attn", DECODER: "self_attn", CROSS: "multihead_attn"}
_ROWS = {ENCODER: "input", DECODER: "output", CROSS: "output"}
_SIDES = {ENCODER: "encoder", DECODER: "decoder", CROSS: "decoder"}


class Row:
    """What a block computed for one word: of the encoder a source token, of the decoder a step."""

    def __init__(self, answer: Answer, through: Through, row: int) -> None:
        trace = answer.trace
        self.side = _SIDES[through.kind]
        encodes = through.kind == ENCODER
        self.found = trace.between[0 if encodes else row]
        self.at = row if encodes else 0
        self.block = f"{self.side}.layers.{through.layer}"
        self.part = f"{self.block}.{_PARTS[through.kind]}"
        self.values = answer.trained.model.network.parameters.values
        described = answer.trained.model.network.architecture
        assert isinstance(described, TransformerArchitecture)
        self.norm_first = described.norm == "before"

    def __call__(self, name: str) -> FloatArray:
        """Return a vector of this word, by its full name."""
        vector: FloatArray = self.found[name][self.at]
        return vector


def feeds(answer: Answer) -> bool:
    """Whether blocks have a feed-forward part."""
    described = answer.trained.model.network.architecture
    return isinstance(described, TransformerArchitecture) and described.feed_forward > 0


def about(answer: Answer, place: Place, through: Through) -> Markup:
    """Say what a block does for a row, and how to follow one of its heads."""
    trace = answer.trace
    layers = answer.trained.model.network.looks
    assert layers is not None
    if through.kind == ENCODER:
        first = Markup("<p>In each of {}, every input looks at all inputs, itself included.</p>")
        said = first.format(quantity(layers.layers, "block"))
    else:
        read = strong(in_html(answer.word(int(trace.inputs[place.row]))))
        said = Markup(
            "<p>The decoder reads {}. In each of {} it looks at the {} read so far, and then at "
            "the {}.</p>"
        ).format(
            read,
            quantity(layers.layers, "block"),
            quantity(place.row + 1, "word"),
            quantity(len(answer.inputs), "input"),
        )
    mean = Markup(
        "<p>The large picture is the mean over the {} of block {}. Press one of the small pictures "
        "to follow that head number by number.</p>"
    )
    return said + mean.format(quantity(layers.heads, "head"), through.layer + 1)


def way_in(answer: Answer, through: Through, place: Place, *, numbers: bool) -> Markup:
    """Return what came into the part, and what its queries, keys and values are made of."""
    row = Row(answer, through, place.row)
    if through.kind == ENCODER:
        who = Markup("The input {}").format(strong(in_html(answer.inputs[place.row])))
    else:
        read = answer.word(int(answer.trace.inputs[place.row]))
        who = Markup("The word that was read last, {},").format(strong(in_html(read)))
    blocks = quantity(through.layer, "block")
    came = "as its embedding and its position" if through.layer == 0 else f"out of {blocks}"
    if through.kind == CROSS:
        came = "after it looked at the words before it"
    said = Markup("<p>{} comes in {}.</p>").format(who, came)
    lines = [_line(Markup("{} comes in").format(X), row(f"{row.part}.x"), numbers=numbers)]
    if row.norm_first:
        lines.append(
            _line(Markup("{} = norm({})").format(N, X), row(f"{row.part}.part.x"), numbers=numbers)
        )
    return said + EMPTY.join(lines)


def own_query(
    answer: Answer, head_trace_query: FloatArray, through: Through, *, numbers: bool
) -> Markup:
    """Return a head's query, and where its keys and values come from."""
    assert through.head is not None
    d = len(head_trace_query)
    made_of = N if Row(answer, through, 0).norm_first else X
    formula = Markup("{} = W<sub>q</sub> {} + b").format(Q, made_of)
    source = {
        CROSS: "what the encoder put out",
        ENCODER: "all inputs, in the same way",
        DECODER: "the words read so far, in the same way",
    }[through.kind]
    looks_for = told(f"The query: what this {_ROWS[through.kind]} looks for.")
    said = Markup("<p>{} and {} are made of {}; head {} has {} of the {} numbers of each.</p>")
    strip = vector(head_trace_query, "query", "query", numbers=numbers)
    d_model = answer.trace.decoder_states.shape[1]
    made = said.format(K, V, source, through.head + 1, d, d_model)
    return line(formula, strip, shape(d)) + looks_for + made


def all_heads(answer: Answer, through: Through, place: Place, *, numbers: bool) -> Markup:
    """Return what all heads saw, side by side, and what is added to what came in."""
    row = Row(answer, through, place.row)
    contexts = row(f"{row.part}.part.look.context").reshape(answer.trace.heads, -1)
    largest = float(np.abs(contexts).max(initial=0))
    lines = [
        line(
            Markup("{}<sub>{}</sub>, what head {} saw").format(C, i + 1, i + 1),
            vector(one, "value", f"context of head {i + 1}", numbers=numbers, largest=largest),
            shape(len(one)),
        )
        for i, one in enumerate(contexts)
    ]
    joined = Markup("; ").join(
        Markup("{}<sub>{}</sub>").format(C, i + 1) for i in range(len(contexts))
    )
    weight = row.values[f"{row.part}.out_proj.weight"]
    added = weight @ contexts.ravel() + row.values[f"{row.part}.out_proj.bias"]
    lines.append(_line(Markup("W<sub>o</sub> [{}] + b").format(joined), added, numbers=numbers))
    lines.append(_after(row, f"{row.part}", numbers=numbers))
    return EMPTY.join(lines)


def feed_forward(answer: Answer, through: Through, place: Place, *, numbers: bool) -> Markup:
    """Return the hidden layer behind the attention, and what the block puts out."""
    row = Row(answer, through, place.row)
    name = f"{row.block}.feed_forward"
    hidden = row(f"{name}.part.hidden")
    on = int((hidden > 0).sum())
    lines = [_line(Markup("{} comes in").format(X), row(f"{name}.x"), numbers=numbers)]
    if row.norm_first:
        lines.append(
            _line(Markup("{} = norm({})").format(N, X), row(f"{name}.part.x"), numbers=numbers)
        )
    made_of = N if row.norm_first else X
    formula = Markup("{} = max(0, W<sub>1</sub> {} + b<sub>1</sub>)").format(H, made_of)
    lines.append(_line(formula, hidden, numbers=numbers))
    weight, bias = (row.values[f"{row.block}.linear2.{part}"] for part in ("weight", "bias"))
    formula = Markup("W<sub>2</sub> {} + b<sub>2</sub>").format(H)
    lines.append(_line(formula, weight @ hidden + bias, numbers=numbers))
    lines.append(_after(row, name, numbers=numbers))
    said = Markup("<p>Each word for itself: {} of {} hidden numbers are above 0.</p>")
    return said.format(on, len(hidden)) + EMPTY.join(lines)


def _after(row: Row, name: str, *, numbers: bool) -> Markup:
    """Return what goes out of a part."""
    out = row(f"{name}.y")
    formula = Markup("{} + that").format(X)
    if not row.norm_first:
        formula = Markup("norm({})").format(formula)
    return _line(Markup("goes on: {}").format(formula), out, numbers=numbers) + formula_p(
        Markup("What came in goes past the part, and what the part found is added to it.")
    )


def _line(name: Markup, x: FloatArray, *, numbers: bool) -> Markup:
    return line(name, vector(x, "plain", name.striptags(), numbers=numbers), shape(len(x)))
