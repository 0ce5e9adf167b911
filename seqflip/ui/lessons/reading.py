"""A lesson's file, taken apart: front matter, question, answer; each error with its line.

A file begins with a line ``---``, some YAML, and another line ``---``. Then comes what is asked,
and behind a line ``---answer---`` what is said afterwards.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, NamedTuple, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from seqflip.config.section import shown
from seqflip.config.yaml import MAX_BYTES, read_yaml

FENCE, ANSWER = "---", "---answer---"
LONGEST = 900
"""How many characters a question or an answer may have, so that all of it fits on one screen."""

At = tuple[str | int, ...]
ModelT = TypeVar("ModelT", bound="Part")


class LessonError(ValueError):
    """What is wrong with a lesson's file: where, and what would be valid, in one sentence."""

    def __init__(self, file: str, line: int, reason: str) -> None:
        super().__init__(file, line, reason)
        self.file, self.line, self.reason = file, line, reason

    def __str__(self) -> str:
        """Give the sentence."""
        return f"{self.file}, line {self.line}: {self.reason}"


class Part(BaseModel):
    """What the front matter and its parts share: nothing unknown, nothing converted."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)
    called: ClassVar[str] = "the front matter"


class Written(NamedTuple):
    """A file that was taken apart.

    Attributes
    ----------
    file : str
        Its name.
    front : dict
        The front matter, as plain data.
    question, answer : str
        Markdown.
    front_text : str
    question_line, answer_line : int
        Where these begin.
    """

    file: str
    front: dict[str, Any]
    question: str
    answer: str
    front_text: str
    question_line: int
    answer_line: int

    def error(self, at: At, reason: str) -> LessonError:
        """Return an error at a place of the front matter, named by keys and numbers of items."""
        return LessonError(self.file, _line_of(self.front_text, at), reason)

    def question_error(self, reason: str) -> LessonError:
        """Return an error in the question."""
        return LessonError(self.file, self.question_line, reason)

    def answer_error(self, reason: str) -> LessonError:
        """Return an error in the answer."""
        return LessonError(self.file, self.answer_line, reason)

    def read(self, kind: type[ModelT], raw: Any, at: At) -> ModelT:
        """Return what stands at a place of the front matter as what it is to be.

        Raises
        ------
        LessonError
            If it is something else.
        """
        if not isinstance(raw, Mapping):
            raise self.error(at, f"{kind.called} must be a mapping of {_keys(kind)}")
        try:
            return kind.model_validate(raw)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            name = str(first["loc"][0])
            if first["type"] == "missing":
                raise self.error(
                    at, f"{kind.called} has no “{name}”: {_valid(kind, name)}"
                ) from None
            if first["type"] == "extra_forbidden":
                told = f"{kind.called} has no use for “{name[:40]}”; it may have {_keys(kind)}"
                raise self.error((*at, name), told) from None
            told = f"“{name}” must be {_valid(kind, name)}, not {shown(raw[name])}"
            raise self.error((*at, name), told) from None


def take_apart(path: Path) -> Written:
    """Read a lesson's file.

    Raises
    ------
    LessonError
        If it cannot be read, is no text, is too long, has no front matter, or no answer.
    """
    file = path.name
    try:
        data = path.read_bytes()[: MAX_BYTES + 1]
    except OSError as error:
        raise LessonError(file, 1, f"the file cannot be read: {error.strerror}") from None
    if len(data) > MAX_BYTES:
        raise LessonError(file, 1, f"a lesson may have {MAX_BYTES:,} bytes, and this has more")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise LessonError(file, line, "this is not UTF-8; save the file as UTF-8 text") from None
    return _parts(file, text.replace("\r\n", "\n").split("\n"))


def _parts(file: str, lines: Sequence[str]) -> Written:
    stripped = [line.rstrip() for line in lines]
    if stripped[0] != FENCE:
        raise LessonError(file, 1, f"a lesson begins with a line {FENCE}, and YAML below it")
    if FENCE not in stripped[1:]:
        raise LessonError(file, 1, f"the front matter has no end: a second line {FENCE}")
    end = stripped.index(FENCE, 1)
    if ANSWER not in stripped[end:]:
        told = f"there is no line {ANSWER} between the question and the answer"
        raise LessonError(file, len(lines), told)
    middle = stripped.index(ANSWER, end)
    front_text = "\n" + "\n".join(lines[1:end])  # so that its lines are numbered as the file's
    try:
        front = read_yaml(front_text)
    except ValueError as error:
        line, reason = _with_line(str(error))
        raise LessonError(file, line, reason) from None
    if not isinstance(front, dict):
        raise LessonError(file, 2, "the front matter must have keys, such as “title: One weight”")
    question = "\n".join(lines[end + 1 : middle]).strip()
    answer = "\n".join(lines[middle + 1 :]).strip()
    for line, name, said in ((end + 2, "question", question), (middle + 2, "answer", answer)):
        if not said:
            raise LessonError(file, line - 1, f"the {name} is empty; it is one to three sentences")
        if len(said) > LONGEST:
            told = f"the {name} has {len(said):,} characters; at most {LONGEST} fit on a screen"
            raise LessonError(file, line, told)
    return Written(file, front, question, answer, front_text, end + 2, middle + 2)


def _with_line(error: str) -> tuple[int, str]:
    """Take the line out of what the YAML reader says, which begins with it."""
    word, _, rest = error.partition(" ")
    number, _, said = rest.partition(" ")
    return (int(number), said) if word == "line" and number.isdecimal() else (2, error)


def _line_of(text: str, at: At) -> int:
    """Return the line of a place in YAML that was read already; of its parent if it is missing."""
    node = yaml.compose(text, Loader=yaml.BaseLoader)
    line = 2
    for step in at:
        found = None
        if isinstance(node, yaml.MappingNode):
            found = next(((k, v) for k, v in node.value if k.value == step), None)
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int):
            item = node.value[step]
            found = (item, item)
        if found is None:
            break
        line, node = found[0].start_mark.line + 1, found[1]
    return line


def _keys(kind: type[Part]) -> str:
    return ", ".join(kind.model_fields)


def _valid(kind: type[Part], name: str) -> str:
    return kind.model_fields[name].description or ""


def said(valid: str, **more: Any) -> Any:
    """Declare something that has to be there, and say what would be valid."""
    return Field(description=valid, **more)
