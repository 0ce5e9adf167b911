"""Surgery: change by hand where the model looks, to see whether it uses what it sees there."""

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from seqflip.decoding import (
    Flatten,
    Forbid,
    Force,
    Intervention,
    Shuffle,
    Swap,
    SwitchOff,
    Temperature,
)
from seqflip.decoding.interventions import AttentionIntervention
from seqflip.nn import CROSS, KINDS, Where
from seqflip.ui.as_typed import in_markdown, in_text
from seqflip.ui.attend.edits import added, describe, write
from seqflip.ui.attend.picture import Answer
from seqflip.ui.attend.step_html import Place
from seqflip.ui.attend.tab import edits, set_edits
from seqflip.ui.attend.through import Through, seen
from seqflip.ui.labels import percent, sure

MOVED = 0.2  # of an output's attention, to be worth a word
MATTERS = 0.05  # of a probability, for the answer to depend on what was changed
TEMPERATURES = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)

_WHY = """
## Looks at, or uses?

Attention shows where the model *looks*. Whether it *uses* what it sees there is another question,
and only an experiment answers it: choose a cell, operate, and see whether the answer changes.

- **Force** lets the chosen output see the chosen input alone.
- **Flatten** lets it see all inputs alike, **shuffle** deals its weights anew.
- **Forbid** hides the chosen input from every output.

The model decodes again from there, reading its own changed words. What is different appears in the
table above and here, beside the original.
"""
_WHY_BLIND = """
## What does it remember?

This model has no attention that could be changed by hand. What can be changed is what it reads:
**swap** two inputs, and see in the table above whether the answer follows, or whether the encoder's
last state had kept too little of them.
"""


def why(answer: Answer) -> str:
    """Say, as Markdown, what can be done to this model, and what for."""
    return _WHY if answer.has_attention else _WHY_BLIND


def controls(
    answer: Answer, place: Place, through: Through | None, made: Sequence[Intervention]
) -> None:
    """Draw what can be done to the chosen output and input, and what was.

    Parameters
    ----------
    answer : Answer
        Before any intervention.
    place : Place
    through : Through or None
        The head that it is done to; None, or the mean of heads: all of them.
    made : sequence of Intervention
        Those that this sequence has a place for.
    """
    shown = seen(answer, through)
    if through is not None and through.head is not None:
        _switch_off(through.where, through.head)
    with st.container(horizontal=True, vertical_alignment="bottom", key="attend_surgery"):
        if answer.has_attention and (through is None or through.kind == CROSS):
            _row(answer, place, through)
            _temperature()
        if shown.axes[1] == "input":
            _swap(answer, place)
    if made:
        _list(answer, made)


def _row(answer: Answer, place: Place, through: Through | None) -> None:
    """Draw what can be done to the chosen output and input."""
    inputs, outputs = answer.labels
    output = f"output {place.row + 1} ({in_markdown(outputs[place.row])})"
    source = f"input {place.column + 1} ({in_markdown(inputs[place.column])})"

    def here(edit: Force | Flatten | Shuffle | Forbid) -> Intervention:
        if through is None or through.head is None:
            return edit
        return replace(edit, layer=through.layer, head=through.head)

    with st.container(width="content", gap="xxsmall"):
        st.markdown(f":small[O{output[1:]} and {source}]", width="content")
        with st.container(horizontal=True, width="content", gap="xsmall"):
            _button("Force", f"Let {output} see {source} alone.", here(_force(place)))
            _button("Flatten", f"Let {output} see all inputs alike.", here(Flatten(place.row)))
            _button("Shuffle", f"Deal the weights of {output} anew.", here(_shuffle(place.row)))
            _button("Forbid", f"Let nothing see {source}.", here(Forbid(place.column)))


def _switch_off(where: Where, head: int) -> None:
    """Draw the switch of a whole head."""
    off = SwitchOff(where.layer, head, where.kind)
    name = f"head {head + 1} of layer {where.layer + 1}"
    st.button(
        f"Switch off {name}",
        key="attend_do_off",
        icon=":material/power_settings_new:",
        help=f"Let {name} see nothing, {KINDS[where.kind]}. How far the answer and its confidence "
        "fall is what it was worth here.",
        on_click=_do,
        args=(off,),
        disabled=off in edits(),
    )


def _button(label: str, told: str, edit: Intervention) -> None:
    st.button(label, key=f"attend_do_{label}", help=told, on_click=_do, args=(edit,))


def _force(place: Place) -> Force:
    return Force(place.column, place.row)


def _shuffle(row: int) -> Shuffle:
    """Return the next way to shuffle a row."""
    seeds = [edit.seed for edit in edits() if isinstance(edit, Shuffle) and edit.row == row]
    return Shuffle(seeds[-1] + 1 if seeds else 0, row)


def _do(edit: Intervention) -> None:
    set_edits(added(edits(), edit))


def _temperature() -> None:
    values = [edit.value for edit in edits() if isinstance(edit, Temperature)]
    now = values[-1] if values else 1.0
    st.session_state.attend_temperature = now
    st.select_slider(
        "Temperature",
        sorted({*TEMPERATURES, now}),
        key="attend_temperature",
        format_func=lambda value: f"{value:g}",
        on_change=_set_temperature,
        width=200,
        help="The scores are divided by it: below 1 the weights get sharper, above 1 flatter.",
    )


def _set_temperature() -> None:
    value = st.session_state.attend_temperature
    others = tuple(edit for edit in edits() if not isinstance(edit, Temperature))
    set_edits(others if value == 1 else (*others, Temperature(value)))


def _swap(answer: Answer, place: Place) -> None:
    inputs = answer.labels[0]
    others = [i for i in range(len(inputs)) if i != place.column]
    if not others:
        return
    st.session_state.attend_swap = None
    st.selectbox(
        f"Swap input {place.column + 1} ({in_markdown(inputs[place.column])}) with",
        others,
        key="attend_swap",
        format_func=lambda i: in_text([f"{i + 1}:", inputs[i]]),
        placeholder="another input",
        on_change=_set_swap,
        args=(place.column,),
        width=200,
        help="The encoder reads the sequence with these two tokens exchanged.",
    )


def _set_swap(column: int) -> None:
    other = st.session_state.attend_swap
    if other is not None:
        _do(Swap(*sorted((column, other))))


def _list(answer: Answer, made: Sequence[Intervention]) -> None:
    """Draw what was done, each with a press to undo it, and the reset."""
    inputs, outputs = answer.labels
    with st.container(horizontal=True):
        for edit in made:
            st.button(
                describe(edit, inputs, outputs),
                key=f"attend_undo_{write(edit)}",
                icon=":material/close:",
                help="Undo this",
                type="tertiary",
                on_click=_undo,
                args=(edit,),
            )
        st.button(
            "Reset",
            key="attend_reset",
            icon=":material/restart_alt:",
            help="Undo everything.",
            on_click=set_edits,
            args=((),),
        )


def _undo(edit: Intervention) -> None:
    set_edits(tuple(one for one in edits() if one != edit))


def finding(plain: Answer, changed: Answer) -> str:
    """Say in a sentence or two what the interventions did to the answer."""
    before, after = plain.trace, changed.trace
    differ = [
        str(i + 1)
        for i in range(max(len(before.outputs), len(after.outputs)))
        if before.outputs[i : i + 1].tolist() != after.outputs[i : i + 1].tolist()
    ]
    confidence = f"Confidence {sure(before.confidence)} before, {sure(after.confidence)} now."
    if differ:
        which = f"Output{'s' if len(differ) > 1 else ''} {', '.join(differ)} changed"
        looked = any(isinstance(edit, AttentionIntervention) for edit in after.interventions)
        return f"{which}{': what it sees is used' if looked else ''}. {confidence}"
    share = _shifted(plain, changed)
    if share > MATTERS:
        less = "less" if after.confidence < before.confidence else "more"
        return (
            f"The answer is the same, but the model is {less} sure of it, and the probability of "
            f"an output is {percent(share)} away from what it was: what it sees is used. "
            f"{confidence}"
        )
    moved = _moved(plain, changed)
    if moved > MOVED:
        return (
            f"The answer is the same, although {percent(moved)} of an output's attention moved: "
            f"the model looks there, and this answer does not depend on it. {confidence}"
        )
    return f"The answer is the same. {confidence}"


def _shifted(plain: Answer, changed: Answer) -> float:
    """Return how far the probability of an output, or of the whole answer, is from what it was."""
    before, after = plain.trace, changed.trace
    outputs = abs(after.output_probabilities - before.output_probabilities).max()
    return max(float(outputs), abs(after.confidence - before.confidence))


def _moved(plain: Answer, changed: Answer) -> float:
    """Return the largest share of a row's attention that is elsewhere now."""
    before, after = plain.trace.weights, changed.trace.weights
    return float(abs(after - before).sum(axis=1).max() / 2) if before.shape == after.shape else 0.0
