"""Train: choose a task and a model, and watch it learn."""

import streamlit as st

from seqflip.runs import Run, State
from seqflip.ui.attention_view import picture_parts, show_answers, show_attention
from seqflip.ui.controls import toolbar
from seqflip.ui.feed import run_feed
from seqflip.ui.frame import within_app
from seqflip.ui.header import header
from seqflip.ui.history import arrived_by_link, show_in_url
from seqflip.ui.keys import remember_keys
from seqflip.ui.live_plot import follow, show_chart, show_html
from seqflip.ui.live_view import LOSS, NUMBERS, SHARES, SYMBOLS, number_parts
from seqflip.ui.server import server
from seqflip.ui.settings_form import open_link, settings_form
from seqflip.ui.untrained import untrained_picture
from seqflip.ui.visit import current_status, follow_link, show_note, shown_run

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
form = settings_form(server().settings)
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
