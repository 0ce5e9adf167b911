"""The code that computed what the page shows, taken from the source as it runs."""

import inspect
import textwrap
from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

from seqflip.model import (
    Seq2SeqAttentionModel,
)
from seqflip.nn.functional import softmax
from seqflip.nn.layers import Linear


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


def code_of_steps(model: Seq2SeqAttentionModel) -> dict[str, list[Code]]:
    """Return, for each step of the page, the functions that this model runs there."""
    network = model.network
    attention, cell = type(network.attention), type(network.decoder.stack.layers[-1].cell)
    functions: dict[str, list[Callable[..., Any]]] = {
        "state": [cell.step],
        "query": [Linear.forward],
        "scores": [attention.score, softmax],
        "terms": [attention.terms],
        "context": [attention.forward],
        "prediction": [type(network).decode, softmax],
    }
    return {step: [code_of(function) for function in found] for step, found in functions.items()}
