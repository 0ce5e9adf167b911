"""Which race this tab shows: the one of the link, the one that was just started, or the example."""

import contextlib

import streamlit as st

from seqflip.config.section import ConfigError
from seqflip.race.folder import Race
from seqflip.runs.run import UnknownRun
from seqflip.ui.shell.keys import take_key_of_link
from seqflip.ui.shell.server import server, viewer
from seqflip.ui.shell.visit import note, was_shown

EXAMPLE = "race-attention"

_RACE, _CHOICE = "shown_race", "race_choice"
_NEW = ""
_SETTINGS = ("story", "seeds", "v1")


def follow_link() -> None:
    """Show the race that the URL names; the example, if it says nothing at all."""
    params = st.query_params
    race_id = params.get("race")
    if race_id is None and not any(name in params for name in _SETTINGS):
        with contextlib.suppress(UnknownRun):
            race_id = server().store.find(EXAMPLE).id
    show_race(race_id)
    take_key_of_link(race_id)


def show_race(race_id: str | None) -> None:
    """Show this race from now on, or none."""
    before = st.session_state.get(_RACE)
    if before is not None and before != race_id:
        server().launcher.leave(viewer(), before)
    st.session_state[_RACE] = race_id
    was_shown(race_id)


def shown_id() -> str | None:
    """Return the id of the race that is shown."""
    found: str | None = st.session_state.get(_RACE)
    return found


def shown_race() -> Race | None:
    """Return the race that is shown; one that is gone is told of, and no longer shown."""
    race_id = shown_id()
    if race_id is None:
        return None
    try:
        race = find_race(race_id)
        race.race_config()
    except UnknownRun as error:
        note(error)
    except ConfigError as error:
        note(f"{race_id} cannot be shown: {error.message}")
    else:
        server().launcher.watch(race.id, viewer())
        return race
    show_race(None)
    return None


def find_race(race_id: str) -> Race:
    """Return the race with this id, which may come from anywhere; raises UnknownRun."""
    unknown = UnknownRun(f"There is no race {race_id[:64]!r}")
    try:
        found = server().store.find(race_id)
    except UnknownRun:
        raise unknown from None
    if not found.is_race():
        raise unknown
    return Race(found.folder, bundled=found.bundled)


def choose_race(race: Race | None) -> None:
    """Draw the choice among all races, and the one that is yet to come."""
    races = {found.id: found for found in server().store.races()}
    st.session_state[_CHOICE] = _NEW if race is None else race.id

    def choose() -> None:
        show_race(st.session_state[_CHOICE] or None)

    def label(race_id: str) -> str:
        if race_id == _NEW:
            return "a new race"
        name = races[race_id].info().name or race_id
        return f"{name} (example)" if races[race_id].bundled else name

    st.selectbox(
        "Which race",
        [_NEW, *races],
        key=_CHOICE,
        on_change=choose,
        format_func=label,
        label_visibility="collapsed",
        width=300,
        help="Every race is kept: choose one to see it again.",
    )
