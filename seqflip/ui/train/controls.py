"""The buttons above the charts of the Train page, and what else one can do with a run there."""

from typing import Final

import streamlit as st

from seqflip.config.config import Config
from seqflip.config.sections import LARGEST_LEARNING_RATE
from seqflip.runs.control import read_control
from seqflip.runs.ownership import hash_token
from seqflip.runs.run import Run
from seqflip.runs.status import ACTIVE, ENDED, State
from seqflip.ui.parts.counterpart import can_be_blind, counterpart, with_other_attention
from seqflip.ui.parts.presets import FIRST
from seqflip.ui.parts.toolbar import FULL_SPEED, LECTURE, Start, Toolbar, new_name
from seqflip.ui.shell.keys import key_for, visitor
from seqflip.ui.shell.pages import link
from seqflip.ui.shell.server import server
from seqflip.ui.shell.visit import carefully, note, show_run, shown_id
from seqflip.ui.train.settings_form import Form, take_settings

_TOLD: Final = {
    "Train": "Start a new run with these settings.",
    "Start one step": "Start a new run, train one batch, and pause.",
    "Pause": "Hold the training; nothing is lost.",
    "Resume": "Go on where it was.",
    "Step": "Train one batch, and pause again.",
    "Stop": "End this run for good, and keep what it has learned.",
    "Reset": "Back to the start. Your own run is stopped, and stays among the runs.",
    "Cancel": "Leave the queue.",
}


def toolbar(form: Form, run: Run | None, state: State) -> None:
    """Draw the buttons for what is shown now."""

    def start(command: Start) -> None:
        assert form.config is not None
        _start(bar, form.config, form.preset, form.preset, command)

    bar = Toolbar("", _TOLD, start, show_run, shown_id, _first_speed)
    race = run.race() if run is not None and state not in ENDED else None
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key="toolbar"):
        key = key_for(run) if run is not None and race is None else None
        bar.buttons(run, state, key, ready=form.config is not None)
        if run is not None and state in ("finished", "stopped"):
            _where_next(bar, run)
        elif run is None or key is not None:
            bar.speed(run, key)
        if race is not None:
            link("race", "To its race", {"race": race.id})
    if race is not None:
        st.caption("This run is part of a race, which is controlled as a whole.")
    elif run is not None and key is None and state in ACTIVE:
        st.caption("You are watching: only who started this run can control it.")


def _first_speed() -> str:
    """Return lecture pace for a first visit: of somebody who has no runs yet."""
    mine = hash_token(visitor())
    own = (run for run in server().store.runs() if not run.bundled)
    return FULL_SPEED if any(run.info().visitor == mine for run in own) else LECTURE


def _start(bar: Toolbar, config: Config, called: str, preset: str, command: Start) -> None:
    launched = server().launcher.start(
        config,
        name=new_name(called, server().store.runs()),
        preset=preset,
        visitor=visitor(),
        command=command,
        probe=st.session_state.get("probe") or None,
        **bar.pace,
    )
    bar.take_up(launched)


def _where_next(bar: Toolbar, run: Run) -> None:
    """Offer what to do with what was learned."""
    link("attend", "See where it looks")
    link("replay", "Replay it")
    link("lengths", "How long can it go?")
    model = run.config().model
    if not can_be_blind(model):
        return
    without = model.attends
    st.button(
        "Now without attention" if without else "Now with attention",
        icon=":material/compare_arrows:",
        key="other_attention",
        type="tertiary",
        on_click=carefully,
        args=(_start_other, bar, run),
        help="Start the same training so, on the same data.",
    )


def _start_other(bar: Toolbar, run: Run) -> None:
    """Train the same with attention if this run has none, or without."""
    if shown_id() != run.id:
        return  # the second click of two
    config = with_other_attention(run.config())
    preset = run.info().preset or FIRST
    kind = "with attention" if config.model.attends else "no attention"
    _start(bar, config, f"{run.info().name or run.id}, {kind}", preset, "run")
    take_settings(config)


def more_controls(run: Run | None, state: State) -> None:
    """Draw what else one can do with a run, which is not for the first look."""
    if run is None:
        return
    if state in ("finished", "stopped"):
        other = counterpart(run)
        beside = f"{run.id} {other.id}" if other is not None else run.id
        told = "Lay its curves over those of another run."
        link("runs", "Compare it", {"chosen": beside}, help=told)
    key = key_for(run) if run.race() is None else None
    if key is not None and state in ACTIVE:
        _learning_rate(run, key)


def _learning_rate(run: Run, key: str) -> None:
    name = f"learning_rate_of_{run.id}"

    def change() -> None:
        rate = st.session_state[name]
        if rate is None or not 0 < rate <= LARGEST_LEARNING_RATE:
            most = f"{LARGEST_LEARNING_RATE:,}"
            note(f"“Learning rate” must be a number above 0, at most {most}; it stays as it was")
            st.session_state[name] = _learning_rate_now(run)
            return
        carefully(lambda: server().launcher.adjust(run.id, key, learning_rate=rate))

    st.session_state.setdefault(name, _learning_rate_now(run))
    st.number_input(
        "Learning rate",
        step=0.001,
        format="%g",
        key=name,
        on_change=change,
        width=170,
        help="Takes effect with the next step; the schedule goes on from it.",
    )


def _learning_rate_now(run: Run) -> float:
    return read_control(run.folder).learning_rate or run.config().training.learning_rate
