"""The attention of one sequence and a few held-out answers, as they are now."""

from typing import Any

import numpy as np
import streamlit as st

from seqflip.config import Task
from seqflip.control import read_control
from seqflip.runs import Run
from seqflip.ui.keys import key_for
from seqflip.ui.labels import sentence, with_end
from seqflip.ui.live_plot import live_heatmap
from seqflip.ui.server import server
from seqflip.ui.tables import answers_table
from seqflip.ui.visit import carefully

_LOOK_FOR: dict[Task, str] = {
    "reverse": "Reversal is the anti-diagonal: the first output looks at the last input.",
    "copy": "Copying is the diagonal: each output looks at the input in its own place.",
    "sort": "Sorting looks wherever the next token stands; equal tokens share the attention.",
    "rotate": "Rotation is two diagonals: the second begins where the sequence was cut.",
    "pairs": "Each row shows which words of the source an output was made from.",
}
_CAUTION = "Weights show where the model looks; they are not by themselves an explanation."
_HEIGHT = 400

Picture = dict[str, Any]


def attention(run: Run | None, picture: Picture | None, task: Task) -> None:
    """Draw where the model looks for one sequence, which may be typed."""
    _probe(run)
    if picture is None:
        st.caption("Which input each output looks at, as soon as there is something to see.")
        return
    _weights(picture["probe"], picture["step"], _end(run))
    if picture["probe"]["weights"] is not None:
        st.caption(f"{_LOOK_FOR[task]} {_CAUTION}")


def answers(run: Run | None, picture: Picture | None) -> None:
    """Draw what the model makes of a few sequences that it was never trained on."""
    st.header("Held-out sequences", anchor=False)
    if picture is None:
        st.caption("What the model makes of sequences that it was never trained on.")
    else:
        st.html(answers_table(picture["answers"], _end(run)))


def _probe(run: Run | None) -> None:
    """Ask for the sequence to look at."""
    key = key_for(run) if run is not None else None

    def change() -> None:
        if run is not None:
            probe = st.session_state.probe
            carefully(lambda: server().launcher.adjust(run.id, key, probe=probe))

    if run is not None:
        st.session_state.setdefault("probe", read_control(run.folder).probe or "")
    st.text_input(
        "A sequence to look at",
        key="probe",
        live=True,
        on_change=change,
        disabled=run is not None and key is None,
        persist_state="session",
        placeholder="such as 3 1 4 1 5; empty shows a held-out one",
        help="Tokens with spaces between them. The picture below is renewed as the model learns.",
    )


def _end(run: Run | None) -> str:
    """Return the token that ends a sequence."""
    vocabulary = run.vocabulary() if run is not None else None
    return vocabulary[0] if vocabulary else "0"


def _weights(probe: Picture, step: int, end: str) -> None:
    if probe["error"]:
        st.error(sentence(probe["error"]), icon=":material/error:")
    output = with_end(probe["output"], end)
    answer = " ".join(output)
    if probe["weights"] is not None:
        live_heatmap(
            "attention_chart",
            f"Attention at step {step:,}",
            np.array(probe["weights"], dtype=float).reshape(len(probe["output"]), -1),
            probe["source"],
            output,
            alt=f"Attention weights of the answer {answer} to {' '.join(probe['source'])}.",
            height=_HEIGHT,
        )
    elif not probe["error"]:
        st.info(
            "Without attention there are no weights to show: all that the decoder knows is the "
            f"encoder's last state. Its answer to {' '.join(probe['source'])} is {answer}.",
            icon=":material/visibility_off:",
        )
