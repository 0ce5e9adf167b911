"""Train: choose a task and a model, and watch it learn."""

import streamlit as st

from seqflip.runs import Run, State, Status
from seqflip.ui.attention_view import answers, attention
from seqflip.ui.controls import toolbar
from seqflip.ui.frame import within_app
from seqflip.ui.header import header
from seqflip.ui.history import arrived_by_link, show_in_url
from seqflip.ui.keys import remember_keys
from seqflip.ui.live_plot import send_everything
from seqflip.ui.live_view import charts, numbers, read_logs
from seqflip.ui.server import server
from seqflip.ui.settings_form import open_link, settings_form
from seqflip.ui.untrained import untrained_picture
from seqflip.ui.visit import current_status, follow_link, show_note, shown_run

within_app()

# How often the page looks again, in seconds; what has ended is looked at once.
SECONDS: dict[State, float] = {
    "running": 0.11,
    "paused": 0.2,
    "queued": 0.2,
    "interrupted": 2,
}


def live_numbers(run: Run | None, seen: Status) -> None:
    """Draw what a training's logs say; another state needs other buttons, so the whole page."""
    status = current_status(run)
    if status.state != seen.state:
        st.rerun()
    curve, happened = read_logs(run)
    with top:
        numbers(run, status)
    with left:
        charts(run, curve, happened)


def live_picture(run: Run | None) -> None:
    """Draw what the model does right now, which is renewed less often."""
    if run is not None:
        picture = run.live()
    else:
        probe = st.session_state.get("probe") or ""
        picture = untrained_picture(form.config, probe) if form.config is not None else None
    with right:
        attention(run, picture, run.config().data.task if run is not None else form.task)
    with bottom:
        answers(run, picture)


if arrived_by_link("train"):
    follow_link()
    open_link(shown_run())
send_everything()
form = settings_form(server().settings)
run = shown_run()
show_in_url(form.link | ({"run": run.id} if run is not None else {}))
status = current_status(run)

# Each part has its own place: none moves, and no chart is built anew, when another grows.
head, tools, top, middle, bottom, numbers_live, picture_live, hidden = (
    st.container() for _ in range(8)
)
left, right = middle.columns(2, gap="medium")
with head:
    header(form, run, status)
with tools:
    toolbar(form, run, status.state)
    show_note()
seconds = SECONDS.get(status.state) if run is not None else None
with numbers_live:
    st.fragment(live_numbers, run_every=seconds)(run, status)
with picture_live:
    st.fragment(live_picture, run_every=seconds and max(seconds, 0.4))(run)
with hidden:
    remember_keys()
