"""SeqFlip in the browser: `streamlit run app.py`."""

import streamlit as st

from seqflip.ui.frame import show_frame

st.set_page_config(page_title="SeqFlip", page_icon="static/icon.svg", layout="wide")
# The pages are not in a folder named pages/: Streamlit would take that as a sign to run a page by
# itself, without this script, if a link to it is the first thing that a new server is asked for.
page = st.navigation(
    [
        st.Page(
            "app_pages/train.py",
            title="Train",
            icon=":material/play_circle:",
            help="Choose a task and a model, and watch it learn.",
            default=True,
        ),
        st.Page(
            "app_pages/attend.py",
            title="Attend",
            icon=":material/visibility:",
            help="Type a sequence, and see where a model looks.",
        ),
        st.Page(
            "app_pages/runs.py",
            title="Runs",
            icon=":material/stacks:",
            help="All trainings: open, compare, keep, download.",
        ),
    ]
)
show_frame()
page.run()
