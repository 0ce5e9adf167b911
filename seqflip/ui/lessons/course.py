"""All lessons of a folder, in the order of their names: the full path, and the short one."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from seqflip.system.home import HOME
from seqflip.ui.lessons.lesson import Lesson, read_lesson
from seqflip.ui.lessons.reading import LessonError

BUNDLED = HOME / "lessons"
"""The lessons that come with SeqFlip."""


@dataclass(frozen=True)
class Stop:
    """A lesson in its place, or what is wrong with its file.

    Attributes
    ----------
    name : str
        Its file's, without the ending.
    lesson : Lesson or None
    error : LessonError or None
    """

    name: str
    lesson: Lesson | None = None
    error: LessonError | None = None

    @property
    def title(self) -> str:
        """What people call it."""
        return self.lesson.front.title if self.lesson is not None else self.name

    @property
    def minutes(self) -> int:
        """How long it takes."""
        return self.lesson.front.minutes if self.lesson is not None else 0

    @property
    def on_short_path(self) -> bool:
        """Whether it is on the short path; what cannot be read is told on both."""
        return self.lesson is None or self.lesson.front.short


def folder() -> Path:
    """Return where lessons are: ``$SEQFLIP_LESSONS``, or those that come with SeqFlip."""
    own = os.environ.get("SEQFLIP_LESSONS", "").strip()
    return Path(own) if own else BUNDLED


def course(where: Path) -> tuple[Stop, ...]:
    """Return all stops; a file is read again when it has changed."""
    files = sorted(where.glob("*.md"))
    return _course(tuple((file, _changed(file)) for file in files))


def path(stops: Sequence[Stop], *, short: bool) -> list[Stop]:
    """Return the stops of the full path, or of the short one."""
    return [stop for stop in stops if stop.on_short_path or not short]


def minutes(stops: Sequence[Stop]) -> int:
    """Return how long stops take together."""
    return sum(stop.minutes for stop in stops)


@lru_cache(maxsize=8)
def _course(files: tuple[tuple[Path, tuple[int, int]], ...]) -> tuple[Stop, ...]:
    names = {file.stem for file, _ in files}
    return tuple(_stop(file, names) for file, _ in files)


def _stop(file: Path, names: set[str]) -> Stop:
    try:
        lesson = read_lesson(file, names)
    except LessonError as error:
        return Stop(file.stem, error=error)
    return Stop(file.stem, lesson)


def _changed(file: Path) -> tuple[int, int]:
    try:
        found = file.stat()
    except OSError:
        return 0, 0
    return found.st_mtime_ns, found.st_size
