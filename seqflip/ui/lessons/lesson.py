"""A lesson, read from its file and checked as far as the file alone tells."""

from collections.abc import Collection
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from seqflip.ui.as_typed import sentence_in_markdown
from seqflip.ui.lessons.models import Shown
from seqflip.ui.lessons.pictures import Picture, read_picture
from seqflip.ui.lessons.questions import Question, Quiz, read_question
from seqflip.ui.lessons.reading import Part, Written, said, take_apart
from seqflip.ui.lessons.see import See, read_see
from seqflip.ui.lessons.values import ValueProblem, asked_in, filled


class Front(Part):
    """The front matter of a lesson."""

    title: str = said("a text of up to 60 characters", min_length=1, max_length=60)
    minutes: int = said("a whole number from 1 to 60", ge=1, le=60)
    question: Any = said("what is asked: a “kind” and what belongs to it")
    short: bool = said("true or false: whether it is on the short path", default=False)
    run: str | None = said("the name of a run", default=None)
    sequence: str | None = said("a sequence that the run can read, as text", default=None)
    picture: Any = said("what is shown with the question: a “kind” and more", default=None)
    evidence: Any = said("what is shown with the answer: a “kind” and more", default=None)
    see: list[Any] = said("a list of links: page, label, params", default=[], max_length=4)


@dataclass(frozen=True)
class Lesson:
    """One stop of a path.

    Attributes
    ----------
    name : str
        Its file's, without the ending.
    front : Front
    text, answer : str
        Markdown, with values to be computed.
    question : Question
    picture, evidence : Picture or None
        What is shown with the question, and with the answer.
    see : tuple of See
    """

    name: str
    front: Front
    text: str
    answer: str
    question: Question
    picture: Picture | None
    evidence: Picture | None
    see: tuple[See, ...]

    @property
    def version(self) -> str:
        """Another text for another question: what was answered before is no answer to it."""
        said = f"{self.front.run} {self.front.sequence} {self.question!r}"
        return sha256(said.encode("utf-8", "replace")).hexdigest()[:8]

    @property
    def shown(self) -> Shown | None:
        """The model as it is now, and the sequence, if any; raises RunError or ValueError."""
        if self.front.run is None or self.front.sequence is None:
            return None
        return Shown.of(self.front.run, self.front.sequence)

    def in_markdown(self, text: str) -> str:
        """Return one of its texts with the values computed; raises ValueProblem."""
        return filled(text, self.shown, sentence_in_markdown)


def read_lesson(path: Path, others: Collection[str]) -> Lesson:
    """Read a lesson's file.

    Parameters
    ----------
    path : Path
    others : collection of str
        The names of all lessons: those that a quiz may send back to.

    Raises
    ------
    LessonError
        With the line and the reason, if something is wrong with it.
    """
    file = take_apart(path)
    front = file.read(Front, file.front, ())
    modelled = front.run is not None and front.sequence is not None
    if (front.run is None) != (front.sequence is None):
        has = "run" if front.run is not None else "sequence"
        raise file.error((has,), "“run” and “sequence” belong together: give both, or none")
    question = read_question(file, front.question, ("question",), with_model=modelled)
    lesson = Lesson(
        name=path.stem,
        front=front,
        text=file.question,
        answer=file.answer,
        question=question,
        picture=read_picture(file, front.picture, ("picture",), with_model=modelled),
        evidence=read_picture(file, front.evidence, ("evidence",), with_model=modelled),
        see=tuple(read_see(file, raw, ("see", i)) for i, raw in enumerate(front.see)),
    )
    _check_texts(file, modelled)
    if isinstance(question, Quiz):
        for i, again in enumerate(question.again):
            if again not in others:
                place = ("question", "questions", i, "again")
                raise file.error(place, f"there is no lesson “{again}” to look at again")
    return lesson


def _check_texts(file: Written, modelled: bool) -> None:
    for text, error in ((file.question, file.question_error), (file.answer, file.answer_error)):
        try:
            asked_in(text, with_model=modelled)
        except ValueProblem as problem:
            raise error(str(problem)) from None
