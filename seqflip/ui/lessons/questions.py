"""The kinds of question: each says what a file gives for it, and what the browser needs to ask it.

The browser has all of it from the start, the right answer too: it asks, compares and keeps what was
given. Nothing is sent, but to the class that one follows.
"""

from typing import Any, ClassVar

from pydantic import PrivateAttr

from seqflip.nn.registry import Registry
from seqflip.ui.charts.palette import HEAT
from seqflip.ui.lessons.models import Shown
from seqflip.ui.lessons.reading import At, Part, Written, said
from seqflip.ui.lessons.see import See, read_see
from seqflip.ui.lessons.values import ValueProblem, asked_in, filled, result_of, written
from seqflip.ui.parts.painting import painting

Asked = dict[str, Any]
Text = str | int | float


class Question(Part):
    """Something that is asked before it is answered."""

    name: ClassVar[str]
    label: ClassVar[str]

    def check(self, file: Written, at: At, *, with_model: bool) -> None:
        """Raise a LessonError for what cannot be asked, as far as the file alone tells."""

    def asked(self, shown: Shown | None) -> Asked:
        """Return what the browser needs; raises ValueProblem."""
        raise NotImplementedError


QUESTIONS: Registry[type[Question]] = Registry()


def read_question(file: Written, raw: Any, at: At, *, with_model: bool) -> Question:
    """Return the question that stands at a place of the front matter; raises LessonError."""
    if not isinstance(raw, dict):
        raise file.error(at, f"a question has a “kind”: one of {', '.join(QUESTIONS)}")
    kind = raw.get("kind")
    if not isinstance(kind, str) or kind not in QUESTIONS:
        told = f"the “kind” of a question must be one of {', '.join(QUESTIONS)}"
        raise file.error((*at, "kind"), told)
    rest = {name: value for name, value in raw.items() if name != "kind"}
    question = file.read(QUESTIONS[kind], rest, at)
    question.check(file, at, with_model=with_model)
    return question


@QUESTIONS.register
class Paint(Question):
    """Paint where an output will look; what is counted is the attention that lies there."""

    name, label = "paint", "paint where it looks"
    called = "a question of kind paint"

    rows: list[int] = said("a list of outputs, counted from 1", default=[])

    def check(self, file: Written, at: At, *, with_model: bool) -> None:
        if not with_model:
            raise file.error(at, "to paint, the front matter needs “run” and “sequence”")
        if any(row < 1 for row in self.rows):
            raise file.error((*at, "rows"), "outputs are counted from 1")

    def asked(self, shown: Shown | None) -> Asked:
        assert shown is not None
        found = shown.trace()
        count = len(found.outputs)
        if any(row > count for row in self.rows):
            raise ValueProblem(f"“rows” goes to {max(self.rows)}, but there are {count} outputs")
        rows = [row - 1 for row in self.rows]
        return {**painting(shown.trained, found, rows), "colours": HEAT}


@QUESTIONS.register
class Choose(Question):
    """Choose one of several answers; the right one may be computed."""

    name, label = "choose", "choose one of several answers"
    called = "a question of kind choose"

    answers: list[Text] = said("a list of two to six answers", min_length=2, max_length=6)
    right: Text = said("the right answer, as it stands among the answers, or a value to compute")

    def check(self, file: Written, at: At, *, with_model: bool) -> None:
        for name, text in (("right", self.right), *(("answers", one) for one in self.answers)):
            _check_values(file, (*at, name), str(text), with_model)
        if "{" not in f"{self.right}{self.answers}" and self.right not in self.answers:
            told = f"“right” is “{self.right}”, which is none of the answers"
            raise file.error((*at, "right"), told)

    def asked(self, shown: Shown | None) -> Asked:
        right = filled(str(self.right), shown)
        answers = [filled(str(one), shown) for one in self.answers]
        if answers.count(right) != 1:
            raise ValueProblem(
                f"the right answer is “{right}”, which stands not once in the answers"
            )
        return {"answers": answers, "right": answers.index(right)}


@QUESTIONS.register
class Number(Question):
    """Type a number, which is compared with a computed one."""

    name, label = "number", "type a number"
    called = "a question of kind number"

    right: str = said("a value to compute, such as “{softmax 1 1 2 3}”")
    within: float = said("how far off still counts, at least 0", default=0.01, ge=0)
    unit: str = said("what stands behind the number", default="", max_length=20)

    def check(self, file: Written, at: At, *, with_model: bool) -> None:
        _check_values(file, (*at, "right"), self.right, with_model)
        if not asked_in(self.right, with_model=with_model):
            told = "“right” must be a value to compute, such as “{softmax 1 1 2 3}”"
            raise file.error((*at, "right"), told)

    def asked(self, shown: Shown | None) -> Asked:
        result = result_of(self.right, shown)
        if isinstance(result, str):
            raise ValueProblem(f"{self.right} is “{result}”, which is no number")
        return {
            "right": float(result),
            "within": self.within,
            "unit": self.unit,
            "written": written(result),
        }


class _OfMany(Part):
    """One question of many, before its kind is known."""

    called: ClassVar[str] = "a question of a quiz"

    ask: str = said("what is asked, in plain text", min_length=1, max_length=300)
    because: str = said("what is said afterwards, in plain text", min_length=1, max_length=400)
    again: str = said("the lesson to look at again: its file’s name without .md")
    see: Any = said("a link to the evidence: page, label, params", default=None)
    run: str | None = said("the name of a run", default=None)
    sequence: str | None = said("a sequence that the run can read", default=None)


@QUESTIONS.register
class Quiz(Question):
    """Many questions, one after the other, and in the end which lessons to look at again."""

    name, label = "quiz", "many questions"
    called = "a question of kind quiz"

    questions: list[Any] = said("a list of questions", min_length=1, max_length=60)

    _read: list[tuple[_OfMany, Question, See | None]] = PrivateAttr(default_factory=list)

    def check(self, file: Written, at: At, *, with_model: bool) -> None:
        for i, raw in enumerate(self.questions):
            place: At = (*at, "questions", i)
            if not isinstance(raw, dict):
                raise file.error(place, "a question of a quiz must be a mapping")
            own = {k: v for k, v in raw.items() if k in _OfMany.model_fields}
            rest = {k: v for k, v in raw.items() if k not in own}
            one = file.read(_OfMany, own, place)
            modelled = one.run is not None and one.sequence is not None
            if rest.get("kind") not in (Choose.name, Number.name):
                raise file.error(place, "a question of a quiz is of kind choose or number")
            question = read_question(file, rest, place, with_model=modelled)
            _check_values(file, (*place, "because"), one.because, modelled)
            see = None if one.see is None else read_see(file, one.see, (*place, "see"))
            self._read.append((one, question, see))

    @property
    def again(self) -> list[str]:
        """The lessons that its questions send back to, in their order."""
        return [one.again for one, _, _ in self._read]

    @property
    def links(self) -> list[See]:
        """The links to their evidence."""
        return [see for _, _, see in self._read if see is not None]

    def asked(self, shown: Shown | None) -> Asked:
        return {"questions": [_one_of_many(*parts) for parts in self._read]}


def _one_of_many(one: _OfMany, question: Question, see: See | None) -> Asked:
    own = None
    if one.run is not None and one.sequence is not None:
        own = Shown.of(one.run, one.sequence)
    return {
        "kind": question.name,
        "ask": filled(one.ask, own),
        "because": filled(one.because, own),
        "again": one.again,
        "see": None if see is None else {"label": see.label, "href": see.href},
        **question.asked(own),
    }


def _check_values(file: Written, at: At, text: str, with_model: bool) -> None:
    try:
        asked_in(text, with_model=with_model)
    except ValueProblem as error:
        raise file.error(at, str(error)) from None
