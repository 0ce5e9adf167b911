"""What a class is told and what it takes, asked for as room.js asks."""

import asyncio
import json
from typing import Any, NamedTuple
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as some
from starlette.applications import Starlette

from seqflip.server import class_routes as class_routes_module
from seqflip.server.class_routes import CLASS_ERRORS, HEADER, class_routes
from seqflip.server.classroom import Classes
from tests.asgi import asked

APP = Starlette(routes=class_routes("/below/"), exception_handlers=CLASS_ERRORS)
START = "/below/live/class"
ME = "0123456789ab"


class Room(NamedTuple):
    """A class that was opened, to its lecturer."""

    code: str
    secret: str

    def lead(self, action: str, **content: Any) -> Any:
        return post(f"{START}/{self.code}/{action}", {"secret": self.secret, **content})

    def told(self) -> Any:
        return got(self.code, secret=self.secret).told


class Answered(NamedTuple):
    """What the server answered."""

    status: int
    told: Any


def send(url: str, body: bytes, header: str | None = "yes") -> Answered:
    said = [] if header is None else [(HEADER.lower().encode(), header.encode())]
    found = asked(APP, url, headers=said, body=body, method="POST")
    return Answered(found.status, json.loads(found.body or "null"))


def post(url: str, content: Any) -> Answered:
    return send(url, json.dumps(content).encode())


def got(code: str, me: str = "", secret: str = "", had: str = "") -> Answered:
    said = [(HEADER.lower().encode(), secret.encode())] if secret else []
    found = asked(APP, f"{START}/{code}", urlencode({"me": me, "had": had}), said)
    return Answered(found.status, json.loads(found.body or "null"))


def told(room: Room, me: str = ME) -> Any:
    return got(room.code, me).told


@pytest.fixture
def room() -> Room:
    opened = post(START, {"app": "https://example.org/sub/"}).told
    return Room(opened["code"], opened["secret"])


def test_a_lecturer_gets_a_code_a_link_and_its_picture() -> None:
    opened = post(START, {"app": "https://example.org/sub/?x=1"}).told
    assert opened["join"] == f"https://example.org/sub/?class={opened['code']}"
    assert opened["qr"].startswith("<svg")


def test_who_follows_is_told_where_the_lecturer_is(room: Room) -> None:
    assert told(room)["address"] is None
    assert room.lead("show", address="attend?run=reverse&source=3+1").status == 204
    assert told(room)["address"] == "attend?run=reverse&source=3+1"
    assert told(room)["present"] == 1
    assert told(room, "another-one")["present"] == 2


@pytest.mark.parametrize("app", ["http://[", "ftp://example.org/", "", "http://a b"])
def test_an_app_that_is_nowhere_is_told(app: str) -> None:
    refused = post(START, {"app": app})
    assert refused.status == 400
    assert "“app” cannot be" in refused.told["error"]


@pytest.mark.parametrize(
    "address",
    [
        *("https://evil.example/", "//evil.example", "javascript:alert(1)", "../x", "a/b", "A"),
        *("attend#x", "attend?a b", "x" * 5000),
    ],
)
def test_it_leads_to_no_other_site(room: Room, address: str) -> None:
    refused = room.lead("show", address=address)
    assert refused.status == 400
    assert "“address” cannot be" in refused.told["error"]
    assert told(room)["address"] is None


CHOICE = {"kind": "choose", "text": "Where?", "answers": ["first", "last"], "right": 1}


def test_answers_are_seen_by_the_lecturer_and_then_by_all(room: Room) -> None:
    room.lead("ask", question=CHOICE)
    question = told(room)["question"]
    assert (question["result"], question["solution"], question["close"]) == (None, None, [])
    assert "right" not in question
    answer = {"me": ME, "number": question["number"], "given": 1, "name": "Zoë"}
    assert post(f"{START}/{room.code}/answer", answer).status == 204
    assert room.told()["question"]["result"] == {"tally": [0, 1]}
    assert told(room)["question"]["result"] is None
    room.lead("reveal")
    shown = told(room)["question"]
    assert (shown["result"], shown["solution"]) == ({"tally": [0, 1]}, {"right": 1})
    assert shown["close"] == []
    assert room.told()["question"]["close"] == ["Zoë"]
    room.lead("take-back")
    assert told(room)["question"] is None


def test_a_page_waits_for_what_it_does_not_have_yet(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(class_routes_module, "LONGEST_WAIT", 0.0)

    def news(had: str, **who: str) -> Answered:
        return got(room.code, had=had, **who)

    begin, lead = told(room)["version"], room.told()["version"]
    assert news(begin, me=ME) == Answered(204, None)
    assert news(lead, secret=room.secret) == Answered(204, None)
    room.lead("ask", question=CHOICE)
    now_asked = news(begin, me=ME).told
    answer = {"me": ME, "number": now_asked["question"]["number"], "given": 1}
    lead = news(lead, secret=room.secret).told["version"]
    post(f"{START}/{room.code}/answer", answer)
    assert news(now_asked["version"], me=ME).status == 204  # what others answer is not for all yet
    assert news(lead, secret=room.secret).told["question"]["result"] == {"tally": [0, 1]}
    room.lead("reveal")
    assert news(now_asked["version"], me=ME).told["question"]["result"] == {"tally": [0, 1]}


def test_who_waits_is_told_at_once() -> None:
    async def wait_and_move() -> tuple[bool, bool]:
        classes = Classes()
        room = classes.open()
        waiting = asyncio.create_task(room.changed.wait())
        await asyncio.sleep(0)
        before = waiting.done()
        classes.show(room, "runs")
        return before, await asyncio.wait_for(waiting, 10)

    assert asyncio.run(wait_and_move()) == (False, True)


def test_a_class_that_has_ended_is_told_as_such(room: Room) -> None:
    room.lead("end")
    gone = got(room.code, ME)
    assert gone.status == 404
    assert gone.told["error"] == "there is no class with this code, or it has ended."


def test_who_only_follows_cannot_lead(room: Room) -> None:
    for action in ("show", "ask", "reveal", "take-back", "end"):
        content = {"secret": "guessed", "address": "runs", "question": CHOICE}
        needed = {"show": ("address",), "ask": ("question",)}.get(action, ())
        sent = {name: content[name] for name in ("secret", *needed)}
        refused = post(f"{START}/{room.code}/{action}", sent)
        assert (refused.status, refused.told["error"]) == (
            400,
            "only its lecturer can lead a class.",
        )


def test_the_page_of_another_site_changes_nothing(room: Room) -> None:
    said = json.dumps({"secret": room.secret}).encode()
    refused = send(f"{START}/{room.code}/end", said, header=None)
    assert refused.status == 400
    assert told(room)["question"] is None


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"answers": ["a"]}, "“question.answers” cannot be: List should have at least 2 items"),
        ({"right": 2}, "“question” cannot be: the right answer must be one of them"),
        ({"text": " "}, "“question.text” cannot be"),
        ({"answers": ["a", "b" * 201]}, "“question.answers.1” cannot be"),
        ({"text": "?" * 49_000, "answers": ["a" * 200] * 6}, "more than 50,000 bytes"),
        ({"more": 1}, "“question.more” cannot be"),
        ({"kind": "guess"}, "“question” cannot be: Input tag 'guess'"),
    ],
)
def test_a_question_that_cannot_be_is_told(
    room: Room, change: dict[str, Any], sentence: str
) -> None:
    refused = room.lead("ask", question=CHOICE | change)
    assert refused.status == 400
    assert sentence in refused.told["error"]


@given(body=some.binary(max_size=200), me=some.text(max_size=60))
def test_whatever_is_sent_is_taken_or_refused_in_a_sentence(body: bytes, me: str) -> None:
    opened = post(START, {"app": "http://localhost/"}).told
    for action in ("show", "ask", "answer", "end"):
        url = f"{START}/{opened['code']}/{action}"
        sent = send(url, body)
        assert sent.status == 400
        assert sent.told["error"].endswith(".")
    assert got(opened["code"], me).status in (200, 400)
    post(f"{START}/{opened['code']}/end", {"secret": opened["secret"]})
