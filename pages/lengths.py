"""Lengths: how long sequences may get until a model fails, and which ones it fails."""

import streamlit as st

from seqflip.ui.lengths.choice import bring_along, choose_runs, longest_tested
from seqflip.ui.lengths.show import growing, show_lengths
from seqflip.ui.lengths.tab import open_link, restore, show_told
from seqflip.ui.lengths.view import OWN
from seqflip.ui.shell.frame import within_app
from seqflip.ui.shell.history import arrived_by_link
from seqflip.ui.shell.visit import show_note

within_app()

by_link = arrived_by_link("lengths", OWN)
if by_link:
    open_link(longest_tested())
if not (by_link and "runs" in st.query_params):
    bring_along()
restore()
st.title("Lengths", anchor=False)
head = st.container()
opened = choose_runs()
with head:
    show_note()
    show_told()
more = growing(opened)
st.fragment(show_lengths, run_every=0.25 if more else None)(opened, more)
