"""The addresses of a class: ``live/class`` opens one, ``live/class/CODE`` tells what there is.

What changes something must come with a header that the pages of other sites may not send.
"""

import asyncio
import contextlib
import io
import re
from collections.abc import Callable
from time import monotonic
from typing import Annotated, Any, Final
from urllib.parse import urlsplit

import segno
from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from seqflip.server.class_questions import AnyQuestion, ClassError
from seqflip.server.classroom import CLASSES, LONGEST_ADDRESS, Classroom, NoSuchClass

CLASS_URL: Final = "live/class"
HEADER: Final = "Seqflip-Class"
LONGEST_WAIT: Final = 4.0  # seconds, until a page is told that nothing has changed
_MOST_BYTES: Final = 50_000

_ID: Final = r"^[0-9a-zA-Z-]{8,40}$"
_Id = Annotated[str, StringConstraints(pattern=_ID)]
_Name = Annotated[str, StringConstraints(strip_whitespace=True, max_length=30)]
# A page's own path and its parameters: it leads to no other site.
_Address = Annotated[
    str, StringConstraints(pattern=r"^[a-z]{0,20}(\?[^#\s]*)?$", max_length=LONGEST_ADDRESS)
]


_KINDS: Final = ("choose", "paint", "number")  # as they stand in the place of an error


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Opening(_Form):
    app: Annotated[str, StringConstraints(pattern=r"^https?://[^\s<>\"]+$", max_length=500)]


class _Showing(_Form):
    secret: str
    address: _Address


class _Asking(_Form):
    secret: str
    question: AnyQuestion


class _Leading(_Form):
    secret: str


class _Answering(_Form):
    me: _Id
    number: int
    given: Any
    name: _Name = ""


async def _open(request: Request) -> Response:
    wanted = await _said(request, _Opening)
    try:
        address = urlsplit(wanted.app)
    except ValueError:
        raise ClassError("“app” cannot be: it is no address") from None
    room = CLASSES.open()
    join = f"{address.scheme}://{address.netloc}{address.path}?class={room.code}"
    told = {"code": room.code, "secret": room.secret, "join": join, "qr": _qr(join)}
    return _json(told, 201)


async def _tell(request: Request) -> Response:
    """Tell what there is, as soon as it is something else than the page has."""
    had, until = request.query_params.get("had"), monotonic() + LONGEST_WAIT
    lecturer = HEADER in request.headers
    while True:
        room = _entered(request)
        version = f"{room.moves}.{room.number}.{room.revealed}"
        if lecturer:
            version += f".{room.taken}.{len(room.seen)}"
        if version != had:
            return _json({"version": version, **_told(room, lecturer=lecturer)})
        left = until - monotonic()
        if left <= 0:
            return _done()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(room.changed.wait(), left)


def _entered(request: Request) -> Classroom:
    """Return the class to its lecturer, or to somebody who is present in it from now on."""
    code = request.path_params["code"]
    if secret := request.headers.get(HEADER):
        return CLASSES.lead(code, secret)
    me = request.query_params.get("me", "")
    if not re.fullmatch(_ID, me):
        raise ClassError("“me” must be 8 to 40 letters, digits and hyphens")
    return CLASSES.join(code, me)


async def _show(request: Request) -> Response:
    wanted = await _said(request, _Showing)
    CLASSES.show(CLASSES.lead(request.path_params["code"], wanted.secret), wanted.address)
    return _done()


async def _ask(request: Request) -> Response:
    wanted = await _said(request, _Asking)
    CLASSES.ask(CLASSES.lead(request.path_params["code"], wanted.secret), wanted.question)
    return _done()


async def _reveal(request: Request) -> Response:
    return await _led(request, CLASSES.reveal)


async def _take_back(request: Request) -> Response:
    return await _led(request, lambda room: CLASSES.ask(room, None))


async def _end(request: Request) -> Response:
    return await _led(request, CLASSES.end)


async def _led(request: Request, action: Callable[[Classroom], None]) -> Response:
    wanted = await _said(request, _Leading)
    action(CLASSES.lead(request.path_params["code"], wanted.secret))
    return _done()


async def _answer(request: Request) -> Response:
    wanted = await _said(request, _Answering)
    code = request.path_params["code"]
    CLASSES.answer(code, wanted.me, wanted.number, wanted.given, wanted.name)
    return _done()


def _told(room: Classroom, *, lecturer: bool) -> dict[str, Any]:
    """Return what there is; a lecturer sees the answers before all others."""
    found: dict[str, Any] = {"address": room.address, "present": len(room.seen), "question": None}
    if room.question is not None:
        found["question"] = {
            **room.question.asked(),
            "number": room.number,
            "answered": len(room.answers),
            "revealed": room.revealed,
            "result": room.result() if lecturer or room.revealed else None,
            "solution": room.question.solution() if room.revealed else None,
            "close": room.close() if lecturer and room.revealed else [],
        }
    return found


async def _said(request: Request, form: type[Any]) -> Any:
    """Return what was sent, if it is of this form and no other site's page sent it."""
    if HEADER not in request.headers:
        raise ClassError(f"the header {HEADER} is missing")
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > _MOST_BYTES:
            raise ClassError(f"more than {_MOST_BYTES:,} bytes are too many")
    try:
        return form.model_validate_json(body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"] if part not in _KINDS) or "this"
        reason = first["msg"].removeprefix("Value error, ")
        raise ClassError(f"“{where}” cannot be: {reason}") from None


def _qr(text: str) -> str:
    out = io.BytesIO()
    segno.make(text, error="m").save(out, kind="svg", border=2, xmldecl=False)
    return out.getvalue().decode()


def _refused(request: Request, error: Exception) -> Response:
    return _json({"error": f"{error}."}, 404 if isinstance(error, NoSuchClass) else 400)


def _done() -> Response:
    return Response(status_code=204, headers=_NOT_KEPT)


def _json(content: Any, status: int = 200) -> Response:
    return JSONResponse(content, status, headers=_NOT_KEPT)


_NOT_KEPT: Final = {"Cache-Control": "no-store"}
CLASS_ERRORS: Final = {ClassError: _refused}


def class_routes(base: str = "") -> list[Route]:
    """Return the addresses, below the path at which the app is."""
    start = f"/{base.strip('/')}".rstrip("/") + f"/{CLASS_URL}"
    actions = {"show": _show, "ask": _ask, "reveal": _reveal, "take-back": _take_back}
    actions |= {"end": _end, "answer": _answer}
    return [
        Route(start, _open, methods=["POST"]),
        Route(f"{start}/{{code}}", _tell),
        *(
            Route(f"{start}/{{code}}/{name}", action, methods=["POST"])
            for name, action in actions.items()
        ),
    ]
