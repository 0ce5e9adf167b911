"""Train: choose a task and a model, and watch it learn."""

import streamlit as st

from seqflip.runs.run import Run
from seqflip.runs.status import State
from seqflip.ui.charts.live import follow, is_log, play, show_chart, show_html
from seqflip.ui.feed import run_feed, stored_feed
from seqflip.ui.parts.untrained import untrained_picture
from seqflip.ui.shell.frame import within_app
from seqflip.ui.shell.history import arrived_by_link, show_in_url
from seqflip.ui.shell.keys import remember_keys
from seqflip.ui.shell.server import server
from seqflip.ui.shell.share import share
from seqflip.ui.shell.visit import current_status, follow_link, show_note, shown_run
from seqflip.ui.train.controls import more_controls, toolbar
from seqflip.ui.train.header import header
from seqflip.ui.train.numbers import (
    LOSS,
    NUMBERS,
    PROGRESS,
    SCORE,
    SHARES,
    SHARES_MEANING,
    SYMBOLS,
    first_right,
    number_parts,
)
from seqflip.ui.train.picture import (
    opening_sequence,
    picture_of,
    picture_parts,
    show_answers,
    show_attention,
    show_model,
)
from seqflip.ui.train.settings_form import Form, open_link, settings_form
from seqflip.ui.train.stored import stored_example

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
    config = form.config if run is None else run.config()
    if run is not None:
        picture = picture_of(run, status.state)
    else:
        probe = st.session_state.get("probe") or ""
        picture = untrained_picture(config, probe) if config is not None else None
    parts = picture_parts(run, picture, config)
    with left:
        show_attention(parts, run, status.state, config, feed)
    with drawn:
        show_model(parts, feed)
    with answers:
        show_answers(parts, feed)
    with link_place:
        share(link | {name: text for name, text in passing().items() if text})


def passing() -> dict[str, str]:
    """Return what the URL says of the view that is no step in the browser's history."""
    typed = (st.session_state.get("probe") or "").strip()
    return {"sequence": typed, "log": "yes" if st.session_state.log_loss else ""}


def example_to_play(form: Form) -> Run | None:
    """Return the stored training of what is set, for who has begun nothing yet."""
    began = st.session_state.began or bool(st.session_state.get("probe"))
    if began or form.config is None:
        return None
    return stored_example(form.preset, form.config)


def choose_log() -> None:
    """Keep whether the loss has a logarithmic axis."""
    st.session_state.log_loss = is_log(LOSS)


if arrived_by_link("train"):
    follow_link()
    open_link(shown_run())
    st.session_state.log_loss = st.query_params.get("log") == "yes"
    st.session_state.probe = opening_sequence(shown_run(), st.query_params.get("sequence"))
# Each part has its own place: none moves, and no chart is built anew, when another grows.
with st.container(gap="xsmall"):
    head = st.container(gap="xsmall", key="train_head")
    pairs_place = st.container()
    tools, progress, stage = (st.container(gap="xsmall") for _ in range(3))
left, right = stage.columns([1.45, 1], gap="medium")
drawn, details, picture_place, hidden = (st.container() for _ in range(4))
form = settings_form(server().limits, pairs_place)
run = shown_run()
st.session_state.began = st.session_state.get("began", False) or run is not None
link = form.link | ({"run": run.id} if run is not None else {})
show_in_url(link, passing())
status = current_status(run)
came_right = first_right(None if run is None else run.live())
stored = None if run is not None else example_to_play(form)
feed = run_feed(run) if run is not None else stored_feed(stored) if stored is not None else None

with head:
    with st.container(horizontal=True, vertical_alignment="center"):
        titles = st.container(horizontal=True, vertical_alignment="center")
        link_place = st.container(width="content")
    header(titles, form, run, status, came_right)
with tools:
    toolbar(form, run, status.state)
    show_note()
parts = number_parts(
    run,
    status,
    first_right=came_right,
    log=st.session_state.log_loss,
)
with progress:
    show_html(PROGRESS, parts[PROGRESS]["html"], feed=feed)
with right.container(gap=None):
    show_html(SCORE, parts[SCORE]["html"], feed=feed)
    show_chart(LOSS, parts[LOSS], feed=feed, on_log=choose_log)
    show_chart(SHARES, parts[SHARES], feed=feed)
with details:
    st.header("Details", anchor=False)
    more_controls(run, status.state)
    show_html(NUMBERS, parts[NUMBERS]["html"], feed=feed)
    st.caption(SYMBOLS)
    st.caption(SHARES_MEANING)
    answers = st.container()
with picture_place:
    st.fragment(show_picture)(run)
with hidden:
    follow(feed, status.state, None if run is None else SECONDS.get(status.state))
    if stored is not None:
        play(stored_feed(stored))
    remember_keys()
