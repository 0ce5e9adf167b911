"""The cookies with a visitor's keys, set by the server, so that no script can read them.

A page's script cannot be told what to remember without being able to read it. So it gets a ticket,
which it hands in at an address of the server's own, and the answer sets the cookies. A ticket is
good once; it comes in a header, which the pages of other sites may not send.
"""

import re
import secrets
import threading
import time
from collections.abc import Iterable
from typing import Final, NamedTuple

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

KEYS_URL: Final = "live/keys"
TICKET_HEADER: Final = "X-SeqFlip-Ticket"
COOKIE: Final = "seqflip_keys"
SCRIPT_COOKIE: Final = "seqflip_more_keys"
"""Where a page's script remembers keys itself, as the address above is blocked."""
VISITOR_COOKIE: Final = "seqflip_visitor"
MOST: Final = 50  # keys that a cookie has room for
LENT: Final = "~"  # before a key that came with a link
YEAR: Final = 365 * 24 * 3600

_SECONDS: Final = 120  # that a ticket is good
_TICKETS: Final = 10_000
_KEY: Final = re.compile(r"~?[A-Za-z0-9_-]{1,64}", re.ASCII)


class Remembered(NamedTuple):
    """What a browser is to remember."""

    keys: tuple[str, ...]
    visitor: str


class Tickets:
    """What was promised to whom, until it is fetched."""

    def __init__(self) -> None:
        self._given: dict[str, tuple[float, Remembered]] = {}
        self._lock = threading.Lock()

    def give(self, what: Remembered) -> str:
        """Return a new ticket for it."""
        ticket = secrets.token_urlsafe(24)
        with self._lock:
            self._drop_old()
            self._given[ticket] = (time.monotonic(), what)
        return ticket

    def take(self, ticket: str) -> Remembered | None:
        """Return what it is good for, once."""
        with self._lock:
            self._drop_old()
            return self._given.pop(ticket, (0.0, None))[1]

    def _drop_old(self) -> None:
        old = time.monotonic() - _SECONDS
        while self._given:  # the oldest comes first
            ticket, (given, _) = next(iter(self._given.items()))
            if given > old and len(self._given) < _TICKETS:
                return
            del self._given[ticket]


TICKETS: Final = Tickets()


def read_keys(*cookies: str) -> list[str]:
    """Return the keys in cookies, each once, with the mark of those that are lent."""
    pieces = (piece for cookie in cookies for piece in cookie.split("."))
    return list(dict.fromkeys(piece for piece in pieces if _KEY.fullmatch(piece)))


def with_room(keys: Iterable[str]) -> list[str]:
    """Return as many as a cookie holds; those of others' links go first, the oldest first."""
    kept = list(keys)
    while len(kept) > MOST:
        del kept[next((i for i, key in enumerate(kept) if key.startswith(LENT)), 0)]
    return kept


def _remember(request: Request) -> Response:
    found = TICKETS.take(request.headers.get(TICKET_HEADER, ""))
    if found is None:
        return Response(status_code=410)
    answer = Response(status_code=204, headers={"Cache-Control": "no-store"})
    kept = read_keys(request.cookies.get(COOKIE, ""), ".".join(found.keys))
    for name, value in ((COOKIE, ".".join(with_room(kept))), (VISITOR_COOKIE, found.visitor)):
        answer.set_cookie(name, value, max_age=YEAR, httponly=True, samesite="lax")
    return answer


def key_routes(base: str = "") -> list[Route]:
    """Return the address at which tickets are handed in, below the path at which the app is."""
    start = f"/{base.strip('/')}".rstrip("/")
    return [Route(f"{start}/{KEYS_URL}", _remember, methods=["POST"])]
