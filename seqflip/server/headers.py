"""Headers of every answer: what a page may load, who may frame it, cookies that work in frames.

A course page that shows SeqFlip in a frame is another site. Browsers keep cookies for a frame only
over HTTPS, and if these say ``SameSite=None; Secure; Partitioned``: then they belong to this frame
in that site alone.
"""

from collections.abc import Iterable
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Streamlit's page has scripts and styles of its own in it, loads components from blobs, and its
# charts draw and save pictures as data; everything else comes from this server.
_POLICY: Final = (
    "default-src 'self'; "
    "script-src 'self' 'unsafe-inline' blob:; "
    "style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; "
    "font-src 'self' data:; "
    "connect-src 'self' ws: wss: data: blob:; "
    "worker-src 'self' blob:; "
    "frame-src 'self' blob:; "
    "object-src 'none'; "
    "base-uri 'self'; "
    "form-action 'self'; "
    "frame-ancestors {}"
)
_IN_A_FRAME: Final = "SameSite=None; Secure; Partitioned"


class SafeHeaders:
    """Adds them to all that an app answers.

    Parameters
    ----------
    app
        What answers.
    framed_by : str
        Who may show a page in a frame, as the policy's ``frame-ancestors`` has it.
    """

    def __init__(self, app: ASGIApp, framed_by: str) -> None:
        self._app = app
        self._fixed = {
            "Content-Security-Policy": _POLICY.format(framed_by),
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "same-origin",
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, and add the headers where the answer begins."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        secure = is_secure(scope)

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._fixed.items():
                    headers[name] = value
                if secure:
                    cookies = headers.getlist("set-cookie")
                    del headers["set-cookie"]
                    for cookie in for_frames(cookies):
                        headers.append("set-cookie", cookie)
            await send(message)

        await self._app(scope, receive, send_with_headers)


def is_secure(scope: Scope) -> bool:
    """Whether the browser speaks HTTPS, to this server or to the proxy before it."""
    proxied = Headers(scope=scope).get("x-forwarded-proto", "")
    return scope["scheme"] == "https" or proxied.split(",")[0].strip() == "https"


def for_frames(cookies: Iterable[str]) -> list[str]:
    """Return cookies, each with the attributes that let it be kept in another site's frame.

    >>> for_frames(["a=b; Path=/; SameSite=Lax"])
    ['a=b; Path=/; SameSite=None; Secure; Partitioned']
    """
    replaced = ("samesite", "secure", "partitioned")
    return [
        "; ".join(
            [
                *(
                    part.strip()
                    for part in cookie.split(";")
                    if part.strip().lower().split("=")[0] not in replaced
                ),
                _IN_A_FRAME,
            ]
        )
        for cookie in cookies
    ]
