"""All that is below the choice of a run: renewed as one types, and as the run goes on."""

import secrets
from dataclasses import replace
from functools import partial
from typing import Any
from urllib.parse import urlencode

import streamlit as st
from markupsafe import Markup

from seqflip.data.vocabulary import decode
from seqflip.runs.run import Run, RunError
from seqflip.runs.snapshots import SnapshotError, how_many
from seqflip.study.chronicle import Chance, Chronicle, Curves, chronicle, read_loss
from seqflip.study.replay import Replay
from seqflip.system.blas import one_blas_thread
from seqflip.ui.as_typed import in_text, sentence_in_markdown
from seqflip.ui.charts.live import show_strip
from seqflip.ui.labels import sentence
from seqflip.ui.parts.attention import HEADS
from seqflip.ui.parts.by_chance import chance_of
from seqflip.ui.parts.file_name import file_name
from seqflip.ui.parts.logs import Logs, read_logs
from seqflip.ui.parts.look_for import look_for
from seqflip.ui.parts.run_choice import is_coming
from seqflip.ui.parts.subject import DataError, Subject, open_subject
from seqflip.ui.parts.typed import read_source, unusual_length
from seqflip.ui.replay.drawn import drawn_replay
from seqflip.ui.replay.mount import player
from seqflip.ui.replay.offline import as_html
from seqflip.ui.replay.reel import reel
from seqflip.ui.replay.tab import (
    arrival,
    current_view,
    last_good,
    remember_good,
    restore,
    take_rest,
)
from seqflip.ui.replay.view import View, to_link
from seqflip.ui.shell.pages import PAGES
from seqflip.ui.shell.share import share

_REPLAY = "replay_of"


def show_view(run: Run, seen: bool) -> None:
    """Draw the sequence, and how a run came to answer it.

    Parameters
    ----------
    run : Run
    seen : bool
        Whether the run was still being trained when the page was drawn.
    """
    if is_coming(run) != seen:
        st.rerun()
    restore()
    try:
        subject = open_subject(run)
    except RunError as error:
        soon = "; the replay appears with them" if seen else ""
        st.error(sentence_in_markdown(f"{error}{soon}."))
        return
    with st.container(gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="bottom", key="replay_top"):
            _box(subject)
            places = st.container(width="content"), st.container(width="content")
        notes = st.container()
    view = current_view()
    view, source, said = _understand(subject, view)
    try:
        replay = _followed(subject, source)
    except SnapshotError as error:
        st.error(sentence_in_markdown(f"This run cannot be replayed: {error}."))
        return
    with places[0]:
        share(to_link(view))
    with notes:
        st.html(Markup('<div class="seqflip-notes" role="status">{}</div>').format(said))
    if not replay.frames:
        st.info(_why_nothing(run, seen), icon=":material/history:")
        return
    logs = read_logs(run)
    data = reel(subject.trained, replay, *logs, told_of(run, replay, logs))
    with places[1]:
        _take_home(subject, data)
    player(
        data,
        arrival=f"{arrival()} {run.id}",
        step=view.step,
        outlined=view.truth,
        why=_why(subject, view),
        follows=seen,
        on_rest=take_rest,
    )
    show_strip("replay_strip", drawn_replay(subject.trained, replay))
    st.caption(_caption(subject, data))


def _box(subject: Subject) -> None:
    st.text_input(
        "Sequence",
        key="replay_source",
        live="50ms",
        autocomplete="off",
        placeholder=f"such as {in_text(subject.example.split())}",
        help="Tokens with spaces or commas between them; letters need none. Every snapshot "
        "answers it.",
    )

    def fill() -> None:
        try:
            source = subject.random_source(secrets.randbelow(2**32))
        except DataError:  # the data are gone, and what it knows is all there is
            st.session_state.replay_source = subject.example
        else:
            st.session_state.replay_source = decode(source, subject.trained.vocabulary)

    st.button(
        "Random",
        key="replay_random",
        icon=":material/casino:",
        help="A sequence that it was not trained on.",
        on_click=fill,
    )


def _understand(subject: Subject, view: View) -> tuple[View, list[int], Markup]:
    """Return what to show, its sequence, and what is to be said about what was typed, in HTML."""
    trained = subject.trained
    try:
        source = read_source(view.source, trained)
    except ValueError as error:
        told = sentence(f"{error}; the picture is still that of the last sequence")
        before = last_good(subject.run.id)
        good = subject.example if before is None else before
        said = Markup('<p class="problem">{}</p>').format(told)
        return replace(view, source=good), trained.encode(good), said
    remember_good(subject.run.id, view.source)
    remark = unusual_length(trained, len(source))
    said = Markup() if remark is None else Markup("<p>{}</p>").format(remark)
    return view, source, said


def _followed(subject: Subject, source: list[int]) -> Replay:
    """Return the replay of a sequence, with all snapshots that there are by now."""
    of = (subject.run.id, tuple(source))
    if st.session_state.get(_REPLAY, (None,))[0] != of:
        right = subject.right_answer(source)
        made = Replay(subject.trained, subject.run.snapshots_path, source, right)
        st.session_state[_REPLAY] = (of, made)
    replay: Replay = st.session_state[_REPLAY][1]
    with one_blas_thread():
        replay.update()
    return replay


def told_of(run: Run, replay: Replay, logs: Logs) -> Chronicle:
    """Return in which order things happened."""
    lines, chance = logs.happened.lines, chance_of(run)
    diverged = [one["step"] for one in logs.happened.markers if one["type"] == "Diverged"]
    guesses = Chance(
        None if chance is None else chance.frequency_loss,
        replay.chance,
        None if chance is None else chance.alignment,
    )
    return chronicle(
        Curves(
            loss=read_loss(run.steps_path),
            held_out_loss=lines["loss"],
            exact=lines["sequence_accuracy"],
            held_out_alignment=lines["alignment"],
            alignment=replay.alignments,
            chance=guesses,
            diverged=diverged[-1] if diverged else None,
        )
    )


def _why_nothing(run: Run, seen: bool) -> str:
    config, size = run.config(), run.status().parameters
    if how_many(config, size):
        if seen:
            return "The first snapshot is on its way."
        return (
            "This run has no snapshots of its weights, so there is nothing to replay; train it "
            "again, and it will keep some."
        )
    if config.logging.snapshots < 2:
        return (
            "This run was told to keep no snapshots (logging.snapshots), so there is nothing to "
            "replay; train it again without that setting."
        )
    return (
        f"{size:,} parameters are too many for snapshots of {config.logging.snapshot_megabytes} "
        "MB together, so there is nothing to replay; train it again with a larger "
        "logging.snapshot_megabytes."
    )


def _why(subject: Subject, view: View) -> str | None:
    """Return the link to where Attend shows why attention moves, as far as all frames share it."""
    if not subject.trained.config.model.attends:
        return None
    said = {"run": subject.run.id, "source": view.source, "panel": "why"}
    return f"{PAGES['attend'].name}?{urlencode(said)}"


def _take_home(subject: Subject, data: dict[str, Any]) -> None:
    st.download_button(
        "HTML",
        partial(as_html, data, subject.name),
        file_name=f"{file_name('replay', subject.run.id, data['source'])}.html",
        mime="text/html",
        key="replay_save",
        icon=":material/download:",
        help="This replay as one file that plays without a network.",
        on_click="ignore",
    )


def _caption(subject: Subject, data: dict[str, Any]) -> str:
    """Say how to read the picture, and what there is none of."""
    parts = [
        f"{len(data['frames'])} snapshots of the weights, each with the same room on the axis; "
        "they lie densest early, where most is learned. Space plays, the arrow keys go on and back."
    ]
    vocabulary = subject.trained.model.vocab_size
    against = f"loss (in nats) against giving all {vocabulary} tokens alike: log {vocabulary}"
    if data["aligned"]:
        against = f"{against}, alignment against looking at all inputs alike"
    parts.append(f"What guessing gives stands below: {against}.")
    if data["heads"]:
        parts.append(HEADS)
    if data["has_attention"]:
        parts.append(look_for(subject.trained.config.data.task))
        if not data["aligned"]:
            parts.append("Pairs of one's own have no true alignment, so none is measured.")
    return " ".join(parts)
