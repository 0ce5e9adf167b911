"""Asking what the server answers beside Streamlit, without a server."""

import asyncio
import json
from typing import Any, NamedTuple

from starlette.applications import Starlette

from seqflip.ui.feed import ON_ERROR, routes

APP = Starlette(routes=[*routes(), *routes("/sub/path/")], exception_handlers=ON_ERROR)


class Answer(NamedTuple):
    """What was answered."""

    status: int
    headers: dict[str, str]
    told: Any


def answer_to(url: str) -> Answer:
    """Ask for a URL, which is JSON."""
    path, _, query = url.partition("?")
    scope = {
        "type": "http",
        "method": "GET",
        "path": f"/{path}",
        "query_string": query.encode(),
        "headers": [],
    }
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request"}

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(APP(scope, receive, send))
    headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    body = b"".join(message.get("body", b"") for message in sent[1:])
    return Answer(sent[0]["status"], headers, json.loads(body))
