"""What the server tells a page that follows a run: ``live/run/RUN`` and ``live/race/RACE``.

``live/runs`` tells whether anything has changed among all runs, ``live/stored/RUN`` all that an
example showed while it was trained, ``live/attend/RUN`` what a model makes of what is typed, and
``live/painting/RUN`` where it looks, for a class that is to paint it first.

A page asks several times a second, and says what it has. It is told in which state the run is,
and gets those of its charts and pieces of HTML that have changed since. The server keeps nothing of
who asks: whoever comes back after a while, or lost a message, just has less.
"""

import json
import math
import zlib
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlencode

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from seqflip.config.section import ConfigError
from seqflip.decoding import trace
from seqflip.race.folder import Race
from seqflip.runs.run import Run, RunError
from seqflip.runs.status import ENDED
from seqflip.runs.store import default_root
from seqflip.server.told_once import MOST_KEPT, PAUSE, ToldOnce
from seqflip.ui.attend.view import from_link
from seqflip.ui.charts.live import Had
from seqflip.ui.parts.painting import painting
from seqflip.ui.parts.typed import LONGEST_TEXT, read_source
from seqflip.ui.race.curves import known_measure
from seqflip.ui.race.live import number_parts as race_numbers
from seqflip.ui.race.shown import find_race
from seqflip.ui.shell.server import server
from seqflip.ui.shell.visit import current_status
from seqflip.ui.train import picture, stored
from seqflip.ui.train.numbers import first_right, number_parts

RUNS_FEED: Final = "live/runs"
"""The URL of the feed of all runs."""

PAUSE_HEADER: Final = "Seqflip-Pause"
"""In answers: how many seconds to wait before the next question, as many ask."""

WAITED_HEADER: Final = "Seqflip-Waited"
"""In questions: how many seconds ago the page asked before."""

_MOST_TYPED: Final = 4  # sequences, each with all that is to be seen of it, as a class types them

_NOT_KEPT: Final = {"Cache-Control": "no-store"}

Part = Mapping[str, Any]


class HadPart(BaseModel):
    """What a page has of one of its parts."""

    model_config = ConfigDict(strict=True)

    version: int | None = None
    identity: str | None = None
    series: dict[str, tuple[int, int]] = {}


class Misunderstood(ValueError):
    """What a page says that it has makes no sense."""


class HadParts:
    """What a page says that it has.

    Parameters
    ----------
    text : str
        JSON, as feed.js writes it; raises :class:`Misunderstood` if it is anything else.
    """

    _form: Final = TypeAdapter(dict[str, HadPart])

    def __init__(self, text: str) -> None:
        try:
            self._parts = self._form.validate_json(text)
        except ValidationError:
            raise Misunderstood(
                "“had” must say in JSON what the page has: of each part its version and its curves"
            ) from None

    def curves(self, key: str, identity: str) -> Had:
        """Return what it has of a chart's curves, if they are of what has this identity."""
        part = self._parts.get(key)
        return part.series if part is not None and part.identity == identity else {}

    def lacks(self, key: str, version: int) -> bool:
        """Whether it has this part of the page, but in another version."""
        return key in self._parts and self._parts[key].version != version


def run_feed(run: Run) -> str:
    """Return the URL of a run's feed, from the app's own on."""
    return f"live/run/{quote(run.id)}"


def attend_feed(run: Run) -> str:
    """Return the URL that answers what is typed on the Attend page, from the app's own on."""
    return f"live/attend/{quote(run.id)}"


def stored_feed(run: Run) -> str:
    """Return the URL of all that a stored training showed, from the app's own on."""
    return f"live/stored/{quote(run.id)}"


def race_feed(race: Race, measure: str) -> str:
    """Return the URL of a race's feed, which draws this measure."""
    return f"live/race/{quote(race.id)}?{urlencode({'measure': measure})}"


def runs_state() -> str:
    """Return what changes with all that the list of runs shows."""
    seen = [(run.id, run.info(), run.status()) for run in server().store.runs()]
    return f"{zlib.crc32(repr(seen).encode()):x}"


def _runs(request: Request) -> Response:
    return _json({"state": runs_state(), "parts": {}})


async def _run(request: Request) -> Response:
    return await _told_once(_find_run, request.path_params["run"], request, _run_told)


def _find_run(run_id: str) -> Run:
    return server().store.get(run_id)


def _run_told(request: Request) -> Any:
    run, had = _find_run(request.path_params["run"]), _had(request)
    status = current_status(run)
    live = run.live()
    numbers = number_parts(run, status, had.curves, first_right=first_right(live))
    pictures = picture.picture_parts(run, live, run.config())
    return _told(status.state, numbers | pictures, had)


def _stored(request: Request) -> Response:
    run = server().store.get(request.path_params["run"])
    if not run.bundled:
        raise Misunderstood("only what comes with SeqFlip is played")
    return _json(stored.frames(run))


async def _attend(request: Request) -> Response:
    run_id = request.path_params["run"]
    return await _told_once(_find_run, run_id, request, _attend_told, _MOST_TYPED)


def _attend_told(request: Request) -> Any:
    # Not before the server runs, as it has functions that Streamlit keeps results for.
    from seqflip.ui.attend.parts import typed_parts

    params = dict(request.query_params)
    told = params.pop("told", "0")
    if not (told.isascii() and told.isdecimal() and len(told) < 10):
        raise Misunderstood("“told” must be how many choices of cells were told of")
    view, _ = from_link(params)
    return {"parts": typed_parts(_find_run(request.path_params["run"]), view, int(told))}


def _painting(request: Request) -> Response:
    # Not before the server runs, as it has functions that Streamlit keeps results for.
    from seqflip.ui.parts.subject import open_subject

    trained = open_subject(server().store.get(request.path_params["run"])).trained
    try:
        source = read_source(request.query_params.get("source", "")[:LONGEST_TEXT], trained)
        limit = trained.answer_length(len(source))
        found = trace(trained.model.network, source, trained.model.tgt_length, limit=limit)
        return _json(painting(trained, found))
    except ValueError as error:
        raise Misunderstood(str(error)) from None


async def _race(request: Request) -> Response:
    return await _told_once(find_race, request.path_params["race"], request, _race_told)


def _race_told(request: Request) -> Any:
    # Not before the server runs, as it has functions that Streamlit keeps results for.
    from seqflip.ui.race.heats import picture_parts

    race, had = find_race(request.path_params["race"]), _had(request)
    measure = known_measure(request.query_params.get("measure"))
    config, status = race.race_config(), current_status(race)
    parts = race_numbers(config, race, status, measure, had.curves)
    if status.state not in ENDED:  # then the page knows better what was typed
        parts |= picture_parts(config, race, status.state, "")
    return _told(status.state, parts, had)


def _had(request: Request) -> HadParts:
    return HadParts(request.query_params.get("had", "{}"))


async def _told_once(
    find: Callable[[str], Run],
    run_id: str,
    request: Request,
    work: Callable[[Request], Any],
    most_kept: int = MOST_KEPT,
) -> Response:
    """Answer from memory where somebody has asked the same of the same state."""
    once = _once(default_root(), find, run_id, most_kept)
    content = await once.answer(
        request.scope["query_string"], lambda: _written(work(request)), _waited(request)
    )
    headers = {**_NOT_KEPT, PAUSE_HEADER: f"{once.pause:.3f}"}
    return Response(content, media_type="application/json", headers=headers)


def _waited(request: Request) -> float:
    try:
        waited = float(request.headers.get(WAITED_HEADER, ""))
    except ValueError:
        return PAUSE
    return waited if math.isfinite(waited) else PAUSE


@lru_cache(maxsize=256)
def _once(root: Path, find: Callable[[str], Run], run_id: str, most_kept: int) -> ToldOnce:
    """Return what keeps the answers to all who watch a run or a race below ``root``."""
    run = find(run_id)
    names = ("status.json", "live.json", "steps.bin", "events.jsonl", "race.json")
    lanes = [lane.folder / "live.json" for lane in run.lanes()]
    return ToldOnce([*(run.folder / name for name in names), *lanes], most_kept)


def _told(state: str, parts: Mapping[str, Part], had: HadParts) -> Any:
    """Return the state, and all parts that are not of the version that the page has."""
    changed = {}
    for key, part in parts.items():
        data = dict(part)
        version = zlib.crc32(json.dumps(data).encode())
        if had.lacks(key, version):
            changed[key] = {"version": version, "data": data}
    return {"state": state, "parts": changed}


def _gone(request: Request, error: Exception) -> Response:
    """Answer for a run that there is no more: the page will say so."""
    return _json({"state": "gone", "parts": {}})


def _misunderstood(request: Request, error: Exception) -> Response:
    return _json({"error": f"{error}."}, 400)


def _json(content: Any, status: int = 200) -> Response:
    return Response(_written(content), status, _NOT_KEPT, "application/json")


def _written(content: Any) -> bytes:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def routes(base: str = "") -> list[Route]:
    """Return what the server answers beside Streamlit, below the path at which the app is."""
    start = f"/{base.strip('/')}".rstrip("/")
    return [
        Route(f"{start}/{RUNS_FEED}", _runs),
        Route(f"{start}/live/run/{{run}}", _run),
        Route(f"{start}/live/stored/{{run}}", _stored),
        Route(f"{start}/live/attend/{{run}}", _attend),
        Route(f"{start}/live/painting/{{run}}", _painting),
        Route(f"{start}/live/race/{{race}}", _race),
    ]


ON_ERROR: Final = {RunError: _gone, ConfigError: _gone, Misunderstood: _misunderstood}
