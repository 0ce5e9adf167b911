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
from seqflip.ui.as_typed import all_in_html, in_html, in_markdown
from seqflip.ui.charts.live import NOTHING, show_chart, show_html
from seqflip.ui.labels import with_end
from seqflip.ui.parts.attention import caption, end_of, problem, weights_map
from seqflip.ui.parts.trained_picture import trained_picture
from seqflip.ui.parts.untrained import untrained_picture
from seqflip.ui.race.controls import PROBE
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
_LANE = Markup('<p class="seqflip-lane">{}{}</p>')
_AT = Markup('<p class="seqflip-at">{}</p>')
_BLIND = Markup(
    '<div class="seqflip-blind"><p>Without attention there are no weights to show.</p>'
    "<p>{}<br>→ {}</p></div>"
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
        key=PROBE,
        live=True,
        on_change=change,
        disabled=race is not None and key is None and state not in ENDED,
        persist_state="session",
        placeholder="such as 3 1 4 1 5; empty shows a held-out one",
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
        for column, (i, name) in zip(
            row, [*enumerate(names)][start : start + abreast], strict=False
        ):
            with column:
                st.html(_LANE.format(sample(i), in_html(name)))
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
            parts[_SAID.format(i)] = {"html": _said(picture, end)}
            parts[_HEAT.format(i)] = weights_map("", probed, end, _HEIGHT, of=name)
        else:
            gone = race is not None and run is None
            told = "This run was deleted." if gone else "Coming, as soon as it begins."
            parts[_SAID.format(i)] = {"html": caption(told)}
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


def _said(picture: Mapping[str, Any], end: str) -> Markup:
    """Return what stands above the picture, and instead of one where there is no attention."""
    probe, step = picture["probe"], picture["step"]
    verdict = {True: " ✓", False: " ✗", None: ""}[probe["right"]]
    title = ("Best weights" if step is None else f"Step {step:,}") + verdict
    said = _AT.format(title)
    if probe["weights"] is None:
        said += _BLIND.format(
            all_in_html(probe["source"]), all_in_html(with_end(probe["output"], end))
        )
    return said


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
