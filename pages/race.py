"""Race: variants of one model, trained side by side on the same data."""

import streamlit as st

from seqflip.race.config import RaceConfig
from seqflip.race.folder import Race
from seqflip.runs import ENDED, State, Status
from seqflip.ui.frame import within_app
from seqflip.ui.history import arrived_by_link, show_in_url
from seqflip.ui.keys import remember_keys
from seqflip.ui.live_plot import send_everything
from seqflip.ui.race.controls import PROBE, toolbar
from seqflip.ui.race.curves import FIRST, chart, choose_measure
from seqflip.ui.race.curves import open_link as open_measure
from seqflip.ui.race.form import open_link, race_form
from seqflip.ui.race.head import header, standing
from seqflip.ui.race.heats import pictures, places, probe_box, to_lengths
from seqflip.ui.race.shown import follow_link, shown_race
from seqflip.ui.race.table import how_measured, outcome_table
from seqflip.ui.server import server
from seqflip.ui.share import share
from seqflip.ui.visit import current_status, show_note

within_app()

# How often the page looks again, in seconds; what has ended is looked at once.
SECONDS: dict[State, float] = {"running": 0.2, "paused": 0.3, "queued": 0.3, "interrupted": 2}


def live_numbers(config: RaceConfig, race: Race | None, seen: Status, measure: str) -> None:
    """Draw what is known by now; another state needs other buttons, so the whole page."""
    status = current_status(race)
    if status.state != seen.state:
        st.rerun()
    found = race.results() if race is not None else None
    with top:
        standing(race, status, found)
    with curves:
        chart(race.id if race is not None else "", config, found, measure)
    with table:
        st.html(outcome_table(config, found))


def live_pictures(config: RaceConfig, race: Race | None, state: State) -> None:
    """Draw what all variants do right now, which is renewed less often."""
    pictures(config, race, state, lanes, complaints)


if arrived_by_link("race"):
    follow_link()
    open_link(shown_race())
    open_measure()
    st.session_state[PROBE] = st.query_params.get("sequence", "")
send_everything()
form = race_form(server().settings)
race = shown_race()
status = current_status(race)

# Each part has its own place: none moves, and no chart is built anew, when another grows.
head, tools, top, middle, table, below, numbers_live, pictures_live, hidden = (
    st.container() for _ in range(9)
)
with head:
    header(form, race, status)
with tools:
    toolbar(form, race, status.state)
    show_note()
config = race.race_config() if race is not None else form.config
if config is not None:
    with middle:
        measure = choose_measure()
        curves = st.container()
        with st.container(horizontal=True, vertical_alignment="bottom"):
            probe_box(race, status.state)
            link_place = st.container(width="content")
        complaints = st.container()
        lanes = places(config, race)
    with below:
        st.caption(how_measured(config))
        if status.state in ENDED:
            to_lengths(race)
    link = form.link | ({"story": form.story} if race is None else {"race": race.id})
    link |= {"measure": measure} if measure != FIRST else {}
    show_in_url(link)
    with link_place:
        share(link | ({"sequence": typed} if (typed := st.session_state[PROBE]) else {}))
    seconds = SECONDS.get(status.state) if race is not None else None
    slower = seconds and max(seconds, 0.4)
    with numbers_live:
        st.fragment(live_numbers, run_every=seconds)(config, race, status, measure)
    with pictures_live:
        st.fragment(live_pictures, run_every=slower)(config, race, status.state)
with hidden:
    remember_keys()
