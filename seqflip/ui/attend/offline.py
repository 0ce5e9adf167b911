"""A page to take home: one HTML file that needs nothing else, neither a server nor a network."""

import json
from itertools import zip_longest
from pathlib import Path

from markupsafe import Markup
from plotly.colors import sample_colorscale

from seqflip.ui.as_typed import all_in_html, in_html, in_text
from seqflip.ui.attend.exports import as_data
from seqflip.ui.attend.measures import alike, allowed
from seqflip.ui.attend.picture import Answer
from seqflip.ui.attend.step_html import Place
from seqflip.ui.attend.through import seen
from seqflip.ui.charts.palette import HEAT
from seqflip.ui.labels import percent, shortened
from seqflip.ui.parts.numbers import EMPTY, number

HERE = Path(__file__).parent
CELL, TOP = 30, 44
LONGEST, LETTER = 16, 7.4  # of a label: characters, and pixels a character

_PAGE = Markup(
    """<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{style}</style></head><body>
<h1><bdi>{name}</bdi>: {source}</h1>
<p>{summary}</p>
{answer}
{picture}
<footer>Attention weights show where the model looks; they are not by themselves an explanation.
Made with SeqFlip.</footer>
<script type="application/json" id="data">{data}</script>
{script}</body></html>
"""
).format
_PICTURE = Markup(
    "<main><div>{}</div>"
    '<table id="detail"><caption></caption><thead><tr><th>input</th><th>product</th>'
    "<th>score</th><th>weight</th></tr></thead><tbody></tbody></table></main>"
).format
_HEATMAP = Markup(
    '<svg viewBox="0 0 {width} {height}" width="{width}" tabindex="0" role="application" '
    'aria-label="Attention weights; arrow keys choose a cell" data-cell="{cell}" '
    'data-left="{left}" data-top="{top}" data-row="{row}" data-column="{column}">'
    '<text x="{left}" y="14">input</text><text x="4" y="14">output</text>{content}'
    '<rect class="edge" {frame}/><rect class="chosen" {frame}/></svg>'
).format
_CELL = Markup(
    '<rect class="cell" x="{x}" y="{y}" width="{size}" height="{size}" style="fill:{fill}" '
    'data-row="{row}" data-column="{column}"><title>{told}</title></rect>'
).format
_LIGHT_DARK = "light-dark({}, {})".format
_LABEL = Markup('<text x="{x}" y="{y}" text-anchor="{anchor}"{turned}>{label}</text>').format
_TURNED = Markup(' transform="rotate(-60 {} {})"').format


def as_html(answer: Answer, place: Place, name: str) -> str:
    """Return the page.

    Parameters
    ----------
    answer : Answer
    place : Place
        What is chosen when it is opened.
    name : str
        Of the run.
    """
    data = json.dumps(as_data(answer)).replace("<", "\\u003c")
    script = Markup("<script>{}</script>\n").format(_file("offline.js"))
    return _PAGE(
        title=f"{name}: {in_text(answer.inputs)}",
        style=_file("offline.css"),
        name=name,
        source=all_in_html(answer.inputs),
        summary=_summary(answer),
        answer=_answer(answer),
        picture=_PICTURE(_heatmap(answer, place)) if answer.has_attention else EMPTY,
        data=Markup(data),
        script=script if answer.has_attention else EMPTY,
    )


def _file(name: str) -> Markup:
    """Return a file of this folder as it is."""
    return Markup((HERE / name).read_text(encoding="utf-8"))


def _summary(answer: Answer) -> str:
    parts = [f"Confidence {percent(answer.confidence)}"]
    if answer.alignment is not None and answer.truth is not None:
        may = allowed(answer, seen(answer, None), None)
        chance = percent(alike(answer.truth, may))
        parts.append(
            f"attention on the true place {percent(answer.alignment)} (by chance {chance})"
        )
    if answer.trace.interventions:
        parts.append(f"changed by hand: {', '.join(map(repr, answer.trace.interventions))}")
    return "; ".join(parts) + "."


def _answer(answer: Answer) -> Markup:
    """Return source, right answer and answer as a table, one column a position."""
    correct = answer.correct or [True] * len(answer.outputs)
    said = [
        Markup('<span class="{}">{}</span>').format("" if good else "wrong", in_html(token))
        for token, good in zip(answer.outputs, correct, strict=True)
    ]
    rows = [("input", list(map(in_html, answer.inputs)))]
    if answer.right is not None:
        rows.append(("expected", [in_html(answer.word(token)) for token in answer.right]))
    rows.append(("answer", said))
    rows.append(("probability", [Markup(number(p)) for p in answer.trace.output_probabilities]))
    columns = list(zip_longest(*(cells for _, cells in rows), fillvalue=EMPTY))
    lines = (
        Markup("<tr><th>{}</th>{}</tr>").format(
            title, EMPTY.join(Markup("<td>{}</td>").format(column[i]) for column in columns)
        )
        for i, (title, _) in enumerate(rows)
    )
    return Markup('<div class="scroll"><table>{}</table></div>').format(EMPTY.join(lines))


def _heatmap(answer: Answer, place: Place) -> Markup:
    """Return the heatmap as a picture that needs no script; long labels are slanted, and cut."""
    inputs, outputs = ([shortened(one, LONGEST) for one in labels] for labels in answer.labels)
    wide, high = (LETTER * max(map(len, labels)) for labels in (inputs, outputs))
    slanted = wide > CELL
    left, top = round(max(high + 16, 56)), round(28 + 0.9 * wide if slanted else TOP)
    x = [left + CELL * (i + 0.45) for i in range(len(inputs))]
    above = [
        _LABEL(
            x=at,
            y=top - 8,
            anchor="start" if slanted else "middle",
            turned=_TURNED(at, top - 8) if slanted else EMPTY,
            label=label,
        )
        for at, label in zip(x, inputs, strict=True)
    ]
    beside = [
        _LABEL(x=left - 8, y=top + CELL * (i + 0.65), anchor="end", turned=EMPTY, label=label)
        for i, label in enumerate(outputs)
    ]
    margin = round(0.5 * wide) if slanted else 2
    return _HEATMAP(
        width=left + CELL * len(inputs) + margin,
        height=top + CELL * len(outputs) + 2,
        cell=CELL,
        left=left,
        top=top,
        row=place.row,
        column=place.column,
        content=EMPTY.join([*above, *beside, *_cells(answer, left, top)]),
        frame=Markup(f'width="{CELL - 1}" height="{CELL - 1}" rx="1"'),
    )


def _cells(answer: Answer, left: int, top: int) -> list[Markup]:
    inputs, outputs = answer.labels
    weights = answer.trace.weights
    shares = weights.clip(0, 1).ravel().tolist()
    light, dark = (sample_colorscale([pair[i] for pair in HEAT], shares) for i in (0, 1))
    cells = []
    for i, colour in enumerate(zip(light, dark, strict=True)):
        row, column = divmod(i, len(inputs))
        told = in_text(["output", outputs[row], "← input", f"{inputs[column]}:"])
        cells.append(
            _CELL(
                x=left + CELL * column,
                y=top + CELL * row,
                size=CELL - 1,
                fill=_LIGHT_DARK(*colour),
                row=row,
                column=column,
                told=f"{told} {weights[row, column]:.2f}",
            )
        )
    return cells
