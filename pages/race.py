"""Race: variants of one model, trained side by side on the same data."""

import streamlit as st

from seqflip.runs.status import ENDED, State
from seqflip.ui.charts.live import follow, show_chart, show_html
from seqflip.ui.feed import race_feed
from seqflip.ui.race.controls import PROBE, toolbar
from seqflip.ui.race.curves import CHART, FIRST, choose_measure
from seqflip.ui.race.curves import open_link as open_measure
from seqflip.ui.race.form import open_link, race_form
from seqflip.ui.race.head import header
from seqflip.ui.race.heats import picture_parts, places, probe_box, show_pictures, to_lengths
from seqflip.ui.race.live import STANDING, TABLE, number_parts
from seqflip.ui.race.shown import follow_link, shown_race
from seqflip.ui.race.table import how_measured
from seqflip.ui.shell.frame import within_app
from seqflip.ui.shell.history import arrived_by_link, show_in_url
from seqflip.ui.shell.keys import remember_keys
from seqflip.ui.shell.server import server
from seqflip.ui.shell.share import share
from seqflip.ui.shell.visit import current_status, show_note

within_app()

# How often the page asks for what is new, in seconds; what has ended does not change.
SECONDS: dict[State, float] = {"running": 0.2, "paused": 0.3, "queued": 0.3, "interrupted": 2}

if arrived_by_link("race"):
    follow_link()
    open_link(shown_race())
    open_measure()
    st.session_state[PROBE] = st.query_params.get("sequence", "")
form = race_form(server().limits)
race = shown_race()
status = current_status(race)

# Each part has its own place: none moves, and no chart is built anew, when another grows.
with st.container(gap="xsmall"):
    head, tools, top, cards = (st.container(gap="xsmall") for _ in range(4))
middle, table, below, hidden = (st.container() for _ in range(4))
with head:
    with st.container(horizontal=True, vertical_alignment="center"):
        titles = st.container(horizontal=True, vertical_alignment="center")
        link_place = st.container(width="content")
    header(titles, form, race, status)
with tools:
    toolbar(form, race, status.state)
    show_note()
config = race.race_config() if race is not None else form.config
feed = None
if config is not None:
    with middle:
        measure = choose_measure()
        curves = st.container()
    with cards:
        probe_box(race, status.state)
        complaints = st.container()
        lanes = places(config, race)
    with below:
        st.caption(how_measured(config))
        if status.state in ENDED:
            to_lengths(race)
    link = form.link | ({"story": form.story} if race is None else {"race": race.id})
    link |= {"measure": measure} if measure != FIRST else {}
    typed = (st.session_state.get(PROBE) or "").strip()
    show_in_url(link, {"sequence": typed})
    with link_place:
        share(link | ({"sequence": typed} if typed else {}))
    feed = None if race is None else race_feed(race, measure)
    numbers = number_parts(config, race, status, measure)
    with top:
        show_html(STANDING, numbers[STANDING]["html"], feed=feed)
    with curves:
        show_chart(CHART, numbers[CHART], feed=feed)
    with table:
        show_html(TABLE, numbers[TABLE]["html"], feed=feed)
    pictures = picture_parts(config, race, status.state, typed)
    show_pictures(pictures, lanes, complaints, feed)
with hidden:
    follow(feed, status.state, SECONDS.get(status.state))
    remember_keys()
