"""The buttons that control a training, be it of a run or of a race: those that make sense now."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, NamedTuple

import streamlit as st

from seqflip.runs.control import Command, read_control
from seqflip.runs.run import Run
from seqflip.runs.status import ACTIVE, ENDED, State
from seqflip.server.launcher import Launched
from seqflip.ui.as_typed import in_markdown
from seqflip.ui.shell.keys import add_key
from seqflip.ui.shell.server import server
from seqflip.ui.shell.visit import carefully

Start = Literal["run", "step"]
Label = Literal["Train", "Step", "Pause", "Resume", "Stop", "Reset", "Cancel"]


class Speed(NamedTuple):
    """How fast to go on: see :class:`seqflip.runs.control.Control`."""

    delay_seconds: float = 0.0
    lecture_seconds: float = 0.0


LECTURE: Final = "Lecture pace"
FULL_SPEED: Final = "Full speed"
_SPEEDS: Final = {
    LECTURE: Speed(lecture_seconds=20.0),
    FULL_SPEED: Speed(),
    "20 steps/s": Speed(0.05),
    "5 steps/s": Speed(0.2),
    "1 step/s": Speed(1.0),
}


class _Face(NamedTuple):
    icon: str
    shortcut: str


_FACES: dict[Label, _Face] = {
    "Train": _Face("play_arrow", "T"),
    "Step": _Face("skip_next", "S"),
    "Pause": _Face("pause", "P"),
    "Resume": _Face("play_arrow", "P"),
    "Stop": _Face("stop", "X"),
    "Reset": _Face("restart_alt", "N"),
    "Cancel": _Face("close", "X"),
}
_COMMANDS: dict[Label, Command] = {
    "Pause": "pause",
    "Resume": "run",
    "Step": "step",
    "Stop": "stop",
}
_BY_STATE: dict[State, list[Label]] = {
    "running": ["Pause", "Stop", "Reset"],
    "paused": ["Resume", "Step", "Stop", "Reset"],
    "queued": ["Cancel", "Reset"],
    "interrupted": ["Resume", "Reset"],
}


@dataclass(frozen=True)
class Toolbar:
    """The buttons of one page.

    Attributes
    ----------
    prefix : str
        Of the names of its widgets.
    told : mapping
        The help of each button; ``Start one step`` is that of Step before there is a training.
    start : callable
        Starts what the page is set to, to run on or to do a single step.
    show : callable
        Shows the training with an id, or none.
    shown : callable
        Returns the id of what is shown now, or None.
    first_speed : callable
        Returns what is chosen at first.
    """

    prefix: str
    told: Mapping[str, str]
    start: Callable[[Start], None]
    show: Callable[[str | None], None]
    shown: Callable[[], str | None]
    first_speed: Callable[[], str] = lambda: FULL_SPEED

    def buttons(self, run: Run | None, state: State, key: str | None, *, ready: bool) -> None:
        """Draw the buttons for what is shown, for a person who has this key to it.

        ``ready`` says whether the page is set to something that can be started.
        """
        seen = read_control(run.folder).serial if run is not None else 0
        for i, label in enumerate(_labels(run, state, key)):
            starts = label == "Train" or run is None
            st.button(
                label,
                key=f"{self.prefix}do_{label.lower()}",
                icon=f":material/{_FACES[label].icon}:",
                shortcut=_FACES[label].shortcut,
                help=self.told["Start one step" if label == "Step" and starts else label],
                type="primary" if i == 0 and label != "Reset" else "secondary",
                disabled=starts and not ready,
                on_click=carefully,
                args=(self.press, label, run, key, seen),
            )

    def speed(self, run: Run | None, key: str | None) -> None:
        """Draw the choice of how fast it goes, of what is shown or will be started."""

        def change() -> None:
            if run is not None:
                pace = self.pace
                carefully(lambda: server().launcher.adjust(run.id, key, **pace))

        if self._speed_key not in st.session_state:
            st.session_state[self._speed_key] = (
                self.first_speed() if run is None else _speed_of(run)
            )
        st.selectbox(
            "Speed",
            list(_SPEEDS),
            key=self._speed_key,
            on_change=change,
            persist_state="session",
            label_visibility="collapsed",
            width=150,
            help="How fast it goes changes nothing of what is learned. At lecture pace a training "
            "takes about 20 seconds: slow while attention comes about, and ever faster.",
        )

    @property
    def pace(self) -> dict[str, Any]:
        """How fast to go, as it is chosen here and as a launcher is told."""
        chosen = st.session_state.get(self._speed_key) or self.first_speed()
        return _SPEEDS[chosen]._asdict()

    def take_up(self, launched: Launched) -> None:
        """Show what was just started, and remember that it is this person's."""
        add_key(launched.token)
        self.show(launched.run.id)
        if launched.removed:
            gone = ", ".join(map(in_markdown, launched.removed))
            st.toast(f"Deleted to make room: {gone}.", icon=":material/delete:")

    @property
    def _speed_key(self) -> str:
        return f"{self.prefix}speed"

    def press(self, label: Label, run: Run | None, key: str | None, seen: int) -> None:
        """Do what a button says that was drawn for this run, with this key and these wishes."""
        if self.shown() != (None if run is None else run.id):
            return  # the second click of two, meant for what the first one has changed
        launcher = server().launcher
        if run is None or label == "Train":
            self.start("step" if label == "Step" else "run")
        elif label == "Cancel":
            launcher.cancel(run.id, key)
            self.show(None)
        elif label == "Reset":
            self._reset(run, key)
        elif label == "Resume" and key is None:
            add_key(launcher.resume(run.id))
        else:
            launcher.command(run.id, key, _COMMANDS[label], after=seen)

    def _reset(self, run: Run, key: str | None) -> None:
        """Show nothing any more, and end what is this person's own."""
        self.show(None)
        if key is None:
            return
        state = run.status().state
        if state == "queued":
            server().launcher.cancel(run.id, key)
        elif state in ACTIVE:
            server().launcher.command(run.id, key, "stop")


def _speed_of(run: Run) -> str:
    control = read_control(run.folder)
    speed = Speed(control.delay_seconds, control.lecture_seconds)
    return next((name for name, one in _SPEEDS.items() if one == speed), FULL_SPEED)


def new_name(called: str, runs: Iterable[Run]) -> str:
    """Return a name that tells a new one from those that there are."""
    names = {run.info().name for run in runs}
    numbers = (f"{called} {i}" for i in range(1, len(names) + 2))
    return next(name for name in numbers if name not in names)


def _labels(run: Run | None, state: State, key: str | None) -> list[Label]:
    if run is None:
        return ["Train", "Step"]
    labels = _BY_STATE.get(state, ["Train", "Reset"])
    if key is None and state not in ENDED:  # somebody else's, or of the command line
        may_resume = "Resume" in labels and run.may_manage(None)
        return ["Resume", "Reset"] if may_resume else ["Reset"]
    return labels
