"""Gallery: cases in which measures part and models fail, found in real models, with a repair."""

import streamlit as st

from seqflip.ui.gallery.show import chosen_case, share_case, show_case, show_list
from seqflip.ui.shell.frame import within_app
from seqflip.ui.shell.history import arrived_by_link
from seqflip.ui.shell.visit import show_note

within_app()

arrived_by_link("gallery")
chosen = chosen_case()
with st.container(horizontal=True, vertical_alignment="center"):
    st.title("Gallery", anchor=False)
    share_case(chosen)
show_note()
opened, others = st.columns([2.7, 1], gap="medium")
with opened, st.container(key="gallery_case", gap="xsmall"):
    show_case(chosen)
with others:
    show_list(chosen)
