"""Configurations as YAML: read from files and texts, written, and changed setting by setting."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from seqflip.config.config import SECTIONS, Config
from seqflip.config.section import ConfigError, section_names, shown, unknown
from seqflip.config.yaml import MAX_BYTES, TOO_LONG, read_yaml, write_yaml
from seqflip.system.reading import read_at_most

ConfigT = TypeVar("ConfigT", bound=Config)


def load_config(path: str | os.PathLike[str]) -> Config:
    """Read a configuration file.

    A relative `data.path` in it is taken relative to the folder of the file.

    Raises
    ------
    ConfigError
        If the file cannot be read, or has an invalid setting.
    """
    return load_as(Config, path)


def load_as(kind: type[ConfigT], path: str | os.PathLike[str]) -> ConfigT:
    """Read a file as :func:`load_config` does, of a kind that may say more than settings."""
    file = Path(path)
    where = str(path)
    config = parse_as(kind, _read_text(file, where), where)
    if config.data.path is None:
        return config
    data = config.data.model_copy(update={"path": str(file.parent / config.data.path)})
    return config.model_copy(update={"data": data})


def parse_config(text: str, where: str = "configuration") -> Config:
    """Read a configuration from YAML text; `where` is what errors call it.

    Raises
    ------
    ConfigError
        If the text is not YAML, or has an invalid setting.
    """
    return parse_as(Config, text, where)


def parse_as(kind: type[ConfigT], text: str, where: str) -> ConfigT:
    """Read text as :func:`parse_config` does, of a kind that may say more than settings."""
    try:
        values = read_yaml(text)
    except ValueError as error:
        raise ConfigError("", str(error), where) from None
    if values is None:
        raise ConfigError("", f"there are no settings; begin with {section_names()}", where)
    if not isinstance(values, dict):
        raise ConfigError("", f"this is not a mapping of {section_names()}", where)
    if kind is Config and "variants" in values:
        told = "variants make it a race; run it with: python -m seqflip race FILE"
        raise ConfigError("variants", told, where)
    try:
        return _build(kind, values)
    except ConfigError as error:
        raise ConfigError(error.key, error.message, where) from None


def dump_config(config: Config) -> str:
    """Write a configuration as YAML: only what differs from the defaults."""
    values = config.model_dump(exclude_defaults=True)
    return write_yaml({section: settings for section, settings in values.items() if settings})


def override(config: ConfigT, settings: Iterable[str]) -> ConfigT:
    """Change some settings, each given as "section.key=value" with the value as in YAML.

    All are applied before anything is checked, so that their order does not matter.

    Raises
    ------
    ConfigError
        If a setting is not of that form, or the result cannot be.
    """
    values: dict[str, Any] = config.model_dump()
    for setting in settings:
        key, equals, text = setting.partition("=")
        section, dot, name = key.strip().partition(".")
        if not (equals and dot):
            raise ConfigError(
                "",
                f"{shown(setting)} is not of the form section.key=value, as training.epochs=3 is",
            )
        if section not in SECTIONS:
            raise unknown(key.strip())
        try:
            values[section][name] = read_yaml(text)
        except ValueError as error:
            raise ConfigError(key.strip(), f"{key.strip()} cannot be read: {error}") from None
    return _build(type(config), values)


def _build(kind: type[ConfigT], values: Mapping[str, Any]) -> ConfigT:
    # A section with nothing in it, as when all its lines are commented out, is all defaults.
    return kind(**{name: {} if value is None else value for name, value in values.items()})


def _read_text(file: Path, where: str) -> str:
    try:
        with file.open("rb") as stream:
            content = read_at_most(stream, MAX_BYTES + 1)  # never more, whatever the file is
    except FileNotFoundError:
        raise ConfigError("", "there is no such file", where) from None
    except IsADirectoryError:
        raise ConfigError("", "this is a directory, not a YAML file", where) from None
    except (OSError, ValueError) as error:  # ValueError: a path with a null byte
        reason = getattr(error, "strerror", None) or str(error)
        raise ConfigError("", f"the file cannot be read: {reason}", where) from None
    if len(content) > MAX_BYTES:
        raise ConfigError("", TOO_LONG, where)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ConfigError("", f"line {line} is not UTF-8 text", where) from None
