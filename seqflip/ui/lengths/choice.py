"""Whose lengths are tested, and how: chosen at the top of the page, or brought along.

A browser tells of a new widget's default before it shows what the widget was set to, and while the
page polls, that may reach the server. So here each widget's default is what it is set to.
"""

import contextlib
from dataclasses import dataclass

import streamlit as st

from seqflip.config.section import ConfigError
from seqflip.runs.run import Run, RunError, UnknownRun
from seqflip.study.lengths import longest_to_try
from seqflip.ui.lengths.tab import choose, tell
from seqflip.ui.lengths.view import COUNTS, MOST_RUNS, PLAIN
from seqflip.ui.parts.counterpart import counterpart
from seqflip.ui.parts.run_choice import has_weights, is_coming, label
from seqflip.ui.parts.subject import Subject, open_subject
from seqflip.ui.shell.server import server
from seqflip.ui.shell.visit import last_shown

_BROUGHT, _OPENED = "lengths_brought_run", "lengths_opened"


@dataclass(frozen=True)
class Chosen:
    """The models of the chosen runs, and a sentence for each that cannot be tested now."""

    subjects: list[Subject]
    problems: list[str]
    coming: bool  # whether one of these may have weights soon


def choose_runs() -> Chosen:
    """Draw the choice of runs and of what to try, and return the models."""
    runs = {run.id: run for run in server().store.runs() if has_weights(run) or is_coming(run)}
    wanted = st.session_state.lengths_runs
    if missing := [run_id for run_id in wanted if run_id not in runs]:
        tell(f"There is no run “{missing[0][:64]}” with weights to test.")
        known = [run_id for run_id in wanted if run_id in runs]
        st.session_state.lengths_runs = known or [one for one in PLAIN.runs if one in runs]
    models, far, often = st.columns([6, 1.5, 2])
    with models:
        chosen = st.multiselect(
            "Models",
            list(runs),
            st.session_state.lengths_runs,
            key="lengths_runs",
            format_func=lambda run_id: label(runs[run_id]),
            max_selections=MOST_RUNS,
            select_all=False,
            wrap=True,
            placeholder="Choose one or several",
            help="Any runs, running ones too. Those of the same data are tried on the same "
            "sequences.",
        )
    opened = _open([runs[run_id] for run_id in chosen])
    with far:
        st.number_input(
            "Longest",
            2,
            longest_tested(),
            st.session_state.lengths_longest,
            key="lengths_longest",
            placeholder=str(longest(opened.subjects)),
            help="How many tokens the longest sequences have. Empty: three times as many as the "
            "longest of training.",
        )
    with often:
        st.selectbox(
            "Of each length",
            COUNTS,
            COUNTS.index(st.session_state.lengths_count),
            key="lengths_count",
            format_func=lambda count: f"{count:,} sequences",
            help="More make the intervals narrower, and take longer. Short lengths may have fewer.",
        )
    return opened


def longest_tested() -> int:
    """Return how far one may go: twice as far as a training here."""
    return 2 * server().limits.max_length


def longest(subjects: list[Subject]) -> int:
    """Return how far to go."""
    wanted: int | None = st.session_state.lengths_longest
    most = longest_tested()
    far = max((longest_to_try(subject.trained) for subject in subjects), default=most)
    return min(wanted or far, most)


def take_newest(run_id: str) -> None:
    """Forget the weights with which a run is tested, so that the newest are taken."""
    st.session_state[_OPENED].pop(run_id, None)


def bring_along() -> None:
    """Test what was shown since: a run beside one to compare it with, or a race's lanes."""
    shown = last_shown()
    if shown is None or shown == st.session_state.get(_BROUGHT):
        return
    st.session_state[_BROUGHT] = shown
    with contextlib.suppress(UnknownRun, ConfigError, OSError):
        found = server().store.find(shown)
        if found.is_race():
            brought: list[Run | None] = [*found.lanes()]
        else:
            brought = [found, counterpart(found, PLAIN.runs)]
        ready = [one.id for one in brought if one and (has_weights(one) or is_coming(one))]
        if ready:
            st.session_state.lengths_runs = ready[:MOST_RUNS]
            choose(None)


def _open(runs: list[Run]) -> Chosen:
    """Load the models; one that is being trained stays as it was when it was first chosen."""
    opened: dict[str, Subject] = st.session_state.setdefault(_OPENED, {})
    for gone in opened.keys() - {run.id for run in runs}:
        del opened[gone]
    problems, coming = [], False
    for run in runs:
        if run.id in opened and opened[run.id].follows:
            continue
        try:
            opened[run.id] = open_subject(run)
        except RunError as error:
            opened.pop(run.id, None)
            problems.append(f"{error}.")
            coming = coming or is_coming(run)
    return Chosen([opened[run.id] for run in runs if run.id in opened], problems, coming)
