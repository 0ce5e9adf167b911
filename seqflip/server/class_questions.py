"""What a class may be asked: to choose, to paint where a model will look, or to give a number.

Each kind says what it takes for an answer, what a class answered as a whole, and who was close.
"""

import statistics
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Final, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, StringConstraints, model_validator

from seqflip.nn.arrays import BoolArray

MOST_TOKENS: Final = 30
"""At each side of a heatmap that is to be painted."""

Given = int | float | tuple[int, ...]
_Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
_Token = Annotated[str, StringConstraints(min_length=1, max_length=60)]
_Tokens = Annotated[list[_Token], Field(min_length=1, max_length=MOST_TOKENS)]
_Weight = Annotated[float, Field(ge=0, le=1)]


class ClassError(ValueError):
    """Something that a class cannot do; the message says why."""


@dataclass(frozen=True)
class Answer:
    """What somebody answered; a name stands there only if it was given."""

    given: Given
    name: str = ""


class Question(BaseModel, ABC):
    """Something that a class is asked before it sees the answer.

    Attributes
    ----------
    text : str
        What is asked.
    key : str
        By which the page that brought it knows it again; empty for what its lecturer wrote.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    secret: ClassVar[frozenset[str]]
    """The fields that nobody may see who has not answered yet."""

    text: _Line
    key: Annotated[str, StringConstraints(max_length=100)] = ""

    def asked(self) -> dict[str, Any]:
        """Return what whoever answers it needs."""
        return self.model_dump(exclude=set(self.secret))

    def solution(self) -> dict[str, Any]:
        """Return the rest."""
        return self.model_dump(include=set(self.secret))

    @abstractmethod
    def read(self, given: Any) -> Given:
        """Return an answer that was sent; raises :class:`ClassError` if it is none."""

    @abstractmethod
    def result(self, answers: Sequence[Answer]) -> dict[str, Any]:
        """Return what all answered, taken together."""

    @abstractmethod
    def distance(self, given: Given) -> float | None:
        """Return how far an answer is from what is right; None if it is not close."""

    def close(self, answers: Sequence[Answer]) -> list[str]:
        """Return the names of those who were close, the closest first, as far as they gave them."""
        found = [(self.distance(one.given), one.name) for one in answers if one.name]
        return [name for _, name in sorted((far, name) for far, name in found if far is not None)]


class Choice(Question):
    """One of several answers is to be chosen."""

    secret = frozenset({"right"})

    kind: Literal["choose"]
    answers: Annotated[list[_Line], Field(min_length=2, max_length=6)]
    right: int | None = None

    @model_validator(mode="after")
    def _right_is_one(self) -> "Choice":
        if self.right is not None and not 0 <= self.right < len(self.answers):
            raise ValueError("the right answer must be one of them")
        return self

    def read(self, given: Any) -> int:
        if type(given) is not int or not 0 <= given < len(self.answers):
            raise ClassError("there is no such choice")
        return given

    def result(self, answers: Sequence[Answer]) -> dict[str, Any]:
        counts = Counter(one.given for one in answers)
        return {"tally": [counts[i] for i in range(len(self.answers))]}

    def distance(self, given: Given) -> float | None:
        return 0.0 if given == self.right else None


class Painting(Question):
    """Where each output will look is to be painted, cell by cell."""

    secret = frozenset({"weights"})

    kind: Literal["paint"]
    inputs: _Tokens
    outputs: _Tokens
    rows: Annotated[list[int], Field(min_length=1, max_length=MOST_TOKENS)]
    weights: list[list[_Weight]]

    @model_validator(mode="after")
    def _all_fits(self) -> "Painting":
        if any(not 0 <= row < len(self.outputs) for row in self.rows):
            raise ValueError("each of the rows must be one of the outputs")
        if [len(row) for row in self.weights] != [len(self.inputs)] * len(self.outputs):
            raise ValueError("the weights must have a row for each output, a column for each input")
        return self

    def read(self, given: Any) -> tuple[int, ...]:
        width = len(self.inputs)
        if (
            not isinstance(given, list)
            or not 1 <= len(given) <= width * len(self.outputs)
            or not all(type(cell) is int and cell // width in self.rows for cell in given)
        ):
            raise ClassError("a painting is a list of cells, each in a row that is asked for")
        return tuple(sorted(set(given)))

    def result(self, answers: Sequence[Answer]) -> dict[str, Any]:
        """Return the mean of the paintings, each row shared out over what was painted in it."""
        total = np.zeros((len(self.outputs), len(self.inputs)))
        for one in answers:
            painted = self._painted(one.given)
            total += painted / np.maximum(painted.sum(axis=1, keepdims=True), 1)
        mean = total / max(len(answers), 1)
        held = [self.held(one.given) for one in answers]
        return {
            "mean": mean.round(3).tolist(),
            "held": round(statistics.fmean(held), 3) if held else None,
        }

    def held(self, given: Given) -> float:
        """Return how much of the asked rows' attention lies where somebody painted, 0 to 1."""
        return float(np.array(self.weights)[self._painted(given)].sum()) / len(self.rows)

    def distance(self, given: Given) -> float | None:
        """Count what is held beyond what as many cells at random would hold."""
        share = float(self._painted(given).sum()) / (len(self.rows) * len(self.inputs))
        gained = self.held(given) - share
        return 1 - gained if gained > 0 else None

    def _painted(self, given: Given) -> BoolArray:
        painted = np.zeros((len(self.outputs), len(self.inputs)), np.bool_)
        painted.flat[np.array(given, int)] = True
        return painted


class Number(Question):
    """A number is to be typed."""

    secret = frozenset({"right", "written"})

    kind: Literal["number"]
    right: FiniteFloat
    within: Annotated[float, Field(ge=0)] = 0.0
    unit: Annotated[str, StringConstraints(max_length=20)] = ""
    written: _Line

    def read(self, given: Any) -> float:
        if type(given) not in (int, float) or not abs(given) < 1e12:
            raise ClassError("a number is asked for")
        return float(given)

    def result(self, answers: Sequence[Answer]) -> dict[str, Any]:
        found = [float(one.given) for one in answers if not isinstance(one.given, tuple)]
        middle = statistics.median(found) if found else None
        return {"median": middle, "close": sum(self.distance(x) is not None for x in found)}

    def distance(self, given: Given) -> float | None:
        assert not isinstance(given, tuple)
        far = abs(given - self.right)
        return far if far <= self.within + 1e-9 else None


AnyQuestion = Annotated[Choice | Painting | Number, Field(discriminator="kind")]
