"""Values of the model, and the sequence, that a lesson shows."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from seqflip.data.vocabulary import decode
from seqflip.decoding import Flatten, Forbid, SwitchOff, Trace
from seqflip.nn import CROSS, DECODER
from seqflip.ui.lessons.models import Shown
from seqflip.ui.lessons.values.registry import value


@value("weight OUTPUT INPUT", "how much an output looks at an input, from 0 to 1", of_model=True)
def _weight(shown: Shown, row: int, column: int) -> float:
    return float(_cell(shown.trace(), row, column))


@value("looks_at OUTPUT", "the input that an output looks at most", of_model=True)
def _looks_at(shown: Shown, row: int) -> str:
    found = shown.trace()
    return shown.words(found.source)[int(_row(found, row).argmax())]


@value("row_sum OUTPUT", "what an output's weights add up to", of_model=True)
def _row_sum(shown: Shown, row: int) -> float:
    return float(_row(shown.trace(), row).sum())


@value("answer", "what the model answers", of_model=True)
def _answer(shown: Shown) -> str:
    return shown.said(shown.trace())


@value("right_answer", "what it should answer, where the task has a rule", of_model=True)
def _right_answer(shown: Shown) -> str:
    right = shown.trained.right_answer(shown.source)
    if right is None:
        raise ValueError("there is no rule that gives the right answer")
    return decode(right, shown.trained.vocabulary)


@value("answer_without INPUT", "what it answers if no output may look at an input", of_model=True)
def _answer_without(shown: Shown, column: int) -> str:
    return shown.said(shown.trace(Forbid(_place(shown, column))))


@value(
    "changed_without INPUT",
    "how many of its words are others if no output may look at an input",
    of_model=True,
)
def _changed_without(shown: Shown, column: int) -> int:
    return shown.changed(Forbid(_place(shown, column)))


@value(
    "changed_if_equal",
    "how many of its words are others if every weight in a row is the same",
    of_model=True,
)
def _changed_if_equal(shown: Shown) -> int:
    return shown.changed(Flatten())


@value(
    "changed_without_head LAYER HEAD",
    "how many words of a Transformer are others if a head on the source sees nothing",
    of_model=True,
)
def _changed_without_head(shown: Shown, layer: int, head: int) -> int:
    return shown.changed(SwitchOff(layer - 1, head - 1))


@value(
    "read_in_training OUTPUT",
    "what the decoder reads before an output in training: the right word before it",
    of_model=True,
)
def _read_in_training(shown: Shown, row: int) -> str:
    right = shown.trained.right_answer(shown.source)
    if right is None or not 1 < row <= len(right):
        raise ValueError("there is no such output with a right word before it")
    network = shown.trained.model.network
    return shown.words(network.shifted(np.array([right]))[0, row - 1 : row])[0]


@value(
    "read_in_use OUTPUT",
    "what it reads there when it answers alone: its own word before",
    of_model=True,
)
def _read_in_use(shown: Shown, row: int) -> str:
    found = shown.trace()
    if not 1 < row <= len(found.inputs):
        raise ValueError("there is no such output with a word before it")
    return shown.words(found.inputs[row - 1 : row])[0]


@value(
    "places_seen KIND OUTPUT",
    "how many places an output of a Transformer can look at: KIND is cross, or self",
    of_model=True,
)
def _places_seen(shown: Shown, kind: str, row: int) -> int:
    asked = {"cross": CROSS, "self": DECODER}[kind]
    looks = [look for where, look in shown.trace().looks.items() if where.kind == asked]
    return int((looks[0].weights[0, row - 1] > 0).sum())


def _row(found: Trace, row: int) -> NDArray[Any]:
    if row > len(found.outputs):
        raise ValueError(f"there are {len(found.outputs)} outputs")
    weights: NDArray[Any] = found.weights[row - 1]
    return weights


def _cell(found: Trace, row: int, column: int) -> Any:
    if column > len(found.source):
        raise ValueError(f"there are {len(found.source)} inputs")
    return _row(found, row)[column - 1]


def _place(shown: Shown, column: int) -> int:
    if column > len(shown.trace().source):
        raise ValueError(f"there are {len(shown.source)} inputs")
    return column - 1
