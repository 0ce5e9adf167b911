"""What the sections of the configuration share: typed fields, frozen values, one sentence an error.

A field says itself what would be valid and what it is for, so that an error, a form and a page of
documentation all take it from the same place.
"""

import difflib
from collections.abc import Collection, Iterable, Iterator
from typing import Any, ClassVar, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    ValidationError,
    model_validator,
)
from pydantic.fields import FieldInfo
from pydantic_core import CoreSchema, core_schema


class ConfigError(ValueError):
    """An invalid setting.

    Attributes
    ----------
    key
        The setting to blame, such as "data.min_length"; empty when it is the file as a whole.
    message
        What is wrong and what would be valid, in one sentence.
    where
        The file or text it came from; empty when there is none.
    """

    def __init__(self, key: str, message: str, where: str = "") -> None:
        super().__init__(key, message, where)  # all of them, so that the error can be pickled
        self.key, self.message, self.where = key, message, where

    def __str__(self) -> str:
        """Give the sentence, with the file before it."""
        return f"{self.where}: {self.message}" if self.where else self.message


def field(default: object, valid: str, meaning: str, **bounds: Any) -> Any:
    """Declare a setting: its default, what would be valid, and what it is for."""
    return Field(default, description=meaning, json_schema_extra={"valid": valid}, **bounds)


def whole(default: int, meaning: str, low: int = 1, high: int | None = None) -> Any:
    """Declare a whole number."""
    valid = f"a whole number {_range(low, high)}"
    return field(default, valid, meaning, ge=low, le=high)


def whole_or_null(
    default: int | None, meaning: str, without: str, low: int = 1, high: int | None = None
) -> Any:
    """Declare a whole number that may be left open; `without` says what null means."""
    valid = f"a whole number {_range(low, high)}, or null ({without})"
    return field(default, valid, meaning, ge=low, le=high)


def _range(low: int, high: int | None) -> str:
    return f"of at least {low:,}" if high is None else f"from {low:,} to {high:,}"


class OneOf:
    """A choice between names, for an annotation: ``Annotated[str, OneOf(CELLS)]``.

    The names are looked up when they are needed, so that what is registered later is welcome.
    """

    def __init__(self, options: Collection[str]) -> None:
        self.options = options

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Let pydantic check it."""
        return core_schema.no_info_after_validator_function(self._check, handler(source))

    def _check(self, value: str) -> str:
        if value not in self.options:
            raise ValueError(self.valid)
        return value

    @property
    def valid(self) -> str:
        """What would be valid."""
        return f"one of {', '.join(self.options)}"


def choice(default: str, meaning: str) -> Any:
    """Declare a choice, which :class:`OneOf` bounds."""
    return field(default, "", meaning)


def options_of(info: FieldInfo) -> Collection[str] | None:
    """Return the names that a setting is a choice between, or None if it is no choice."""
    return next((one.options for one in info.metadata if isinstance(one, OneOf)), None)


def valid_for(info: FieldInfo) -> str:
    """Return what would be valid for a setting, in words."""
    for one in info.metadata:
        if isinstance(one, OneOf):
            return one.valid
    details = info.json_schema_extra
    return str(details["valid"]) if isinstance(details, dict) else ""


def switch(default: bool, meaning: str) -> Any:
    """Declare a yes or no."""
    return field(default, "true or false", meaning)


class Section(BaseModel):
    """What the sections share: they cannot be changed, and their errors are `ConfigError`."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)
    prefix: ClassVar[str] = ""

    def __init__(self, **values: Any) -> None:
        try:
            super().__init__(**values)
        except ValidationError as error:
            raise _explain(type(self), error) from None

    def _problems(self) -> Iterator[tuple[str, str]]:
        """Yield (key, sentence) for each value that does not go with the others."""
        yield from ()

    @model_validator(mode="after")
    def _check_together(self) -> Self:
        for key, message in self._problems():
            raise ConfigError(key, message)
        return self


def _explain(section: type[Section], error: ValidationError) -> ConfigError:
    """Turn the first of pydantic's errors into our sentence."""
    first = error.errors(include_url=False)[0]
    cause = first.get("ctx", {}).get("error")
    if isinstance(cause, ConfigError):  # a rule of ours
        return cause
    name = str(first["loc"][0])
    key = section.prefix + name
    if first["type"] == "extra_forbidden":
        return unknown(key, section)
    valid = valid_for(section.model_fields[name])
    return ConfigError(key, f"{key} must be {valid}, not {shown(first['input'])}")


def unknown(key: str, asked: type[Section] | None = None) -> ConfigError:
    """Say that there is no such setting in what was asked for, and which was probably meant."""
    section, _, name = key.rpartition(".")
    sections = _sections()
    tops = list(sections) if asked is None or asked.prefix else list(asked.model_fields)
    full = {known: part.prefix + known for part in sections.values() for known in part.model_fields}
    own = list(sections[section].model_fields) if section in sections else [*tops, *full]
    near = [name] if name in full else difflib.get_close_matches(name, own, n=1)
    if near:
        hint = f"did you mean {full.get(near[0], near[0])}?"
    elif section in sections:
        hint = f"{section} has {', '.join(own)}"
    else:
        hint = f"there are {_listed(tops)}"
    as_written = key if key.isprintable() and 0 < len(key) <= 60 else shown(key)
    return ConfigError(key, f"{as_written} is not a setting; {hint}")


def section_names() -> str:
    """List the sections as a sentence does."""
    return _listed(_sections())


def _listed(names: Iterable[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} and {last}"


def _sections() -> dict[str, type[Section]]:
    return {part.prefix[:-1]: part for part in Section.__subclasses__() if part.prefix}


def shown(value: object) -> str:
    """Write a value as it would stand in YAML, not longer than a line."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int):
        digits = int(value.bit_length() * 0.30103) + 1  # log10 of 2
        return f"{value:,}" if digits <= 20 else f"a number of {digits:,} digits"
    if isinstance(value, list | dict):
        return "a list" if isinstance(value, list) else "a mapping"
    text = repr(value)
    return text if len(text) <= 60 else text[:59] + "…"


def quantity(number: int, noun: str) -> str:
    """Write a number of things: 1 token, 2 tokens."""
    return f"{shown(number)} {noun}" + ("" if number == 1 else "s")
