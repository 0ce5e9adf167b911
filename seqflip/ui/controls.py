"""The buttons above the charts: those that make sense now, for whoever may press them."""

from collections.abc import Callable
from typing import Any, Literal, NamedTuple

import streamlit as st

from seqflip.config import ConfigError
from seqflip.control import read_control
from seqflip.runs import ACTIVE, ENDED, Run, RunError, State
from seqflip.ui.history import follow
from seqflip.ui.keys import add_key, key_for
from seqflip.ui.server import server
from seqflip.ui.settings_form import Form
from seqflip.ui.visit import note, show_run

SPEEDS = {"Full speed": 0.0, "20 steps/s": 0.05, "5 steps/s": 0.2, "1 step/s": 1.0}
_SPEED = "speed"


class Button(NamedTuple):
    """One button: its label, icon, key on the keyboard, help, and what it does."""

    label: str
    icon: str
    shortcut: str
    help: str
    action: Callable[..., None]
    args: tuple[Any, ...] = ()


def toolbar(form: Form, run: Run | None, state: State) -> None:
    """Draw the buttons for what is shown now."""
    align: Literal["center", "bottom"] = "center" if state in ENDED else "bottom"
    race = run.race() if run is not None and state not in ENDED else None
    with st.container(horizontal=True, vertical_alignment=align, key="toolbar"):
        key = key_for(run) if run is not None and race is None else None
        for i, button in enumerate(_buttons(form, run, state, key)):
            starts = button.action is _start
            st.button(
                button.label,
                key=f"do_{button.label.lower()}",
                icon=f":material/{button.icon}:",
                shortcut=button.shortcut,
                help=button.help,
                type="primary" if i == 0 and button.label != "Reset" else "secondary",
                disabled=starts and form.config is None,
                on_click=_carefully,
                args=(button.action, *button.args),
            )
        if run is not None and state in ("finished", "stopped"):
            _where_next(run)
        elif run is None or key is not None:
            _speed(run, key)
        if run is not None and key is not None and state in ACTIVE:
            _learning_rate(run, key)
        if race is not None and st.button("To its race", icon=":material/sports_score:"):
            follow("race", "pages/race.py", {"race": race.id})
    if race is not None:
        st.caption("This run is part of a race, which is controlled as a whole.")
    elif run is not None and key is None and state in ACTIVE:
        st.caption("You are watching: only who started this run can control it.")


def _buttons(form: Form, run: Run | None, state: State, key: str | None) -> list[Button]:
    train = Button(
        "Train", "play_arrow", "T", "Start a new run with these settings.", _start, (form, "run")
    )
    reset = Button(
        "Reset",
        "restart_alt",
        "N",
        "Back to the start. Your own run is stopped, and stays among the runs.",
        _reset,
        (run, key),
    )
    if run is None:
        once = Button(
            "Step",
            "skip_next",
            "S",
            "Start a new run, train one batch, and pause.",
            _start,
            (form, "step"),
        )
        return [train, once]

    def order(command: Literal["run", "pause", "step", "stop"]) -> tuple[Any, ...]:
        return (run, key, command)

    pause = Button(
        "Pause", "pause", "P", "Hold the training; nothing is lost.", _order, order("pause")
    )
    resume = Button("Resume", "play_arrow", "P", "Go on where it was.", _order, order("run"))
    step = Button(
        "Step", "skip_next", "S", "Train one batch, and pause again.", _order, order("step")
    )
    stop = Button(
        "Stop",
        "stop",
        "X",
        "End this run for good, and keep what it has learned.",
        _order,
        order("stop"),
    )
    cancel = Button("Cancel", "close", "X", "Leave the queue.", _cancel, (run, key))
    by_state: dict[State, list[Button]] = {
        "running": [pause, stop, reset],
        "paused": [resume, step, stop, reset],
        "queued": [cancel, reset],
        "interrupted": [resume, reset],
    }
    buttons = by_state.get(state, [train, reset])
    if key is None and state not in ENDED:  # somebody else's, or of the command line
        may_resume = resume in buttons and run.may_manage(None)
        return [resume, reset] if may_resume else [reset]
    return buttons


def _carefully(action: Callable[..., None], *args: Any) -> None:
    """Do what was asked; what cannot be done is told, and changes nothing."""
    try:
        action(*args)
    except (ConfigError, RunError) as error:
        note(error)


def _start(form: Form, command: Literal["run", "step"]) -> None:
    assert form.config is not None
    launched = server().launcher.start(
        form.config,
        name=_new_name(form.preset),
        preset=form.preset,
        command=command,
        probe=st.session_state.get("probe") or None,
        delay_seconds=SPEEDS[st.session_state.get(_SPEED, "Full speed")],
    )
    add_key(launched.token)
    show_run(launched.run.id)
    if launched.removed:
        st.toast(f"Deleted to make room: {', '.join(launched.removed)}.", icon=":material/delete:")


def _new_name(preset: str) -> str:
    """Name a run after its preset, and tell it from those before."""
    names = {run.info().name for run in server().store.runs()}
    numbers = (f"{preset} {i}" for i in range(1, len(names) + 2))
    return next(name for name in numbers if name not in names)


def _order(run: Run, key: str | None, command: Literal["run", "pause", "step", "stop"]) -> None:
    if command == "run" and key is None:
        add_key(server().launcher.resume(run.id))
    else:
        server().launcher.command(run.id, key, command)


def _cancel(run: Run, key: str | None) -> None:
    server().launcher.cancel(run.id, key)
    show_run(None)


def _reset(run: Run, key: str | None) -> None:
    show_run(None)
    if key is None:
        return
    state = run.status().state
    if state == "queued":
        server().launcher.cancel(run.id, key)
    elif state in ACTIVE:
        server().launcher.command(run.id, key, "stop")


def _where_next(run: Run) -> None:
    """Offer what to do with what was learned."""
    st.page_link("pages/attend.py", label="See where it looks", icon=":material/visibility:")
    st.page_link("pages/replay.py", label="Replay it", icon=":material/history:")
    st.page_link("pages/lengths.py", label="How long can it go?", icon=":material/straighten:")
    st.page_link("pages/runs.py", label="Compare it", icon=":material/stacks:")
    other = "scaled_dot" if run.config().model.attention == "none" else "none"

    def choose() -> None:
        st.session_state.attention = other

    st.button(
        "Now with attention" if other != "none" else "Now without attention",
        icon=":material/compare_arrows:",
        key="other_attention",
        type="tertiary",
        on_click=choose,
        disabled=st.session_state.attention == other,
        help="Set Attention in the sidebar; Train then shows what it is good for.",
    )


def _speed(run: Run | None, key: str | None) -> None:
    def change() -> None:
        if run is not None:
            delay = SPEEDS[st.session_state[_SPEED]]
            _carefully(lambda: server().launcher.adjust(run.id, key, delay_seconds=delay))

    delay = 0.0 if run is None else read_control(run.folder).delay_seconds
    speed = next((name for name, seconds in SPEEDS.items() if seconds == delay), "Full speed")
    st.session_state.setdefault(_SPEED, speed)
    st.selectbox(
        "Speed",
        list(SPEEDS),
        key=_SPEED,
        on_change=change,
        persist_state="session",
        width=150,
        help="Slow down so that a class can follow; it changes nothing of what is learned.",
    )


def _learning_rate(run: Run, key: str) -> None:
    name = f"learning_rate_of_{run.id}"

    def change() -> None:
        rate = st.session_state[name]
        if rate is None or not 0 < rate <= 1000:
            note("The learning rate must be a number above 0, at most 1,000")
            return
        _carefully(lambda: server().launcher.adjust(run.id, key, learning_rate=rate))

    rate = read_control(run.folder).learning_rate or run.config().training.learning_rate
    st.session_state.setdefault(name, rate)
    st.number_input(
        "Learning rate",
        step=0.001,
        format="%g",
        key=name,
        on_change=change,
        width=170,
        help="Takes effect with the next step; the schedule goes on from it.",
    )
