"""Text is read and written as UTF-8 on every machine, whatever its own encoding is."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
FOLDERS = ("seqflip", "pages", "benchmarks", "examples", "tests")
ENCODING_PLACE = {"read_text": 0, "write_text": 1}


def _without_encoding(file: Path) -> Iterator[str]:
    """Yield where a method of a path leaves the encoding to the machine; ruff sees the others."""
    for node in ast.walk(ast.parse(file.read_bytes())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            place = ENCODING_PLACE.get(node.func.attr)
            said = any(keyword.arg == "encoding" for keyword in node.keywords)
            if place is not None and len(node.args) <= place and not said:
                yield f"{file.relative_to(ROOT)}:{node.lineno}"


def test_every_text_says_its_encoding() -> None:
    files = [file for folder in FOLDERS for file in (ROOT / folder).rglob("*.py")]
    assert len(files) > 100
    assert [place for file in files for place in _without_encoding(file)] == []
