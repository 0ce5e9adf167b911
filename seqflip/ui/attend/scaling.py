"""What √d_k is for: an experiment beside the scores that are divided, made when it is asked for."""

import streamlit as st

from seqflip.decoding import Trace
from seqflip.nn import Architecture
from seqflip.study.scaling import (
    Compared,
    by_width,
    can_be_divided,
    compare,
    unit_variance,
    untrained,
)
from seqflip.system.blas import one_blas_thread
from seqflip.ui.attend.scaling_html import ASKED, TRAINED, assumed, own
from seqflip.ui.attend.sections import STEP
from seqflip.ui.attend.through import through_head
from seqflip.ui.attend.understand import Scene
from seqflip.ui.shell.pages import link


def what_the_division_is_for(shown: Scene) -> None:
    """Draw the experiment of a model whose scores are products."""
    network = shown.opened.trained.model.network
    if not can_be_divided(network.architecture):
        return
    fold = st.expander("What √d_k is for", key="attend_scaling", on_change="rerun")
    if not fold.open:
        return
    trace, row = _looked_through(shown), shown.place_in(shown.opened).row
    with fold:
        made = own(
            _before_training(network.architecture),
            compare(trace.query[row : row + 1], trace.key),
            divided=trace.scale != 1,
        )
        st.html(STEP.format(ASKED + assumed(_as_assumed()) + made + TRAINED))
        link("race", "Race them", {"story": "race-scaling"})


def _looked_through(shown: Scene) -> Trace:
    through = shown.through
    if through is None:
        return shown.opened.trace
    return through_head(shown.opened, through, shown.place_in(shown.opened).row).trace


@st.cache_data(max_entries=1, show_spinner=False)
def _as_assumed() -> list[Compared]:
    with one_blas_thread():
        return by_width(unit_variance)


@st.cache_data(max_entries=16, show_spinner="Making untrained models …")
def _before_training(architecture: Architecture) -> list[Compared]:
    with one_blas_thread():
        return by_width(untrained(architecture))
