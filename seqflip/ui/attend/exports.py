"""The picture to take home: as tables, as numbers, as Python, and as a page that works offline."""

import csv
import io
import json
from collections.abc import Sequence
from typing import Any

import numpy as np

from seqflip.data.vocabulary import decode
from seqflip.system.spreadsheet import BYTE_ORDER_MARK, as_text
from seqflip.ui.attend.picture import Answer

ARRAYS = (
    "encoder_states",
    "start_states",
    "layer_states",
    "query",
    "key",
    "value",
    "products",
    "scores",
    "weights",
    "context",
    "logits",
    "probabilities",
)
COLUMNS = (
    *("output_position", "output_id", "output", "probability"),
    *("input_position", "input_id", "input", "product", "score", "weight"),
)
"""The ids tell the marks from words that look like them: 0 is the end mark."""


def as_csv(answer: Answer) -> str:
    """Return one line for every output and input: the cells of the heatmap, for a spreadsheet."""
    trace = answer.trace
    text = io.StringIO()
    text.write(BYTE_ORDER_MARK)
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for t, output in enumerate(answer.outputs):
        share = f"{trace.output_probabilities[t]:.6g}"
        said = (t + 1, int(trace.outputs[t]), as_text(output), share)
        for s, token in enumerate(answer.inputs):
            read = (s + 1, int(trace.source[s]), as_text(token))
            numbers = (trace.products[t, s], trace.scores[t, s], trace.weights[t, s])
            writer.writerow([*said, *read, *(f"{x:.6g}" for x in numbers)])
    return text.getvalue()


def as_data(answer: Answer) -> dict[str, Any]:
    """Return all numbers of an answer, ready for JSON."""
    trace = answer.trace
    return {
        "attention": trace.attention,
        "scale": trace.scale,
        "interventions": [repr(edit) for edit in trace.interventions],
        "teacher_forced": answer.forced,
        "input": answer.inputs,
        "input_ids": trace.source.tolist(),
        "read": [answer.word(token) for token in trace.inputs.tolist()],
        "read_ids": trace.inputs.tolist(),
        "output": answer.outputs,
        "output_ids": trace.outputs.tolist(),
        "expected": None if answer.right is None else [answer.word(t) for t in answer.right],
        "expected_ids": answer.right,
        "output_probabilities": _plain(trace.output_probabilities),
        "confidence": answer.confidence,
        "entropy_bits": _plain(trace.entropy),
        "alignment": answer.alignment,
        "vocabulary": answer.trained.vocabulary,
        "stages": {name: _plain(stage) for name, stage in trace.stages.items()},
    } | {name: _plain(getattr(trace, name)) for name in ARRAYS}


def as_json(plain: Answer, changed: Answer | None) -> str:
    """Return all numbers as JSON; those after interventions under ``changed``."""
    data = as_data(plain)
    if changed is not None:
        data["changed"] = as_data(changed)
    return json.dumps(data, indent=1, ensure_ascii=False) + "\n"


def as_python(
    folder: str, source: Sequence[int], answer: Answer, snapshot: int | None = None
) -> str:
    """Return the lines of Python that make the same picture.

    Parameters
    ----------
    folder : str
        The run's folder.
    source : tokens
        Before any swap.
    answer : Answer
    snapshot : int, optional
        After which step the model had its weights.
    """
    opened = [repr(folder)] + [f"step={snapshot}"] * (snapshot is not None)
    edits = answer.trace.interventions
    text = decode(source, answer.trained.vocabulary)
    names = sorted({type(edit).__name__ for edit in edits} | {"trace"}, key=str.lower)
    arguments = ["trained.model.network", "source", "trained.model.tgt_length"]
    if answer.forced:
        arguments.append(f"target={answer.target}")
    arguments.append("limit=trained.answer_length(len(source))")
    if edits:
        arguments.append(f"interventions={list(edits)!r}")
    lines = [
        f"from seqflip.decoding import {', '.join(names)}",
        "from seqflip.runs.trained import open_trained",
        *(["from seqflip.ui.charts.figures import heatmap"] if answer.has_attention else []),
        "",
        f"trained = open_trained({', '.join(opened)})",
        f"source = trained.encode({text!r})",
        "found = trace(",
        *(f"    {argument}," for argument in arguments),
        ")",
        "inputs, outputs = trained.words(found.source), trained.words(found.outputs)",
        "print(outputs, found.output_probabilities)",
        *(["heatmap(found.weights, inputs, outputs).show()"] if answer.has_attention else []),
    ]
    return "\n".join(lines) + "\n"


def _plain(array: Sequence[float] | np.ndarray[Any, Any]) -> Any:
    """Return nested lists of numbers with six digits."""
    return json.loads(json.dumps(np.asarray(array).tolist()), parse_float=_six_digits)


def _six_digits(text: str) -> float:
    return float(f"{float(text):.6g}")
