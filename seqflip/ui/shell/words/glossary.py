"""What the words of the field mean, read from `glossary.yaml` beside this file.

A word is found in a text by its forms. Small letters stand for capitals at the beginning as well; a
form with a capital, such as GRU, is only found as it is written.
"""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Final
from urllib.parse import parse_qsl, urlsplit

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from seqflip.config.yaml import read_yaml
from seqflip.ui.shell.pages import PAGES

FILE: Final = Path(__file__).with_name("glossary.yaml")

_Text = Annotated[str, Field(min_length=1)]


def _listed(text: object) -> object:
    return [part.strip() for part in text.split(",")] if isinstance(text, str) else text


_Listed = Annotated[list[_Text], BeforeValidator(_listed)]


class Word(BaseModel):
    """One word of the field.

    Attributes
    ----------
    means : str
        Its definition.
    formula : str
        What is computed; may be empty.
    forms, but_not : list of str
        How it is written, and where the same letters mean something else.
    see, at : str
        Where it can be seen: what a link says, and a page with its parameters; may be empty.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    means: _Text
    formula: str = ""
    forms: _Listed = []
    but_not: _Listed = []
    see: str = ""
    at: str = ""

    @model_validator(mode="after")
    def _leads_somewhere(self) -> "Word":
        if bool(self.see) != bool(self.at):
            raise ValueError("see and at belong together: what a link says, and where it leads")
        if self.at and self.page not in PAGES:
            raise ValueError(f"at must begin with a page, one of {', '.join(PAGES)}")
        return self

    @property
    def page(self) -> str:
        """The page where it can be seen."""
        return urlsplit(self.at).path

    @property
    def params(self) -> dict[str, str]:
        """What that page is to show, as its URL says it."""
        return dict(parse_qsl(urlsplit(self.at).query))


Glossary = Mapping[str, Word]
"""Words by name, in the order in which one could learn them."""


def read_glossary(text: str) -> Glossary:
    """Read the words from YAML.

    Raises
    ------
    ValueError
        In one sentence with the word that it is about, if the text is no YAML, if something of a
        word is unknown, missing or wrong, or if two words have a form in common.
    """
    told = read_yaml(text)
    if not isinstance(told, dict):
        raise ValueError("a glossary is a mapping of words, each with what it means")
    found: dict[str, Word] = {}
    owners: dict[str, str] = {}
    for name, entry in told.items():
        found[name] = word = _word(name, entry)
        for form in word.forms:
            if (other := owners.setdefault(form.lower(), name)) != name:
                raise ValueError(f"{name}: the form “{form}” is one of {other} already")
    return found


def _word(name: str, entry: Any) -> Word:
    given = {"forms": name} | entry if isinstance(entry, dict) else entry
    try:
        return Word.model_validate(given)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in (name, *first["loc"]))
        raise ValueError(f"{where}: {first['msg'].removeprefix('Value error, ')}") from None


@cache
def glossary() -> Glossary:
    """Return the words that the pages explain."""
    return read_glossary(FILE.read_text(encoding="utf-8"))


def pattern(words: Glossary) -> str:
    """Return the regular expression that finds all forms, the same in Python and in JavaScript.

    What it finds may also be a place where the letters mean something else: then :func:`by_form`
    does not know it.
    """
    forms = {form for word in words.values() for form in (*word.forms, *word.but_not)}
    longest_first = sorted(forms, key=lambda form: (-len(form), form))
    return rf"(?<![\w-])(?:{'|'.join(map(_form, longest_first))})(?![\w-])"


def _form(form: str) -> str:
    first = re.escape(form[0])
    if form == form.lower() and form[0].isalpha():
        first = f"[{form[0]}{form[0].upper()}]"
    return first + re.escape(form[1:])


def by_form(words: Glossary) -> dict[str, str]:
    """Return the name of the word that each form stands for, by the form in small letters."""
    return {form.lower(): name for name, word in words.items() for form in word.forms}
