"""SeqFlip in the browser: `streamlit run app.py`."""

import streamlit as st

from seqflip.ui.frame import navigate, show_frame

st.set_page_config(page_title="SeqFlip", page_icon="static/icon.svg", layout="wide")
page = navigate()
show_frame()
page.run()
