"""A page to take home: one HTML file that needs nothing else, neither a server nor a network."""

import json
from html import escape
from itertools import zip_longest
from pathlib import Path

from plotly.colors import sample_colorscale

from seqflip.ui.attend.exports import as_data
from seqflip.ui.attend.numbers import number
from seqflip.ui.attend.picture import Answer
from seqflip.ui.attend.step_html import Place
from seqflip.ui.charts.palette import HEAT
from seqflip.ui.labels import percent

HERE = Path(__file__).parent
CELL, LEFT, TOP = 30, 70, 44


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
    title = f"{name}: {' '.join(answer.inputs)}"
    data = json.dumps(as_data(answer)).replace("<", "\\u003c")
    parts = [
        "<!doctype html>",
        '<html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{escape(title)}</title>",
        f"<style>{(HERE / 'offline.css').read_text()}</style></head><body>",
        f"<h1>{escape(title)}</h1>",
        f"<p>{escape(_summary(answer))}</p>",
        _answer(answer),
        f"<main><div>{_heatmap(answer, place)}</div>{_DETAIL}</main>" if answer.looks else "",
        "<footer>Attention weights show where the model looks; they are not by themselves an "
        "explanation. Made with SeqFlip.</footer>",
        f'<script type="application/json" id="data">{data}</script>',
        f"<script>{(HERE / 'offline.js').read_text()}</script>" if answer.looks else "",
        "</body></html>",
    ]
    return "\n".join(part for part in parts if part) + "\n"


_DETAIL = (
    '<table id="detail"><caption></caption><thead><tr><th>input</th><th>product</th>'
    "<th>score</th><th>weight</th></tr></thead><tbody></tbody></table>"
)


def _summary(answer: Answer) -> str:
    parts = [f"Confidence {percent(answer.confidence)}"]
    if answer.alignment is not None:
        parts.append(f"attention on the true place {percent(answer.alignment)}")
    if answer.trace.interventions:
        parts.append(f"changed by hand: {', '.join(map(repr, answer.trace.interventions))}")
    return "; ".join(parts) + "."


def _answer(answer: Answer) -> str:
    right = None if answer.right is None else [answer.word(token) for token in answer.right]
    correct = answer.correct or [True] * len(answer.outputs)
    said = [
        f'<span class="{"" if good else "wrong"}">{escape(token)}</span>'
        for token, good in zip(answer.outputs, correct, strict=True)
    ]
    shares = [number(share) for share in answer.trace.output_probabilities]
    rows = [("input", map(escape, answer.inputs)), ("answer", said), ("probability", shares)]
    if right is not None:
        rows.insert(1, ("expected", map(escape, right)))
    columns = list(zip_longest(*(cells for _, cells in rows), fillvalue=""))
    lines = (
        f"<tr><th>{title}</th>{''.join(f'<td>{column[i]}</td>' for column in columns)}</tr>"
        for i, (title, _) in enumerate(rows)
    )
    return f'<div class="scroll"><table>{"".join(lines)}</table></div>'


def _heatmap(answer: Answer, place: Place) -> str:
    inputs, outputs = answer.labels
    width, height = LEFT + CELL * len(inputs) + 2, TOP + CELL * len(outputs) + 2
    colours = sample_colorscale(list(HEAT), answer.trace.weights.clip(0, 1).ravel().tolist())
    cells = []
    for i, colour in enumerate(colours):
        row, column = divmod(i, len(inputs))
        weight = answer.trace.weights[row, column]
        told = f"output {outputs[row]} ← input {inputs[column]}: {weight:.2f}"
        cells.append(
            f'<rect class="cell" x="{LEFT + CELL * column}" y="{TOP + CELL * row}" '
            f'width="{CELL - 1}" height="{CELL - 1}" fill="{colour}" data-row="{row}" '
            f'data-column="{column}"><title>{escape(told)}</title></rect>'
        )
    frame = f'width="{CELL - 1}" height="{CELL - 1}" rx="1"'
    return (
        f'<svg viewBox="0 0 {width} {height}" width="{width}" tabindex="0" role="application" '
        f'aria-label="Attention weights; arrow keys choose a cell" data-cell="{CELL}" '
        f'data-left="{LEFT}" data-top="{TOP}" data-row="{place.row}" data-column="{place.column}">'
        f'<text x="{LEFT}" y="14">input</text><text x="4" y="{TOP - 8}">output</text>'
        + "".join(
            f'<text x="{LEFT + CELL * (i + 0.45)}" y="{TOP - 8}" text-anchor="middle">'
            f"{escape(label)}</text>"
            for i, label in enumerate(inputs)
        )
        + "".join(
            f'<text x="{LEFT - 8}" y="{TOP + CELL * (i + 0.65)}" text-anchor="end">'
            f"{escape(label)}</text>"
            for i, label in enumerate(outputs)
        )
        + "".join(cells)
        + f'<rect class="edge" {frame}/><rect class="chosen" {frame}/></svg>'
    )
