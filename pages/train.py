"""Train: choose a task and a model, and watch it learn."""

import streamlit as st

from seqflip.runs.run import Run
from seqflip.runs.status import State
from seqflip.ui.charts.live import follow, show_chart, show_html
from seqflip.ui.feed import run_feed
from seqflip.ui.parts.untrained import untrained_picture
from seqflip.ui.shell.frame import within_app
from seqflip.ui.shell.history import arrived_by_link, show_in_url
from seqflip.ui.shell.keys import remember_keys
from seqflip.ui.shell.server import server
from seqflip.ui.shell.visit import current_status, follow_link, show_note, shown_run
from seqflip.ui.train.controls import toolbar
from seqflip.ui.train.header import header
from seqflip.ui.train.numbers import LOSS, NUMBERS, SHARES, SYMBOLS, number_parts
from seqflip.ui.train.picture import picture_parts, show_answers, show_attention
from seqflip.ui.train.settings_form import open_link, settings_form

within_app()

# How often the page asks for what is new, in seconds; what has ended does not change.
SECONDS: dict[State, float] = {
    "running": 0.115,
    "paused": 0.2,
    "queued": 0.2,
    "interrupted": 2,
}


def show_picture(run: Run | None) -> None:
    """Draw what the model does, and draw it anew while a sequence is typed."""
    if run is not None:
        picture, task = run.live(), run.config().data.task
    else:
        probe = st.session_state.get("probe") or ""
        picture = untrained_picture(form.config, probe) if form.config is not None else None
        task = form.task
    parts = picture_parts(run, picture, task)
    with right:
        show_attention(parts, run, feed)
    with bottom:
        show_answers(parts, feed)


if arrived_by_link("train"):
    follow_link()
    open_link(shown_run())
form = settings_form(server().limits)
run = shown_run()
show_in_url(form.link | ({"run": run.id} if run is not None else {}))
status = current_status(run)
feed = None if run is None else run_feed(run)

# Each part has its own place: none moves, and no chart is built anew, when another grows.
head, tools, top, middle, bottom, picture_place, hidden = (st.container() for _ in range(7))
left, right = middle.columns(2, gap="medium")
with head:
    header(form, run, status)
with tools:
    toolbar(form, run, status.state)
    show_note()
parts = number_parts(run, status)
with top:
    show_html(NUMBERS, parts[NUMBERS]["html"], feed=feed)
with left:
    show_chart(LOSS, parts[LOSS], feed=feed)
    show_chart(SHARES, parts[SHARES], feed=feed)
    st.caption(SYMBOLS)
with picture_place:
    st.fragment(show_picture)(run)
with hidden:
    follow(feed, status.state, SECONDS.get(status.state))
    remember_keys()
