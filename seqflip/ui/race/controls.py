"""The buttons of the Race page, which act on all lanes at once."""

from typing import Final

import streamlit as st

from seqflip.race.folder import Race
from seqflip.runs.status import ACTIVE, ENDED, State
from seqflip.ui.parts.toolbar import Start, Toolbar, new_name
from seqflip.ui.race.form import RaceForm
from seqflip.ui.race.shown import show_race, shown_id
from seqflip.ui.shell.keys import key_for, visitor
from seqflip.ui.shell.server import server

PROBE = "race_probe"

_TOLD: Final = {
    "Train": "Start a race of these variants.",
    "Start one step": "Start a race, train one batch with all variants, and pause.",
    "Pause": "Hold all variants at the same step.",
    "Resume": "Go on where they were.",
    "Step": "Train one batch with all variants, and pause.",
    "Stop": "End the race, and keep what was learned.",
    "Reset": "Back to the start. Your own race is stopped, and its runs stay among the runs.",
    "Cancel": "Leave the queue.",
}


def toolbar(form: RaceForm, race: Race | None, state: State) -> None:
    """Draw the buttons for what is shown now."""

    def start(command: Start) -> None:
        assert form.config is not None
        story = form.story.removeprefix("race-")
        launched = server().launcher.start_race(
            form.config,
            name=new_name(f"Race of {story}", server().store.races()),
            preset=form.story,
            visitor=visitor(),
            command=command,
            probe=st.session_state.get(PROBE) or None,
            **bar.pace,
        )
        bar.take_up(launched)

    bar = Toolbar("race_", _TOLD, start, show_race, shown_id)
    key = key_for(race) if race is not None else None
    with st.container(
        horizontal=True,
        vertical_alignment="center",
        key="race_toolbar",
    ):
        bar.buttons(race, state, key, ready=form.config is not None)
        if race is None or (key is not None and state not in ENDED):
            bar.speed(race, key)
    if race is not None and key is None and state in ACTIVE:
        st.caption("You are watching: only who started this race can control it.")
