"""SeqFlip in the browser: `streamlit run app.py`."""

import streamlit as st

from seqflip.ui.frame import show_frame

st.set_page_config(page_title="SeqFlip", page_icon="static/icon.svg", layout="wide")
page = st.navigation(
    [
        st.Page(
            "pages/train.py",
            title="Train",
            icon=":material/play_circle:",
            help="Choose a task and a model, and watch it learn.",
            default=True,
        ),
        st.Page(
            "pages/attend.py",
            title="Attend",
            icon=":material/visibility:",
            help="Type a sequence, and see where a model looks.",
        ),
        st.Page(
            "pages/runs.py",
            title="Runs",
            icon=":material/stacks:",
            help="All trainings: open, compare, keep, download.",
        ),
    ]
)
show_frame()
page.run()
