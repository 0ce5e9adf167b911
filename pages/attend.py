"""Attend: type a sequence, see where the model looks, and test whether it matters."""

import streamlit as st

from seqflip.ui.attend.show import show_view
from seqflip.ui.attend.tab import open_link, restore
from seqflip.ui.feed import attend_feed
from seqflip.ui.parts.opening import open_with_known
from seqflip.ui.parts.run_choice import bring_along, choose_run, is_coming
from seqflip.ui.shell.frame import within_app
from seqflip.ui.shell.history import arrived_by_link
from seqflip.ui.shell.visit import note, show_note

within_app()

by_link = arrived_by_link("attend")
if by_link and (complaints := open_link()):
    note(" ".join(complaints))
if not (by_link and "run" in st.query_params):
    bring_along("attend_run")
restore()
with st.container(horizontal=True, vertical_alignment="center"):
    st.title("Attend", width="content", anchor=False)
    run = choose_run("attend_run")
show_note()
if run is None:
    st.info("There is no trained model to look at yet; the Train page makes one.")
else:
    open_with_known(run, "attend", asked=by_link and "source" in st.query_params)
    follows = is_coming(run)
    st.fragment(show_view, run_every=1.0 if follows else None)(run, follows, attend_feed(run))
