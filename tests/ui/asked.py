"""Asking what the server answers beside Streamlit, without a server."""

import json
from typing import Any, NamedTuple

from starlette.applications import Starlette

from seqflip.ui.feed import ON_ERROR, routes
from tests.asgi import asked

APP = Starlette(routes=[*routes(), *routes("/sub/path/")], exception_handlers=ON_ERROR)


class Answer(NamedTuple):
    """What was answered."""

    status: int
    headers: dict[str, str]
    told: Any


def answer_to(url: str, **headers: str) -> Answer:
    """Ask for a URL, which is JSON."""
    path, _, query = url.partition("?")
    said = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    sent = asked(APP, f"/{path}", query, said)
    headers = {name.decode(): value.decode() for name, value in sent.headers}
    return Answer(sent.status, headers, json.loads(sent.body))
