"""What √d_k is for: an experiment beside the scores that are divided, made when it is asked for."""

import streamlit as st
from markupsafe import Markup

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
from seqflip.ui.attend.scaling_html import ASKED, MEASURED, TRAINED, assumed, own
from seqflip.ui.attend.through import through_head
from seqflip.ui.attend.understand import Shown
from seqflip.ui.shell.pages import link

_STEP = Markup('<div class="seqflip-step"><p>{}</p><p class="told">{}</p>{}{}</div>').format


def what_the_division_is_for(shown: Shown) -> None:
    """Draw the experiment of a model whose scores are products."""
    network = shown.opened.trained.model.network
    if not can_be_divided(network.architecture):
        return
    fold = st.expander("What √d_k is for", key="attend_scaling", on_change="rerun")
    if not fold.open:
        return
    trace = _looked_through(shown)
    with fold:
        before = _before_training(network.architecture)
        made = own(
            before,
            compare(trace.query, trace.key),
            transformer=network.looks is not None,
            divided=trace.scale != 1,
        )
        st.html(_STEP(ASKED, MEASURED, assumed(_as_assumed()), made))
        st.markdown(TRAINED)
        link("race", "Race them", {"story": "race-scaling"})


def _looked_through(shown: Shown) -> Trace:
    through = shown.through
    if through is None:
        return shown.opened.trace
    return through_head(shown.opened, through, shown.place_in(shown.opened).row).trace


@st.cache_data(max_entries=1, show_spinner=False)
def _as_assumed() -> list[Compared]:
    return by_width(unit_variance)


@st.cache_data(max_entries=16, show_spinner=False)
def _before_training(architecture: Architecture) -> list[Compared]:
    return by_width(untrained(architecture))
