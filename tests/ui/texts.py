"""All text that a page shows or could show: what it has drawn, and what its modules say."""

import ast
import json
import re
from collections.abc import Iterable, Iterator
from html import unescape
from pathlib import Path
from typing import Any

from streamlit.testing.v1 import AppTest

_SHOWN = {"body", "caption", "content", "html_content", "help", "label", "placeholder"}
_NO_TEXT = re.compile("export default|<style|document\\.|\\.seqflip-|rem;|^from seqflip")


def drawn_texts(page: AppTest, without: Iterable[str] = ()) -> Iterator[str]:
    """Return what stands on a page, but for the components with these names."""
    left_out = {*without}
    for node in (*page.main, *page.sidebar):
        if node.proto is None or getattr(node.proto, "component_name", None) in left_out:
            continue
        for name, text in _fields(node.proto):
            if name in _SHOWN:
                yield plain(text)
            elif name == "json":
                yield from map(plain, _strings(json.loads(text)))


def written_texts(module: Path) -> Iterator[str]:
    """Return the texts of a module that are no names of something: its docstrings are left out."""
    tree = ast.parse(module.read_text(encoding="utf-8"))
    standing_alone = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
            continue
        if id(node) not in standing_alone and _is_text(node.value):
            yield plain(node.value)


def plain(text: str) -> str:
    """Return a text without its tags, on one line; nothing of a script or a style sheet."""
    return "" if _NO_TEXT.search(text) else " ".join(unescape(re.sub("<[^>]*>", " ", text)).split())


def _is_text(text: str) -> bool:
    return " " in text.strip() or (text[:1].isupper() and not text.isupper())


def _fields(message: Any) -> Iterator[tuple[str, str]]:
    for field, value in message.ListFields():
        values = value if field.is_repeated else [value]
        if field.type == field.TYPE_STRING:
            yield from ((field.name, text) for text in values)
        elif field.type == field.TYPE_MESSAGE and not field.message_type.GetOptions().map_entry:
            for one in values:
                yield from _fields(one)


def _strings(told: Any) -> Iterator[str]:
    if isinstance(told, str) and _is_text(told):
        yield told
    elif isinstance(told, dict | list):
        for part in told.values() if isinstance(told, dict) else told:
            yield from _strings(part)
