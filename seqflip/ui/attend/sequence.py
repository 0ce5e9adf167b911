"""The box for a sequence, the presses that fill it in, and what is told beside it."""

import secrets
from collections.abc import Callable

import streamlit as st

from seqflip.data.vocabulary import decode
from seqflip.ui.as_typed import in_text
from seqflip.ui.attend.tab import FORCED, READS
from seqflip.ui.parts.subject import DataError, Subject

_HARD = "attend_hard"
_TOLD = "attend_told"


def box(subject: Subject, *, at_once: bool) -> None:
    """Draw the box and its buttons.

    The server answers every keystroke itself, and the page follows when the fingers rest; only
    where nothing can be asked of the server, it follows ``at_once``.
    """
    st.text_input(
        "Sequence",
        key="attend_source",
        live="50ms" if at_once else "500ms",
        label_visibility="collapsed",
        autocomplete="off",
        placeholder=f"such as {in_text(subject.example.split())}",
        help="Tokens with spaces or commas between them; letters need none. The picture follows "
        "as you type.",
    )
    st.button(
        "Random",
        key="attend_random",
        icon=":material/casino:",
        help="A sequence that it was not trained on.",
        on_click=_carefully,
        args=(_random, subject),
    )
    st.button(
        "Hardest",
        key="attend_hardest",
        icon=":material/psychology_alt:",
        help="Held-out sequences that this model gets wrong, one after the other; then those that "
        "it doubts most.",
        on_click=_carefully,
        args=(_hardest, subject),
    )


def reads() -> None:
    """Draw the choice of what the decoder reads, and the box for another target."""
    st.segmented_control(
        "The decoder",
        READS,
        key="attend_reads",
        required=True,
        label_visibility="collapsed",
        help="What the decoder reads. Its own words: it lives on its own answer, as in use "
        "(free-running). The right "
        "answer: at each step it reads what would have been right before, as in training "
        "(teacher-forced).",
    )
    if st.session_state.attend_reads == FORCED:
        st.text_input(
            "Target",
            key="attend_target",
            live="50ms",
            autocomplete="off",
            placeholder="the task's right answer",
            help="Another answer for it to read; empty means the right one.",
        )


def take_note() -> str | None:
    """Return what is to be said about the sequence that was just filled in, once."""
    note: str | None = st.session_state.pop(_TOLD, None)
    return note


def _carefully(fill: Callable[[Subject], None], subject: Subject) -> None:
    try:
        fill(subject)
    except DataError as error:
        st.session_state[_TOLD] = f"{error}."


def _random(subject: Subject) -> None:
    source = subject.random_source(secrets.randbelow(2**32))
    st.session_state.attend_source = decode(source, subject.trained.vocabulary)


def _hardest(subject: Subject) -> None:
    """Fill in the next of the hardest sequences."""
    key, place = st.session_state.get(_HARD, (None, -1))
    of = (subject.run.id, subject.version)
    place = place + 1 if key == of else 0
    st.session_state[_HARD] = (of, place)
    source = subject.hard_source(place)
    st.session_state.attend_source = decode(source, subject.trained.vocabulary)
    wrong = subject.ranking().wrong
    failing, n = int(wrong.sum()), f"{len(wrong):,}"
    if len(wrong) < subject.trained.config.data.n_test:
        n = f"the first {n}"
    if place < failing:
        told = f"Number {place + 1} of the {failing:,} held-out sequences, of {n}, that it fails."
    elif failing:
        told = f"It fails {failing:,} of {n} held-out sequences; this one it only doubts."
    else:
        told = f"It gets all {n} held-out sequences right; these it doubts most."
    st.session_state[_TOLD] = told
