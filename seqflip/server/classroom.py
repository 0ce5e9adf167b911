"""Classes: who joins one sees what its lecturer shows, and answers what its lecturer asks.

All is in memory and anonymous, has bounds, and is gone when the class ends. A code is one of more
than 10¹¹, so nobody guesses the few that there are.
"""

import asyncio
import secrets
import threading
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, Final

from seqflip.server.class_questions import Answer, ClassError, Question

ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # none is taken for another
CODE_LENGTH: Final = 8
MOST_CLASSES: Final = 200
MOST_PRESENT: Final = 500
LONGEST_ADDRESS: Final = 4000
_PRESENT_SECONDS: Final = 15.0
_IDLE_SECONDS: Final = 900.0  # without its lecturer


class NoSuchClass(ClassError):
    """There is no class with this code, or not any more."""


@dataclass
class Classroom:
    """One class.

    Attributes
    ----------
    code : str
        By which one joins.
    secret : str
        By which its lecturer is known.
    address : str or None
        What the lecturer's page is: its path and parameters, from the app's own address on; None
        before it was told.
    moves : int
        How often the lecturer's page has changed.
    number : int
        Of the question, so that no answer is taken for one to the next.
    question : Question or None
    answers : dict
        By participant.
    taken : int
        How many answers were taken for it, those that replaced one as well.
    revealed : bool
        Whether all may see the answers.
    seen : dict
        When each participant asked last.
    used : float
        When its lecturer asked last.
    changed : asyncio.Event
        Is set, and replaced by another one, when there is something else to be told.
    """

    code: str
    secret: str
    address: str | None = None
    moves: int = 0
    number: int = 0
    question: Question | None = None
    answers: dict[str, Answer] = field(default_factory=dict)
    taken: int = 0
    revealed: bool = False
    seen: dict[str, float] = field(default_factory=dict)
    used: float = field(default_factory=lambda: monotonic())
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def tell_all(self) -> None:
        """Wake those who wait for something else to be told; only where the server answers."""
        before, self.changed = self.changed, asyncio.Event()
        before.set()

    def forget_who_left(self) -> None:
        """Count as present who has asked in the last seconds."""
        now = monotonic()
        self.seen = {one: at for one, at in self.seen.items() if now - at < _PRESENT_SECONDS}

    def result(self) -> dict[str, Any]:
        """Return what all answered, taken together."""
        return {} if self.question is None else self.question.result([*self.answers.values()])

    def close(self) -> list[str]:
        """Return the names of those who were close, the closest first."""
        return [] if self.question is None else self.question.close([*self.answers.values()])


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
            room.forget_who_left()
            is_new = participant not in room.seen
            if is_new and len(room.seen) >= MOST_PRESENT:
                raise ClassError(f"{MOST_PRESENT} are in this class already")
            room.seen[participant] = monotonic()
            if is_new:
                room.tell_all()
            return room

    def answer(self, code: str, participant: str, number: int, given: Any, name: str = "") -> None:
        """Take an answer; another one of the same participant replaces it until all are shown."""
        with self._lock:
            room = self._find(code)
            if room.question is None or number != room.number or room.revealed:
                raise ClassError("this is not asked any more")
            answer = Answer(room.question.read(given), name)
            if participant not in room.answers and len(room.answers) >= MOST_PRESENT:
                raise ClassError(f"{MOST_PRESENT} have answered already")
            room.answers[participant] = answer
            room.taken += 1
            room.tell_all()

    def lead(self, code: str, secret: str) -> Classroom:
        """Return a class to its lecturer."""
        with self._lock:
            room = self._find(code)
            if not secrets.compare_digest(room.secret.encode(), secret.encode()):
                raise ClassError("only its lecturer can lead a class")
            room.used = monotonic()
            room.forget_who_left()
            return room

    def show(self, room: Classroom, address: str) -> None:
        """Let all who follow see this page."""
        with self._lock:
            room.address, room.moves = address[:LONGEST_ADDRESS], room.moves + 1
            room.tell_all()

    def ask(self, room: Classroom, question: Question | None) -> None:
        """Ask a question, or none any more."""
        with self._lock:
            room.number += 1
            room.question, room.answers, room.taken, room.revealed = question, {}, 0, False
            room.tell_all()

    def reveal(self, room: Classroom) -> None:
        """Let all see the answers."""
        with self._lock:
            room.revealed = True
            room.tell_all()

    def end(self, room: Classroom) -> None:
        """End a class: nothing is left of it."""
        with self._lock:
            self._classes.pop(room.code, None)
            room.tell_all()

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
