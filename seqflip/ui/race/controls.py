"""The buttons of the Race page, which act on all lanes at once."""

from collections.abc import Callable
from typing import Any, Literal

import streamlit as st

from seqflip.config import ConfigError
from seqflip.race.folder import Race
from seqflip.runs import ACTIVE, ENDED, RunError, State
from seqflip.ui.controls import SPEEDS, Button
from seqflip.ui.keys import add_key, key_for
from seqflip.ui.race.form import RaceForm
from seqflip.ui.race.shown import show_race
from seqflip.ui.race.variants import stories
from seqflip.ui.server import server
from seqflip.ui.visit import note

PROBE = "race_probe"
_SPEED = "race_speed"

Command = Literal["run", "pause", "step", "stop"]


def toolbar(form: RaceForm, race: Race | None, state: State) -> None:
    """Draw the buttons for what is shown now."""
    align: Literal["center", "bottom"] = "center" if state in ENDED else "bottom"
    key = key_for(race) if race is not None else None
    with st.container(horizontal=True, vertical_alignment=align, key="race_toolbar"):
        for i, button in enumerate(_buttons(form, race, state, key)):
            st.button(
                button.label,
                key=f"race_do_{button.label.lower()}",
                icon=f":material/{button.icon}:",
                shortcut=button.shortcut,
                help=button.help,
                type="primary" if i == 0 and button.label != "Reset" else "secondary",
                disabled=button.action is _start and form.config is None,
                on_click=carefully,
                args=(button.action, *button.args),
            )
        if race is None or (key is not None and state not in ENDED):
            _speed(race, key)
    if race is not None and key is None and state in ACTIVE:
        st.caption("You are watching: only who started this race can control it.")


def carefully(action: Callable[..., None], *args: Any) -> None:
    """Do what was asked; what cannot be done is told, and changes nothing."""
    try:
        action(*args)
    except (ConfigError, RunError) as error:
        note(error)


def _buttons(form: RaceForm, race: Race | None, state: State, key: str | None) -> list[Button]:
    train = Button(
        "Train", "play_arrow", "T", "Start a race of these variants.", _start, (form, "run")
    )
    reset = Button(
        "Reset",
        "restart_alt",
        "N",
        "Back to the start. Your own race is stopped, and its runs stay among the runs.",
        _reset,
        (race, key),
    )
    if race is None:
        told = "Start a race, train one batch with all variants, and pause."
        return [train, Button("Step", "skip_next", "S", told, _start, (form, "step"))]

    def order(label: str, icon: str, shortcut: str, command: Command, told: str) -> Button:
        return Button(label, icon, shortcut, told, _order, (race, key, command))

    pause = order("Pause", "pause", "P", "pause", "Hold all variants at the same step.")
    resume = order("Resume", "play_arrow", "P", "run", "Go on where they were.")
    step = order("Step", "skip_next", "S", "step", "Train one batch with all variants, and pause.")
    stop = order("Stop", "stop", "X", "stop", "End the race, and keep what was learned.")
    cancel = Button("Cancel", "close", "X", "Leave the queue.", _cancel, (race, key))
    by_state: dict[State, list[Button]] = {
        "running": [pause, stop, reset],
        "paused": [resume, step, stop, reset],
        "queued": [cancel, reset],
        "interrupted": [resume, reset],
    }
    if key is None and state not in ENDED:
        return [reset]
    return by_state.get(state, [train, reset])


def _start(form: RaceForm, command: Literal["run", "step"]) -> None:
    assert form.config is not None
    launched = server().launcher.start_race(
        form.config,
        name=_new_name(form.story),
        preset=form.story,
        command=command,
        probe=st.session_state.get(PROBE) or None,
        delay_seconds=SPEEDS[st.session_state.get(_SPEED, "Full speed")],
    )
    add_key(launched.token)
    show_race(launched.run.id)
    if launched.removed:
        st.toast(f"Deleted to make room: {', '.join(launched.removed)}.", icon=":material/delete:")


def _new_name(story: str) -> str:
    """Name a race after its story, and tell it from those before."""
    names = {race.info().name for race in server().store.races()}
    called = f"Race of {stories()[story].removeprefix('your own, from ')}"
    numbers = (f"{called} {i}" for i in range(1, len(names) + 2))
    return next(name for name in numbers if name not in names)


def _order(race: Race, key: str | None, command: Command) -> None:
    server().launcher.command(race.id, key, command)


def _cancel(race: Race, key: str | None) -> None:
    server().launcher.cancel(race.id, key)
    show_race(None)


def _reset(race: Race, key: str | None) -> None:
    show_race(None)
    if key is None:
        return
    state = race.status().state
    if state == "queued":
        server().launcher.cancel(race.id, key)
    elif state in ACTIVE:
        server().launcher.command(race.id, key, "stop")


def _speed(race: Race | None, key: str | None) -> None:
    def change() -> None:
        if race is not None:
            delay = SPEEDS[st.session_state[_SPEED]]
            carefully(lambda: server().launcher.adjust(race.id, key, delay_seconds=delay))

    st.session_state.setdefault(_SPEED, "Full speed")
    st.selectbox(
        "Speed",
        list(SPEEDS),
        key=_SPEED,
        on_change=change,
        persist_state="session",
        width=150,
        help="Slow down so that a class can follow; it changes nothing of what is learned.",
    )
