"""The code that computes what the page shows: as a textbook writes it, and as it runs."""

import inspect
import textwrap
from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

from seqflip.nn import Network


class Code(NamedTuple):
    """A function of the package: its name, its file, and its text."""

    name: str
    file: str
    line: int
    text: str


def code_of(function: Callable[..., Any]) -> Code:
    """Return a function's own source."""
    return _read(inspect.unwrap(function))


@cache
def _read(function: Callable[..., Any]) -> Code:
    lines, first = inspect.getsourcelines(function)
    file = function.__module__.replace(".", "/") + ".py"
    return Code(function.__qualname__, file, first, textwrap.dedent("".join(lines)).rstrip())


class Both(NamedTuple):
    """The code of one step."""

    plain: list[Code]  # as a textbook writes it
    fast: list[Code]  # as it runs


def code_of_steps(network: Network) -> dict[str, Both]:
    """Return, for each step of the page, the functions behind it."""
    return {
        step: Both([code_of(one) for one in found.plain], [code_of(one) for one in found.fast])
        for step, found in network.functions().items()
    }
