"""Headers of every answer, and cookies that a frame of another site may keep."""

import asyncio

import pytest
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import Message, Scope

from seqflip.server.headers import SafeHeaders


def with_cookies(request: Request) -> Response:
    response = PlainTextResponse("here")
    response.set_cookie("one", "1", samesite="lax")
    response.set_cookie("two", "2", samesite="strict", httponly=True)
    return response


def headers_of(scheme: str, asked: dict[str, str]) -> Headers:
    """Return the headers of the answer to a request."""
    told: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request"}

    async def send(message: Message) -> None:
        told.append(message)

    scope: Scope = {
        "type": "http",
        "method": "GET",
        "path": "/",
        "query_string": b"",
        "scheme": scheme,
        "headers": [(name.encode(), value.encode()) for name, value in asked.items()],
    }
    app = SafeHeaders(Starlette(routes=[Route("/", with_cookies)]), "https://course.example")
    asyncio.run(app(scope, receive, send))
    return Headers(raw=told[0]["headers"])


@pytest.mark.parametrize(
    ("scheme", "asked", "secure"),
    [
        ("http", {}, False),
        ("https", {}, True),
        ("http", {"x-forwarded-proto": "https"}, True),
        ("http", {"x-forwarded-proto": "https, http"}, True),
        ("http", {"x-forwarded-proto": "http"}, False),
    ],
)
def test_cookies_work_in_a_frame_where_they_can(
    scheme: str, asked: dict[str, str], secure: bool
) -> None:
    cookies = headers_of(scheme, asked).getlist("set-cookie")
    assert len(cookies) == 2
    assert all(("SameSite=None; Secure; Partitioned" in one) == secure for one in cookies)
    assert "HttpOnly" in cookies[1]


def test_every_answer_says_what_may_be_loaded_and_who_may_frame_it() -> None:
    headers = headers_of("http", {})
    assert headers["content-security-policy"].endswith("frame-ancestors https://course.example")
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
