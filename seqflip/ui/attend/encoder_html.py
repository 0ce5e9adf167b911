"""How the encoder read one input, in HTML: from the token to the key and the value made of it."""

from collections.abc import Sequence

import numpy as np
from markupsafe import Markup

from seqflip.config.section import quantity
from seqflip.nn import CELLS, CROSS, FloatArray, RecurrentArchitecture
from seqflip.ui.as_typed import all_in_html, in_html
from seqflip.ui.attend.cells import line, strong, told
from seqflip.ui.attend.letters import H, K, V, X
from seqflip.ui.attend.picture import Answer
from seqflip.ui.attend.positions import told_of_places
from seqflip.ui.attend.step_html import Place
from seqflip.ui.attend.through import Through
from seqflip.ui.parts.numbers import EMPTY, shape, vector

_MOST = 8  # tokens of what was read that are written out
_AHEAD, _BACK = (Markup("{}{}").format(arrow, H) for arrow in ("→", "←"))
_at = Markup("{}<sub>{}</sub>").format


def encoder(answer: Answer, place: Place, through: Through | None, *, numbers: bool) -> Markup:
    """Return all that is made of the chosen input before anything is written."""
    one = _Input(answer, place.column, numbers=numbers)
    read = _read_by_blocks(one) if through is not None else _read_by_cells(one)
    said = Markup("<p>Input {}, {}, as the encoder reads it.</p>").format(
        one.number, strong(in_html(one.label))
    )
    lines = EMPTY.join([*one.token(), *read, *_offered(one, through)])
    return said + Markup('<div class="aligned">{}</div>').format(lines)


class _Input:
    """The chosen input, and how its vectors are written."""

    def __init__(self, answer: Answer, column: int, *, numbers: bool) -> None:
        self.answer, self.column, self.numbers = answer, column, numbers
        self.trace, self.values = answer.trace, answer.trained.model.parameters()
        self.words, self.label = answer.inputs, answer.labels[0][column]
        self.number = column + 1

    def line(self, name: Markup, x: FloatArray, said: str, role: str = "plain") -> Markup:
        """Return a vector beside its formula, and a sentence below."""
        strip = vector(x, role, name.striptags(), numbers=self.numbers)
        return line(name, strip, shape(len(x))) + told(said)

    def of(self, letter: Markup, before: int = 0) -> Markup:
        """Return a letter with the number of the input, or of one so many before it."""
        return _at(letter, self.number - before)

    def token(self) -> list[Markup]:
        """Return the token's embedding."""
        embedding = self.values["embedding.weight"]
        rows, word = len(embedding), in_html(self.words[self.column])
        formula = Markup("{} = embedding of {}").format(self.of(X), word)
        said = f"One of {rows} learned vectors, the same wherever the token stands."
        return [self.line(formula, embedding[self.trace.source[self.column]], said)]


def _read_by_cells(one: _Input) -> list[Markup]:
    """Return the states of both directions, and what each has read by then."""
    made = one.answer.trained.model.network.architecture
    assert isinstance(made, RecurrentArchitecture)
    *lower, top = one.trace.encoder_layers[:, one.column]
    lines = [
        one.line(
            Markup("{} of layer {}").format(one.of(H), layer + 1),
            states,
            f"Layer {layer + 2} reads it in place of the embedding.",
        )
        for layer, states in enumerate(lower)
    ]
    below = one.of(H if lower else X)
    remembers, cell = bool(CELLS[made.cell].recurrent_slots), CELLS[made.cell].label
    halves = np.split(top, made.directions)
    last = len(one.words) - 1
    ways = [
        (_AHEAD, 1, one.column == 0, "Forwards", one.words[: one.number], "First"),
        (_BACK, -1, one.column == last, "Backwards", one.words[one.column :][::-1], "Second"),
    ]
    for (letter, step, first, way, read, half), states in zip(ways, halves, strict=False):
        before = Markup("0") if first else one.of(letter, step)
        took = Markup("{}, {}").format(below, before) if remembers else below
        formula = Markup("{} = {}({})").format(one.of(letter), cell.split(" (")[0], took)
        known = read if remembers else read[-1:]
        said = Markup("{}, it has read {}").format(way, _shortly(known))
        if not remembers:
            said += Markup(" alone: this cell forgets all before")
        if made.directions == 2:
            said += Markup(". {} half of {}").format(half, one.of(H))
        lines.append(one.line(formula, states, said + Markup(".")))
    if made.directions == 2:
        joined = Markup("{} = [{} ; {}]").format(one.of(H), one.of(_AHEAD), one.of(_BACK))
        about = "The token, with what stands before it and behind it."
        if not remembers:
            about = "Both halves, side by side."
        lines.append(one.line(joined, top, about))
    else:
        whole = "That is the whole state: of what comes later this encoder knows nothing here."
        lines.append(told(Markup("{} = {}. {}").format(one.of(H), one.of(_AHEAD), whole)))
    return lines


def _read_by_blocks(one: _Input) -> list[Markup]:
    """Return the position that is added to the token, and what comes out of the last block."""
    blocks = len(one.trace.encoder_layers)
    kind = one.answer.trained.config.model.positions
    places = told_of_places(one.answer)
    lines = []
    if places is not None and kind != "rotary":
        formula = Markup("position {}, added to {}").format(one.number, one.of(X))
        said = "The same for every token that stands here; without it no order would be known."
        lines.append(one.line(formula, places[one.column], said))
        into = one.trace.between[0]["encoder.layers.0.self_attn.x"][one.column]
        lines.append(one.line(Markup("their sum"), into, "What the first block reads."))
    name = Markup("{}, out of {}").format(one.of(H), quantity(blocks, "block"))
    said = (
        "In each block it looked at all inputs, itself included, and took along what it saw: "
        "“Inputs at each other” shows where."
    )
    lines.append(one.line(name, one.trace.encoder_states[one.column], said))
    return lines


def _offered(one: _Input, through: Through | None) -> list[Markup]:
    """Return the key and the value, or what is handed over where there are none."""
    if not one.answer.has_attention:
        return [_last_state(one)]
    key, value, whose, bias = one.trace.key, one.trace.value, "", ""
    if through is not None:
        assert through.kind == CROSS
        look, bias = one.trace.looks[through.where], " + b"
        whose = f" of block {through.layer + 1}"
        if through.head is None:
            key, value = (np.concatenate(list(part), axis=-1) for part in (look.key, look.value))
            whose += ", all heads side by side"
        else:
            key, value = look.key[through.head], look.value[through.head]
            whose += f", the part of head {through.head + 1}"
    roles = (
        (K, "k", key, "key", "what this input offers: a query that fits it looks here."),
        (V, "v", value, "value", "what this input hands over to whoever looks here."),
    )
    return [
        one.line(
            Markup("{} = W<sub>{}</sub> {}{}").format(one.of(letter), sub, one.of(H), bias),
            found[one.column],
            f"The {role}{whose}: {does}",
            role,
        )
        for letter, sub, found, role, does in roles
    ]


def _last_state(one: _Input) -> Markup:
    """Say what the decoder gets of this encoder without attention."""
    count = len(one.words)
    made = one.answer.trained.model.network.architecture
    assert isinstance(made, RecurrentArchitecture)
    ends = Markup("{}").format(_at(_AHEAD, count))
    if made.directions == 2:
        ends = Markup("[{} ; {}]").format(ends, _at(_BACK, 1))
    return told(
        Markup(
            "No output looks at {}: there is neither key nor value. The decoder starts from {}, "
            "where each direction has read all, and gets nothing else."
        ).format(one.of(H), ends)
    )


def _shortly(tokens: Sequence[str]) -> Markup:
    """Return tokens in the order in which they were read, of many the last ones."""
    more = Markup("… ") if len(tokens) > _MOST else EMPTY
    return more + strong(all_in_html(tokens[-_MOST:]))
