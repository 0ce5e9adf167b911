"""The cookies with a visitor's keys: set by the server for a ticket, and read by no script."""

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware

from seqflip.server import key_cookie
from seqflip.server.headers import SafeHeaders
from seqflip.server.key_cookie import TICKETS, Remembered, Tickets, key_routes, read_keys, with_room
from tests.asgi import asked

APP = Starlette(
    routes=[*key_routes(), *key_routes("/sub/path/")],
    middleware=[Middleware(SafeHeaders, framed_by="*")],
)


def hand_in(
    ticket: str, cookie: str = "", scheme: str = "http", path: str = "/live/keys"
) -> tuple[int, list[str]]:
    """Hand a ticket in; return the status, and the cookies that are set."""
    headers = [(b"x-seqflip-ticket", ticket.encode()), (b"cookie", cookie.encode())]
    sent = asked(APP, path, headers=headers, method="POST", scheme=scheme)
    cookies = [value.decode() for name, value in sent.headers if name == b"set-cookie"]
    return sent.status, cookies


@pytest.mark.parametrize(
    ("scheme", "where"), [("http", "SameSite=lax"), ("https", "SameSite=None; Secure; Partitioned")]
)
def test_a_ticket_sets_cookies_that_no_script_can_read(scheme: str, where: str) -> None:
    ticket = TICKETS.give(Remembered(("new", "~lent"), "me"))
    status, cookies = hand_in(ticket, "seqflip_keys=old.new", scheme)
    assert status == 204
    assert [one.split(";")[0] for one in cookies] == [
        "seqflip_keys=old.new.~lent",
        "seqflip_visitor=me",
    ]
    for one in cookies:
        assert "HttpOnly" in one
        assert where in one


def test_a_ticket_is_good_once() -> None:
    ticket = TICKETS.give(Remembered(("new",), "me"))
    assert hand_in(ticket, path="/sub/path/live/keys")[0] == 204
    assert hand_in(ticket) == (410, [])
    assert hand_in("") == (410, [])


def test_a_ticket_is_not_good_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    tickets = Tickets()
    ticket = tickets.give(Remembered(("new",), "me"))
    monkeypatch.setattr(key_cookie, "_SECONDS", -1)
    assert tickets.take(ticket) is None


def test_tickets_take_no_more_than_some_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(key_cookie, "_TICKETS", 3)
    tickets = Tickets()
    given = [tickets.give(Remembered((str(i),), "me")) for i in range(5)]
    assert [tickets.take(one) is not None for one in given[:3]] == [False, False, False]
    assert tickets.take(given[-1]) == Remembered(("4",), "me")


def test_what_can_be_no_key_is_left_out() -> None:
    assert read_keys("a.~b.a", "c;d. .é." + "x" * 65, "e-_") == ["a", "~b", "e-_"]


def test_lent_keys_go_before_ones_own() -> None:
    own = [f"own{i}" for i in range(48)]
    assert with_room([*own, "~1", "~2", "~3", "new"]) == [*own, "~3", "new"]
    assert with_room([*own, "1", "2", "3"]) == [*own[1:], "1", "2", "3"]
