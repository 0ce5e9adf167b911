"""Classes: who joins one sees what its lecturer shows, and answers what its lecturer asks.

All is in memory and anonymous, has bounds, and is gone when the class ends. A code is one of more
than 10¹¹, so nobody guesses the few that there are.
"""

import secrets
import threading
from collections import Counter
from dataclasses import dataclass, field
from time import monotonic
from typing import Final

ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # none is taken for another
CODE_LENGTH: Final = 8
MOST_CLASSES: Final = 200
MOST_PRESENT: Final = 500
LONGEST_ADDRESS: Final = 4000
_PRESENT_SECONDS: Final = 15.0
_IDLE_SECONDS: Final = 900.0  # without its lecturer


class ClassError(ValueError):
    """Something that a class cannot do; the message says why."""


class NoSuchClass(ClassError):
    """There is no class with this code, or not any more."""


@dataclass(frozen=True)
class Question:
    """One of several answers is to be chosen before it is seen."""

    text: str
    options: tuple[str, ...]
    right: int | None = None


@dataclass(frozen=True)
class Answer:
    """What somebody chose; a name stands there only if it was given."""

    choice: int
    name: str = ""


@dataclass
class Classroom:
    """One class.

    Attributes
    ----------
    code : str
        By which one joins.
    secret : str
        By which its lecturer is known.
    address : str
        What the lecturer's page is: its path and parameters, from the app's own address on.
    number : int
        Of the question, so that no answer is taken for one to the next.
    question : Question or None
    answers : dict
        By participant.
    revealed : bool
        Whether all may see the answers.
    seen : dict
        When each participant asked last.
    """

    code: str
    secret: str
    address: str = ""
    number: int = 0
    question: Question | None = None
    answers: dict[str, Answer] = field(default_factory=dict)
    revealed: bool = False
    seen: dict[str, float] = field(default_factory=dict)
    used: float = field(default_factory=lambda: monotonic())

    def tally(self) -> list[int]:
        """Count the answers, option by option."""
        if self.question is None:
            return []
        counts = Counter(answer.choice for answer in self.answers.values())
        return [counts[i] for i in range(len(self.question.options))]

    def who_was_right(self) -> list[str]:
        """Return the names of those who chose the right answer, as far as they gave them."""
        if self.question is None or self.question.right is None:
            return []
        right = [one for one in self.answers.values() if one.choice == self.question.right]
        return sorted(one.name for one in right if one.name)


class Classes:
    """All classes of a server; what changes one holds a lock."""

    def __init__(self) -> None:
        self._classes: dict[str, Classroom] = {}
        self._lock = threading.Lock()

    def open(self) -> Classroom:
        """Open a class; raises :class:`ClassError` if there are too many."""
        with self._lock:
            self._end_idle()
            if len(self._classes) >= MOST_CLASSES:
                raise ClassError(f"there are {MOST_CLASSES} classes already; try again later")
            code = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
            room = self._classes[code] = Classroom(code, secrets.token_urlsafe(24))
            return room

    def join(self, code: str, participant: str) -> Classroom:
        """Return a class, in which this participant is present from now on."""
        with self._lock:
            room = self._find(code)
            now = monotonic()
            room.seen = {one: at for one, at in room.seen.items() if now - at < _PRESENT_SECONDS}
            if participant not in room.seen and len(room.seen) >= MOST_PRESENT:
                raise ClassError(f"{MOST_PRESENT} are in this class already")
            room.seen[participant] = now
            return room

    def answer(self, code: str, participant: str, number: int, answer: Answer) -> None:
        """Take an answer; another one of the same participant replaces it until all are shown."""
        with self._lock:
            room = self._find(code)
            if room.question is None or number != room.number or room.revealed:
                raise ClassError("this is not asked any more")
            if not 0 <= answer.choice < len(room.question.options):
                raise ClassError("there is no such choice")
            if participant not in room.answers and len(room.answers) >= MOST_PRESENT:
                raise ClassError(f"{MOST_PRESENT} have answered already")
            room.answers[participant] = answer

    def lead(self, code: str, secret: str) -> Classroom:
        """Return a class to its lecturer."""
        with self._lock:
            room = self._find(code)
            if not secrets.compare_digest(room.secret.encode(), secret.encode()):
                raise ClassError("only its lecturer can lead a class")
            room.used = monotonic()
            return room

    def show(self, room: Classroom, address: str) -> None:
        """Let all who follow see this page."""
        with self._lock:
            room.address = address[:LONGEST_ADDRESS]

    def ask(self, room: Classroom, question: Question | None) -> None:
        """Ask a question, or none any more."""
        with self._lock:
            room.number += 1
            room.question, room.answers, room.revealed = question, {}, False

    def reveal(self, room: Classroom) -> None:
        """Let all see the answers."""
        with self._lock:
            room.revealed = True

    def end(self, room: Classroom) -> None:
        """End a class: nothing is left of it."""
        with self._lock:
            self._classes.pop(room.code, None)

    def _find(self, code: str) -> Classroom:
        self._end_idle()
        room = self._classes.get(code)
        if room is None:
            raise NoSuchClass("there is no class with this code, or it has ended")
        return room

    def _end_idle(self) -> None:
        now = monotonic()
        for code, room in list(self._classes.items()):
            if now - room.used > _IDLE_SECONDS:
                del self._classes[code]


CLASSES: Final = Classes()
