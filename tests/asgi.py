"""Asking an ASGI app without a server."""

import asyncio
from collections.abc import Sequence
from typing import Any, NamedTuple

from starlette.applications import Starlette

Headers = Sequence[tuple[bytes, bytes]]


class Sent(NamedTuple):
    """What an app sent."""

    status: int
    headers: Headers
    body: bytes


def asked(
    app: Starlette,
    path: str,
    query: str = "",
    headers: Headers = (),
    body: bytes = b"",
    **more: str,
) -> Sent:
    """Ask for a path; ``more`` is the method, the scheme and the like."""
    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "query_string": query.encode(),
        "headers": list(headers),
        **more,
    }
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": body}

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(app(scope, receive, send))
    answer = b"".join(message.get("body", b"") for message in sent[1:])
    return Sent(sent[0]["status"], sent[0]["headers"], answer)
