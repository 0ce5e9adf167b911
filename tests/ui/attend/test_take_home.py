"""What is taken home holds the model's own numbers, and brings the picture back."""

import csv
import io
import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from seqflip.decoding import Force, Intervention, Shuffle, Swap, Temperature
from seqflip.runs.run import Run
from seqflip.runs.trained import open_trained
from seqflip.ui.attend.exports import ARRAYS, as_csv, as_json, as_python
from seqflip.ui.attend.offline import as_html
from seqflip.ui.attend.picture import Answer, answer
from seqflip.ui.attend.step_html import Place
from seqflip.ui.parts.file_name import file_name
from seqflip.ui.parts.subject import Subject

EXAMPLES = Path(__file__).parents[3] / "examples"
SOURCE = [3, 1, 4, 1, 5, 9]


def made(name: str, *edits: Intervention, target: list[int] | None = None) -> Answer:
    run = Run(EXAMPLES / name, bundled=True)
    return answer(Subject(run, name, "finished", open_trained(run), 0), SOURCE, target, edits)


def test_the_csv_has_a_line_for_every_cell() -> None:
    found = made("reverse")
    lines = list(csv.DictReader(io.StringIO(as_csv(found))))
    assert len(lines) == found.trace.weights.size
    weights = np.array([float(line["weight"]) for line in lines]).reshape(found.trace.weights.shape)
    np.testing.assert_allclose(weights, found.trace.weights, rtol=1e-5)
    assert [line["input"] for line in lines[:6]] == ["3", "1", "4", "1", "5", "9"]
    assert {line["output"] for line in lines} == set(found.outputs)


@pytest.mark.parametrize("name", ["reverse", "additive", "bottleneck"])
def test_the_json_has_every_number(name: str) -> None:
    plain, changed = made(name), made(name, Swap(0, 1))
    data = json.loads(as_json(plain, changed))
    for array in ARRAYS:
        expected = getattr(plain.trace, array)
        np.testing.assert_allclose(
            np.reshape(data[array], expected.shape), expected, rtol=1e-5, atol=1e-30
        )
    assert data["input"] == ["3", "1", "4", "1", "5", "9"]
    assert data["changed"]["input"] == ["1", "3", "4", "1", "5", "9"]
    assert data["changed"]["interventions"] == ["Swap(first=0, second=1)"]


@pytest.mark.parametrize(
    ("name", "edits", "target"),
    [
        ("reverse", (), None),
        ("reverse", (Force(0, row=1), Temperature(0.5), Shuffle(3, row=2), Swap(0, 5)), None),
        ("additive", (), [9, 5, 1, 4, 1, 3, 0]),
        ("bottleneck", (), None),
    ],
)
def test_the_python_brings_the_same_picture(
    name: str, edits: tuple[Intervention, ...], target: list[int] | None, monkeypatch: Any
) -> None:
    found = made(name, *edits, target=target)
    code = as_python(str(EXAMPLES / name), SOURCE, found)
    monkeypatch.setattr("plotly.graph_objects.Figure.show", lambda figure: None)
    names: dict[str, Any] = {}
    exec(code, names)
    np.testing.assert_array_equal(names["found"].weights, found.trace.weights)
    np.testing.assert_array_equal(names["found"].logits, found.trace.logits)
    assert ("heatmap" in code) == found.has_attention


def test_the_page_needs_nothing_from_outside() -> None:
    page = as_html(made("reverse"), Place(1, 2), "Reverse")
    assert not re.search(r"(src|href)=|https?:|@import|url\(", page)
    assert page.count('<rect class="cell"') == 7 * 6
    found = re.search(r'id="data">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    data = json.loads(found[1])
    np.testing.assert_allclose(data["weights"], made("reverse").trace.weights, rtol=1e-5)


def test_the_page_does_without_a_heatmap_where_there_is_no_attention() -> None:
    page = as_html(made("bottleneck"), Place(0, 0), "Bottleneck")
    assert "<svg" not in page
    assert "under 0.1 %" in page or "Confidence" in page


def test_tokens_cannot_smuggle_anything_into_the_page() -> None:
    found = made("reverse")
    found.trained.vocabulary[9] = "</script><script>alert(1)</script>"
    page = as_html(found, Place(0, 0), "<b>name</b>")
    assert "alert(1)</script>" not in page
    assert "<b>name" not in page


def test_marks_are_told_from_words_that_look_like_them() -> None:
    found = made("reverse")
    data = json.loads(as_json(found, None))
    assert data["output"][-1] == "⟨end⟩"
    assert data["output_ids"] == data["expected_ids"] == [9, 5, 1, 4, 1, 3, 0]
    assert data["read_ids"][0] == len(data["vocabulary"])
    found.trained.vocabulary[3] = "end"
    found = replace(found)  # its texts are worked out once
    lines = list(csv.DictReader(io.StringIO(as_csv(found))))
    assert {line["output"]: line["output_id"] for line in lines}["end"] == "3"
    assert {line["output"]: line["output_id"] for line in lines}["⟨end⟩"] == "0"


def test_a_spreadsheet_opens_the_csv_as_it_is_meant() -> None:
    found = made("reverse")
    found.trained.vocabulary[9] = "=1+1"
    text = as_csv(found)
    assert text.startswith("\ufeff")
    assert "'=1+1" in text
    assert ",=1+1" not in text


def test_long_words_have_room_in_the_page() -> None:
    found = made("reverse")
    found.trained.vocabulary[9] = "Geschwindigkeitsbegrenzung"
    page = as_html(found, Place(0, 0), "words")
    assert "Geschwindigkeit…</text>" in page
    assert "rotate(-60" in page
    left = re.search(r'data-left="(\d+)"', page)
    assert left is not None
    assert int(left[1]) > 100
    assert "output Geschwindigkeitsbegrenzung ← input" in page


def test_files_are_named_after_run_sequence_and_step() -> None:
    assert file_name("attention", "reverse", ["3", "1"]) == "attention-reverse-3-1"
    assert file_name("replay", "r-1", ["../", "é", "a b"], 12) == "replay-r-1-a-b-step-12"
    assert len(file_name("attention", "r", ["word"] * 100)) < 60


@pytest.mark.parametrize("module", ["attend", "replay"])
def test_the_pages_are_written_where_text_is_not_utf_8(module: str) -> None:
    code = (
        f"from seqflip.ui.{module} import offline; "
        + {"attend": "offline._file('offline.js')", "replay": "offline._script()"}[module]
    )
    ascii = os.environ | {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0"}
    command = [sys.executable, "-X", "utf8=0", "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, env=ascii)
    assert done.returncode == 0, done.stderr
