"""Where each variant looks, for one sequence that all are given: side by side."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st
from markupsafe import Markup
from streamlit.delta_generator import DeltaGenerator

from seqflip.race.config import RaceConfig
from seqflip.race.folder import Race
from seqflip.runs.run import Run
from seqflip.runs.status import ENDED, State
from seqflip.ui.as_typed import in_html, in_markdown
from seqflip.ui.charts.live import NOTHING, show_chart, show_html
from seqflip.ui.labels import percent
from seqflip.ui.parts.attention import blind, caption, end_of, problem, weights_map
from seqflip.ui.parts.tables import answer_line
from seqflip.ui.parts.trained_picture import trained_picture
from seqflip.ui.parts.untrained import untrained_picture
from seqflip.ui.race.controls import PROBE
from seqflip.ui.race.curves import Results
from seqflip.ui.race.table import sample
from seqflip.ui.shell.keys import key_for
from seqflip.ui.shell.pages import PAGES, link
from seqflip.ui.shell.server import server
from seqflip.ui.shell.visit import carefully

_SAID = "race_said_{}"
_HEAT = "race_heat_{}"
_PROBLEM = "race_problem"
_HEIGHT = 300
_ABREAST = 3
_CARD = Markup(
    '<div class="seqflip-card"><p class="seqflip-lane">{}{}</p><strong>{}</strong>'
    "<small>{}</small></div>"
)


def probe_box(race: Race | None, state: State) -> None:
    """Ask for the sequence to look at."""
    key = key_for(race) if race is not None else None

    def change() -> None:
        if race is not None and state not in ENDED:
            wish = st.session_state[PROBE]
            carefully(lambda: server().launcher.adjust(race.id, key, probe=wish))

    st.text_input(
        "A sequence for all to answer",
        label_visibility="collapsed",
        key=PROBE,
        live=True,
        on_change=change,
        disabled=race is not None and key is None and state not in ENDED,
        persist_state="session",
        placeholder="a sequence for all to answer; empty shows a held-out one",
        help="Tokens with spaces between them. The pictures below are renewed as the models learn.",
        width=420,
    )


def places(config: RaceConfig, race: Race | None) -> list[DeltaGenerator]:
    """Make a place for each variant's picture, with its name above and its ways out below."""
    runs = race.variants() if race is not None else {}
    names = list(config.variants)
    abreast = _ABREAST if len(names) == _ABREAST else 2
    made = []
    for start in range(0, len(names), abreast):
        row = st.columns(abreast, gap="medium")
        for column, name in zip(row, names[start : start + abreast], strict=False):
            with column:
                made.append(st.container(gap=None))
                if (run := runs.get(name)) is not None:
                    _ways_out(name, run)
    return made


def picture_parts(
    config: RaceConfig, race: Race | None, state: State, probe: str
) -> dict[str, Mapping[str, Any]]:
    """Return what each variant does right now: what a feed renews, by key.

    Before a race it is what the variants would begin with, and after it what their best weights do,
    with ``probe``; in between they show what was asked of the race. What is wrong with the sequence
    is said once for all.
    """
    parts: dict[str, Mapping[str, Any]] = {}
    found = race.results() if race is not None else None
    complaints: set[str] = set()
    runs = race.variants() if race is not None else {}
    for i, (name, lane) in enumerate(config.lanes().items()):
        run = runs.get(name)
        picture: dict[str, Any] | None
        if race is None:
            picture = untrained_picture(lane, probe)
        elif run is not None and state in ENDED:
            picture = trained_picture(run, probe)
        else:
            picture = None if run is None else run.live()
        if picture:
            probed, end = picture["probe"], end_of(run)
            complaints.add(probed["error"] or "")
            card = _card(i, name, found, picture["step"])
            parts[_SAID.format(i)] = {"html": card + _said(probed, end)}
            parts[_HEAT.format(i)] = weights_map("", probed, end, _HEIGHT, of=name)
        else:
            gone = race is not None and run is None
            told = "This run was deleted." if gone else "Coming, as soon as it begins."
            parts[_SAID.format(i)] = {"html": _card(i, name, found) + caption(told)}
            parts[_HEAT.format(i)] = NOTHING
    parts[_PROBLEM] = {"html": Markup("").join(map(problem, sorted(complaints - {""})))}
    return parts


def show_pictures(
    parts: Mapping[str, Mapping[str, Any]],
    into: Sequence[DeltaGenerator],
    complain: DeltaGenerator,
    feed: str | None,
) -> None:
    """Draw all pictures, each in its place, and what is wrong where it was typed."""
    for i, place in enumerate(into):
        with place:
            show_html(_SAID.format(i), parts[_SAID.format(i)]["html"], feed=feed)
            show_chart(_HEAT.format(i), parts[_HEAT.format(i)], feed=feed)
    with complain:
        show_html(_PROBLEM, parts[_PROBLEM]["html"], feed=feed)


def _card(i: int, name: str, found: Results | None, step: int | None = 0) -> Markup:
    """Return a variant's name and, large, how much of what is held out it answers rightly."""
    lane = found["summary"][name] if found else None
    right = lane["sequence_accuracy"]["median"] if lane else None
    when = "best weights" if step is None else f"step {step:,}"
    return _CARD.format(sample(i), in_html(name), percent(right), f"exact match · {when}")


def _said(probe: Mapping[str, Any], end: str) -> Markup:
    """Return the answer, and what there is in place of a picture where there is no attention."""
    return answer_line(probe, end) + (blind(probe) if probe["weights"] is None else "")


def to_lengths(race: Race | None) -> None:
    """Offer to try all variants on longer sequences."""
    ids = [run.id for run in race.variants().values() if run is not None] if race else []
    if ids:
        link(
            "lengths",
            "How long can they go?",
            {"runs": " ".join(ids)},
            help="Open all variants on the page Lengths, which tries sequences of every length.",
        )


def _ways_out(name: str, run: Run) -> None:
    with st.container(horizontal=True):
        for page in (PAGES["attend"], PAGES["replay"]):
            told = f"Open {in_markdown(name)} on the page {page.title}."
            link(page.name, page.title, {"run": run.id}, help=told)
