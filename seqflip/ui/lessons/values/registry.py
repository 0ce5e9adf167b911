"""What a lesson may say that a model has to compute: ``{weight 1 6}`` and the like.

No number of a lesson is typed in. A value is registered here once, with what it is given; files,
their errors and ``docs/lessons.md`` follow.
"""

import math
import re
import shlex
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from seqflip.runs.run import RunError
from seqflip.ui.lessons.models import Shown

Result = str | int | float
_PLACEHOLDER = re.compile(r"\$[^$\n]*\$|\{([^{}]*)\}")  # a formula's braces are its own
_TAKES: Final = {
    "OUTPUT": "a whole number from 1, as the output stands in the answer",
    "INPUT": "a whole number from 1, as the input stands in the sequence",
    "LENGTH": "a whole number from 1",
    "PLACE": "a whole number from 1",
    "LAYER": "a whole number from 1",
    "HEAD": "a whole number from 1",
    "COUNT": "a whole number from 1",
    "SHARE": "a number of percent, such as 50",
    "RUN": "the name of a run",
    "RACE": "the name of a race",
    "VARIANT": "the name of a variant, in quotation marks if it has spaces",
    "KIND": "a name",
    "NUMBERS": "numbers, with | between groups of them",
}
_WHOLE: Final = ("OUTPUT", "INPUT", "LENGTH", "PLACE", "LAYER", "HEAD", "COUNT")


class ValueProblem(ValueError):
    """A value that there is not, or that cannot be computed; the message says what would be."""


@dataclass(frozen=True)
class Value:
    """Something that is computed for a lesson.

    Attributes
    ----------
    name : str
    takes : tuple of str
        What it is given, by the names in `_TAKES`.
    of_model : bool
        Whether it is of the model that the lesson shows.
    about : str
        What it is, for those who write lessons.
    """

    name: str
    takes: tuple[str, ...]
    of_model: bool
    about: str
    compute: Callable[..., Result]

    @property
    def usage(self) -> str:
        """How it is written."""
        return "{" + " ".join([self.name, *self.takes]) + "}"


VALUES: Final[dict[str, Value]] = {}


def value(
    usage: str, about: str, *, of_model: bool = False
) -> Callable[[Callable[..., Result]], Callable[..., Result]]:
    """Register a function under a name and what it takes, with what it is."""

    def register(compute: Callable[..., Result]) -> Callable[..., Result]:
        name, *takes = usage.split()
        VALUES[name] = Value(name, tuple(takes), of_model, about, compute)
        return compute

    return register


@dataclass(frozen=True)
class Asked:
    """A value with what it is given, checked."""

    value: Value
    given: tuple[Any, ...]

    def result(self, shown: Shown | None) -> Result:
        """Compute it; raises `ValueProblem` if this cannot be done."""
        try:
            if self.value.of_model:
                return self.value.compute(shown, *self.given)
            return self.value.compute(*self.given)
        except (ValueError, LookupError, RunError) as error:
            raise ValueProblem(f"{self.value.usage} cannot be computed: {error}") from None


def asked_in(text: str, *, with_model: bool) -> list[Asked]:
    """Return the values that a text asks for; raises `ValueProblem` for one that there is not."""
    inside = [match[1] for match in _PLACEHOLDER.finditer(text)]
    return [_asked(one, with_model) for one in inside if one is not None]


def result_of(text: str, shown: Shown | None) -> Result:
    """Return what a text stands for that is one value and nothing else, or the text itself."""
    alone = _PLACEHOLDER.fullmatch(text.strip())
    if alone is None or alone[1] is None:
        return filled(text, shown)
    return _asked(alone[1], shown is not None).result(shown)


def filled(text: str, shown: Shown | None, escape: Callable[[str], str] = str) -> str:
    """Return a text with its values computed; raises `ValueProblem`."""

    def written_one(match: re.Match[str]) -> str:
        if match[1] is None:
            return match[0]
        result = _asked(match[1], shown is not None).result(shown)
        return escape(result) if isinstance(result, str) else written(result)

    return _PLACEHOLDER.sub(written_one, text)


def written(result: Result) -> str:
    """Write a value as lessons do: two decimals at most, and a share is 1 only if it is all."""
    if not isinstance(result, float):
        return str(result)
    if 0.995 <= result < 1 - 1e-6:  # weights of 32 bits add up to a little less, too
        return "over 0.99"
    shown = f"{result:.0f}" if abs(result - round(result)) < 1e-9 else f"{result:.2f}"
    return shown.replace("-", "−")


def _asked(inside: str, with_model: bool) -> Asked:
    try:
        name, *given = shlex.split(inside)
    except ValueError:
        name, given = inside, []
    if name not in VALUES:
        told = f"there is no value {{{name[:40]}}}; there are {', '.join(VALUES)}"
        raise ValueProblem(told)
    one = VALUES[name]
    if one.of_model and not with_model:
        raise ValueProblem(f"{one.usage} needs “run” and “sequence” in the front matter")
    return Asked(one, tuple(_given(one, given)))


def _given(one: Value, words: Sequence[str]) -> Iterator[Any]:
    many = one.takes[-1:] == ("NUMBERS",)
    if len(words) < len(one.takes) or (len(words) > len(one.takes) and not many):
        told = f"it is given {len(one.takes)} thing{'s' * (len(one.takes) != 1)}"
        raise ValueProblem(f"{one.usage} is written so: {told}, here {len(words)}")
    for i, kind in enumerate(one.takes):
        rest = words[i:] if kind == "NUMBERS" else words[i : i + 1]
        try:
            yield _understood(kind, rest)
        except ValueError:
            told = f"{kind} is {_TAKES[kind]}, not “{' '.join(rest)[:40]}”"
            raise ValueProblem(f"in {one.usage}, {told}") from None


def _understood(kind: str, words: Sequence[str]) -> Any:
    if kind == "NUMBERS":
        return _groups(words)
    if kind in _WHOLE:
        if not (words[0].isascii() and words[0].isdecimal() and 0 < len(words[0]) <= 6):
            raise ValueError
        if int(words[0]) < 1:
            raise ValueError
        return int(words[0])
    return _real(words[0]) if kind == "SHARE" else words[0]


def _groups(words: Sequence[str]) -> list[list[float]]:
    groups: list[list[float]] = [[]]
    for word in words:
        if word == "|":
            groups.append([])
        else:
            groups[-1].append(_real(word))
    groups = [group for group in groups if group]
    if not groups:
        raise ValueError
    return groups


def _real(word: str) -> float:
    number = float(word.replace("−", "-"))
    if not math.isfinite(number) or abs(number) > 1e6:
        raise ValueError
    return number
