"""The panel with what can be taken home."""

import os
from collections.abc import Callable
from functools import partial

import streamlit as st

from seqflip.ui.attend.exports import as_csv, as_json, as_python
from seqflip.ui.attend.heat import stem
from seqflip.ui.attend.offline import as_html
from seqflip.ui.attend.understand import Scene
from seqflip.ui.parts.subject import Subject


def take_home(subject: Subject, shown: Scene) -> None:
    """Draw the downloads, and the Python that makes the same picture."""
    opened = shown.opened
    name = stem(subject, opened)
    st.markdown("## Take it home")
    if opened.has_attention:
        st.caption("PNG and SVG of the heatmap: the buttons above it.")
    with st.container(horizontal=True):
        _download("CSV", f"{name}.csv", "text/csv", partial(as_csv, opened))
        both = partial(as_json, shown.plain, shown.changed)
        _download("JSON", f"{name}.json", "application/json", both)
        make = partial(as_html, opened, shown.place_in(opened), subject.name)
        _download("HTML", f"{name}.html", "text/html", make)
    st.caption(
        "CSV: one line for every cell, with product, score and weight. JSON: every number of every "
        "step. HTML: one file that shows the heatmap and its numbers without a network."
    )
    st.markdown("### The same in Python")
    folder = os.path.relpath(subject.run.folder)
    st.code(as_python(folder, shown.source, opened, subject.snapshot), wrap_lines=True)


def _download(label: str, name: str, mime: str, make: Callable[[], str]) -> None:
    st.download_button(
        label,
        make,
        file_name=name,
        mime=mime,
        key=f"attend_save_{label}",
        icon=":material/download:",
        on_click="ignore",
    )
