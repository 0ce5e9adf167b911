"""Runs from elsewhere: archives that the Runs page made."""

import streamlit as st

from seqflip.runs.ownership import new_token
from seqflip.runs.run import RunError
from seqflip.server.intake import take_in
from seqflip.ui.as_typed import in_markdown
from seqflip.ui.shell.keys import add_key, visitor
from seqflip.ui.shell.server import server

_OUTCOME = "upload_outcome"


def upload() -> None:
    """Draw the upload, and beside it what became of the last one."""
    with st.expander("Upload a run"):
        st.file_uploader(
            "An archive that was downloaded here",
            type="zip",
            key="run_archive",
            on_change=_take,
            max_upload_size=server().limits.upload_megabytes,
            help="It becomes a run of yours, to open, compare and go on with.",
        )
        good, text = st.session_state.get(_OUTCOME, (True, ""))
        if text:
            (st.success if good else st.error)(text)


def _take() -> None:
    file = st.session_state.run_archive
    if file is None:
        st.session_state.pop(_OUTCOME, None)
        return
    key = new_token()
    try:
        spare = server().launcher.spare
        run = take_in(server().store, file.getvalue(), server().limits, key, visitor(), spare)
    except RunError as error:
        st.session_state[_OUTCOME] = (
            False,
            f"{in_markdown(file.name)}: {in_markdown(str(error))}.",
        )
        return
    add_key(key)
    st.session_state[_OUTCOME] = (
        True,
        f"{in_markdown(run.info().name or run.id)} is among the runs now.",
    )
