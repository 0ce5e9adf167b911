"""The attention of one sequence and a few held-out answers, as they are now."""

from collections.abc import Mapping
from typing import Any, Final

import streamlit as st
from markupsafe import Markup

from seqflip.config.config import Config
from seqflip.config.sections import DataConfig
from seqflip.runs.control import read_control
from seqflip.runs.run import Run
from seqflip.runs.status import ENDED, State
from seqflip.ui.charts.live import NOTHING, show_chart, show_html, show_strip
from seqflip.ui.parts.attention import (
    HEADS,
    blind,
    caption,
    end_of,
    problem,
    several_heads,
    weights_map,
)
from seqflip.ui.parts.look_for import look_for
from seqflip.ui.parts.model_strip import live_strip
from seqflip.ui.parts.tables import answer_line, answers_table
from seqflip.ui.parts.trained_picture import trained_picture
from seqflip.ui.parts.typed import short_example, unknown_note
from seqflip.ui.shell.keys import key_for
from seqflip.ui.shell.server import server
from seqflip.ui.shell.visit import carefully

PROBLEM: Final = "attention_problem"
SAID: Final = "attention_said"
WEIGHTS: Final = "attention_chart"
ANSWER: Final = "answer"
STRIP: Final = "strip"
ANSWERS: Final = "answers"

_HEIGHT = 440

Picture = dict[str, Any]


def picture_parts(
    run: Run | None, picture: Picture | None, config: Config | None
) -> dict[str, Mapping[str, Any]]:
    """Return where the model looks, and what it answers: what a feed renews, by key.

    Parameters
    ----------
    run : Run or None
        None: of a training that is yet to begin.
    picture : dict or None
        From :mod:`seqflip.runs.live`; None where there is nothing to see yet.
    config : Config or None
        Of what is shown; None where it cannot be trained.
    """
    if picture is None or config is None:
        soon = "Which input each output looks at, as soon as there is something to see."
        unseen = "What the model makes of sequences that it was never trained on."
        return {
            PROBLEM: {"html": ""},
            ANSWER: {"html": ""},
            SAID: {"html": caption(soon)},
            WEIGHTS: NOTHING,
            STRIP: NOTHING,
            ANSWERS: {"html": caption(unseen)},
        }
    end, step = end_of(run), picture["step"]
    when = "of the kept weights" if step is None else f"at step {step:,}"
    return {
        PROBLEM: {"html": problem(picture["probe"]["error"])},
        ANSWER: {"html": answer_line(picture["probe"], end)},
        SAID: {"html": _said(picture["probe"], config.data.task)},
        STRIP: live_strip(picture["probe"], config.model, end),
        WEIGHTS: weights_map(f"Attention {when}", picture["probe"], end, _HEIGHT, grows=True),
        ANSWERS: {
            "html": caption(f"Answers {when}, free-running.")
            + answers_table(picture["answers"], end)
        },
    }


def opening_sequence(run: Run | None, linked: str | None) -> str:
    """Return what a page opens with: while a run trains, what it shows to all; else the link's."""
    asked = read_control(run.folder).probe if run is not None else None
    if run is not None and run.status().state not in ENDED:
        return asked or ""
    return linked if linked is not None else asked or ""


def picture_of(run: Run, state: State) -> Picture | None:
    """Return what a run shows of itself; after its end, what it does with what is typed now."""
    probe = (st.session_state.get("probe") or "").strip()
    if state in ENDED and probe and (found := trained_picture(run, probe)):
        return found
    return run.live()


def show_attention(
    parts: Mapping[str, Mapping[str, Any]],
    run: Run | None,
    state: State,
    config: Config | None,
    feed: str | None,
) -> None:
    """Draw where the model looks for one sequence, which may be typed."""
    with st.container(gap=None):
        _probe(run, state, None if config is None else config.data)
        show_html(PROBLEM, parts[PROBLEM]["html"], feed=feed)
        show_html(ANSWER, parts[ANSWER]["html"], feed=feed)
        show_chart(WEIGHTS, parts[WEIGHTS], feed=feed)
        show_html(SAID, parts[SAID]["html"], feed=feed)


def show_model(parts: Mapping[str, Mapping[str, Any]], feed: str | None) -> None:
    """Draw the model as it answers that sequence."""
    show_strip(STRIP, parts[STRIP], feed=feed)


def show_answers(parts: Mapping[str, Mapping[str, Any]], feed: str | None) -> None:
    """Draw what the model makes of a few sequences that it was never trained on."""
    show_html(ANSWERS, parts[ANSWERS]["html"], feed=feed)


def _probe(run: Run | None, state: State, data: DataConfig | None) -> None:
    """Ask for the sequence to look at."""
    known = data is not None and not data.own_pairs
    such_as = f", such as {short_example(data)}" if data is not None and known else ""
    key = key_for(run) if run is not None else None

    def change() -> None:
        if run is not None and state not in ENDED:
            probe = st.session_state.probe
            carefully(lambda: server().launcher.adjust(run.id, key, probe=probe))

    st.text_input(
        "A sequence to look at",
        key="probe",
        live=True,
        on_change=change,
        disabled=run is not None and key is None and state not in ENDED,
        persist_state="session",
        label_visibility="collapsed",
        placeholder=f"a sequence to look at{such_as}; empty shows a held-out one",
        help="Tokens with spaces between them; letters need none. The picture below is renewed as "
        "the model learns.",
    )


def _said(probe: Picture, task: str) -> Markup:
    """Return what stands below the picture, or instead of it."""
    if probe["weights"] is None:
        return blind(probe)
    parts = [unknown_note(probe.get("unknown", ())), HEADS if several_heads(probe) else ""]
    return caption(" ".join(filter(None, [*parts, look_for(task)])))
