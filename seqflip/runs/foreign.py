"""What a run from elsewhere says of itself, checked field by field before a page reads it."""

import functools
import operator
import types
from dataclasses import MISSING, fields
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin, get_type_hints

from pydantic import (
    BaseModel,
    ConfigDict,
    FailFast,
    Field,
    TypeAdapter,
    ValidationError,
    create_model,
)

from seqflip.learning import events
from seqflip.runs.status import ENDED, Status

MAX_TEXT: Final = 500
_LARGEST: Final = 2**53  # beyond it, a browser's numbers are not whole any more

_Count = Annotated[int, Field(ge=0, le=_LARGEST)]
_Number = Annotated[float, Field(ge=-_LARGEST, le=_LARGEST)] | None  # null stands for NaN
_Text = Annotated[str, Field(max_length=MAX_TEXT)]
_Numbers = Annotated[list[_Number], Field(max_length=100)]


def checked_events(found: list[object]) -> list[dict[str, Any]]:
    """Return what the events may say, and nothing else; raises ValueError."""
    try:
        _ALL.validate_python(found)
    except ValidationError as error:
        _refuse(found[error.errors(include_url=False)[0]["loc"][0]])  # type: ignore[index]
        raise
    events: list[Any] = found
    return [{name: one[name] for name in one if name in _FIELDS[one["type"]]} for one in events]


def _refuse(found: object) -> None:
    """Say what is wrong with an event."""
    if not isinstance(found, dict):
        raise ValueError("an event is no mapping")
    kind = str(found.get("type"))
    model = _EVENTS.get(kind)
    if model is None:
        raise ValueError(f"there is no event {kind[:40]!r}")
    _validate(model, found, f"the event {kind}")


def checked_status(found: object) -> Status:
    """Return where the run ended; it can be looked at, but nobody here can go on with it."""
    if not isinstance(found, dict):
        raise ValueError("its status is no mapping")
    _validate(_STATUS, found, "its status")
    status = Status.model_validate({**found, "pid": None})
    return status if status.state in ENDED else status.model_copy(update={"state": "stopped"})


def checked_metrics(found: object) -> dict[str, Any]:
    """Return the final numbers and short texts; raises ValueError."""
    if not isinstance(found, dict):
        raise ValueError("its metrics are no mapping")
    _validate(_METRICS, {"metrics": found}, "its metrics")
    return found


def _validate(model: type[BaseModel], found: dict[Any, Any], what: str) -> BaseModel:
    try:
        return model.model_validate({str(name)[:MAX_TEXT]: value for name, value in found.items()})
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"]))[:80]
        raise ValueError(f"{what} has an impossible {where}: {first['msg']}") from None


def _bounded(hint: Any) -> Any:
    """Return a field's type with what it may be at most."""
    if get_origin(hint) in (Union, types.UnionType):
        hint = next(one for one in get_args(hint) if one is not type(None))
        return _bounded(hint) | None
    if get_origin(hint) is Literal:
        return hint
    if get_origin(hint) is tuple:
        return _Numbers
    return {int: _Count, float: _Number, str: _Text}[hint]


def _event_model(kind: type) -> type[BaseModel]:
    hints = get_type_hints(kind)
    needed = {
        one.name: (_bounded(hints[one.name]), ... if one.default is MISSING else one.default)
        for one in fields(kind)
    }
    return _named(kind.__name__, {**needed, "time": (_Number, None)})


def _named(kind: str, known: dict[str, Any]) -> type[BaseModel]:
    """Return what is told apart from other events by its type."""
    return _model(kind, {**known, "type": (Literal[kind], ...)})


def _model(name: str, known: dict[str, Any]) -> type[BaseModel]:
    return create_model(name, __config__=ConfigDict(extra="ignore", allow_inf_nan=False), **known)


_CHOICE: Final[dict[str, Any]] = {"step": (_Count, ...), "time": (_Number, None)}
_STATUS: Final = _model(
    "Status",
    {name: (_bounded(one.annotation), one.default) for name, one in Status.model_fields.items()},
)
_METRICS: Final = _model(
    "Metrics", {"metrics": (dict[_Text, bool | _Number | _Text | _Numbers], ...)}
)
_EVENTS: Final[dict[str, type[BaseModel]]] = {
    kind.__name__: _event_model(kind)
    for kind in (
        events.Started,
        events.Evaluated,
        events.EpochDone,
        events.BestModel,
        events.LearningRateChanged,
        events.Diverged,
        events.Finished,
    )
} | {name: _named(name, _CHOICE) for name in ("Paused", "Resumed")}
_FIELDS: Final = {kind: model.model_fields for kind, model in _EVENTS.items()}
_ANY: Any = Annotated[functools.reduce(operator.or_, _EVENTS.values()), Field(discriminator="type")]
# All at once, and no further than the first mistake: there may be two hundred thousand.
_ALL: Final = TypeAdapter(Annotated[list[_ANY], FailFast()])
