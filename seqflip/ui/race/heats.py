"""Where each variant looks, for one sequence that all are given: side by side."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from seqflip.race.config import RaceConfig
from seqflip.race.folder import Race
from seqflip.runs import ENDED, Run, State
from seqflip.ui.keys import key_for
from seqflip.ui.labels import sentence, with_end
from seqflip.ui.live_plot import live_heatmap
from seqflip.ui.race.controls import PROBE
from seqflip.ui.race.table import sample
from seqflip.ui.race.trained import trained_picture
from seqflip.ui.server import server
from seqflip.ui.untrained import untrained_picture
from seqflip.ui.visit import carefully

_HEIGHT = 300
_ABREAST = 3


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
                st.html(f'<p class="seqflip-lane">{sample(i)}{escape(name)}</p>')
                made.append(st.container())
                if (run := runs.get(name)) is not None:
                    _ways_out(name, run)
    return made


def pictures(
    config: RaceConfig,
    race: Race | None,
    state: State,
    into: Sequence[DeltaGenerator],
    complain: DeltaGenerator,
) -> None:
    """Draw what each variant does right now; before a race, what it would begin with.

    What is wrong with the sequence is said once for all, where it was typed.
    """
    probe = (st.session_state.get(PROBE) or "").strip()
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
        with into[i]:
            if picture:
                complaints.add(picture["probe"]["error"] or "")
                _picture(i, name, picture, _end(run))
            else:
                gone = race is not None and run is None
                st.caption("This run was deleted." if gone else "Coming, as soon as it begins.")
    with complain:
        for complaint in sorted(complaints - {""}):
            st.error(sentence(complaint), icon=":material/error:")


def _picture(i: int, name: str, picture: Mapping[str, Any], end: str) -> None:
    probe = picture["probe"]
    source, output = " ".join(probe["source"]), with_end(probe["output"], end)
    verdict = {True: " ✓", False: " ✗", None: ""}[probe["right"]]
    step = picture["step"]
    title = ("Best weights" if step is None else f"Step {step:,}") + verdict
    if probe["weights"] is None:
        st.html(
            f'<p class="seqflip-at">{title}</p><div class="seqflip-blind">'
            "<p>Without attention there are no weights to show.</p>"
            f"<p>{escape(source)}<br>→ {escape(' '.join(output))}</p></div>"
        )
        return
    live_heatmap(
        f"race_heat_{i}",
        title,
        np.array(probe["weights"], dtype=float).reshape(len(probe["output"]), -1),
        probe["source"],
        output,
        alt=f"Attention weights of {name}: the answer {' '.join(output)} to {source}.",
        height=_HEIGHT,
    )


def _end(run: Run | None) -> str:
    vocabulary = run.vocabulary() if run is not None else None
    return vocabulary[0] if vocabulary else "0"


def to_lengths(race: Race | None) -> None:
    """Offer to try all variants on longer sequences."""
    ids = [run.id for run in race.variants().values() if run is not None] if race else []
    if ids:
        st.page_link(
            "pages/lengths.py",
            label="How long can they go?",
            icon=":material/straighten:",
            help="Open all variants on the page Lengths, which tries sequences of every length.",
            query_params={"runs": " ".join(ids)},
        )


def _ways_out(name: str, run: Run) -> None:
    with st.container(horizontal=True):
        for label, icon, page in (
            ("Attend", "visibility", "attend"),
            ("Replay", "history", "replay"),
        ):
            st.page_link(
                f"pages/{page}.py",
                label=label,
                icon=f":material/{icon}:",
                help=f"Open {name} on the page {label}.",
                query_params={"run": run.id},
            )
