"""All that is below the choice of a model: renewed as one types, without the rest of the page."""

from collections.abc import Sequence
from typing import Final

import streamlit as st

from seqflip.nn import CROSS
from seqflip.runs.run import Run, RunError
from seqflip.ui.as_typed import in_markdown, sentence_in_markdown
from seqflip.ui.attend import sequence
from seqflip.ui.attend.beam import beam
from seqflip.ui.attend.heat import instead_of_attention
from seqflip.ui.attend.parts import (
    FINDING,
    LONG,
    NOTES,
    TABLE,
    WHY,
    Parts,
    Picture,
    needs_room,
    opened_sections,
    parts,
    pictures,
)
from seqflip.ui.attend.sections import Section
from seqflip.ui.attend.snapshots import choose_snapshot, told
from seqflip.ui.attend.steps import steps
from seqflip.ui.attend.surgery import controls, why
from seqflip.ui.attend.tab import VERSIONS, cell, choose, look_through, restore, step
from seqflip.ui.attend.take_home import take_home
from seqflip.ui.attend.through import WHO, Through, at_place, place_of, seen
from seqflip.ui.attend.understand import Scene, understand
from seqflip.ui.attend.view import to_link
from seqflip.ui.charts.live import (
    ChosenHead,
    chosen_head,
    selected_cell,
    show_chart,
    show_html,
    typing_asks,
)
from seqflip.ui.parts.look_for import look_for
from seqflip.ui.parts.run_choice import is_coming
from seqflip.ui.parts.subject import Subject, open_subject
from seqflip.ui.shell.share import share

PANELS = {
    "steps": "Step by step",
    "why": "Why it moves",
    "surgery": "Surgery",
    "beam": "Beam search",
    "home": "Take home",
}
IN_THEMSELVES = (
    "Of what words see in each other nobody knows what would be right. What it was worth, Surgery "
    "tells: switch the head off."
)
LEARNING = "As in training, the decoder reads the right words."
WRITING = "Nobody knows the right answer, so the decoder reads its own words."
_TOLD: Final = "attend_heads_told"
_BLOCKED: Final = "attend_blocked"


def show_view(run: Run, seen: bool, feed: str) -> None:
    """Draw the sequence, its answer, and where the model looked.

    Parameters
    ----------
    run : Run
    seen : bool
        Whether the model was still being trained when the page was drawn.
    feed : str
        Who answers what is typed.
    """
    if is_coming(run) != seen:
        st.rerun()
    restore()
    try:
        subject = open_subject(run, step())
    except RunError as error:
        soon = "; the picture appears with them" if seen else ""
        st.error(sentence_in_markdown(f"{error}{soon}."))
        return
    with st.container(gap="xsmall"):
        if subject.follows:
            st.caption(_following(subject))
        elif subject.snapshot is not None or st.session_state.attend_panel == "why":
            st.caption(told(subject))
        with st.container(horizontal=True, vertical_alignment="center", key="attend_top"):
            sequence.box(subject, at_once=st.session_state.get(_BLOCKED, False))
            link_place = st.container(width="content")
        notes_place = st.container()
        shown, notes = understand(subject)
        link = to_link(shown.view)
        opened = opened_sections(shown)
        drawn = parts(subject, shown, notes, cell().told, opened)
        with link_place:
            share(link)
        with notes_place:
            show_html(NOTES, drawn[NOTES]["html"], feed=feed)
        show_html(TABLE, drawn[TABLE]["html"], feed=feed)
        bar(shown)
    draw(subject, shown, drawn, opened, feed)
    chart = next((one.key for one in pictures(shown)), "")
    st.session_state[_BLOCKED] = typing_asks("attend_source", feed, link, chart)


def bar(shown: Scene) -> None:
    """Draw the choice of panel, and of what the decoder reads."""
    with st.container(horizontal=True, vertical_alignment="center", key="attend_bar"):
        st.segmented_control(
            "Look into it",
            list(PANELS),
            key="attend_panel",
            required=True,
            wrap=True,
            label_visibility="collapsed",
            format_func=PANELS.__getitem__,
        )
        if shown.view.panel == "why":
            st.caption(LEARNING if shown.plain.forced else WRITING)
        else:
            sequence.reads()
        if shown.changed is not None and shown.view.panel in ("steps", "home"):
            st.segmented_control("Surgery", VERSIONS, key="attend_version", required=True)


def draw(
    subject: Subject, shown: Scene, drawn: Parts, opened: Sequence[Section], feed: str
) -> None:
    """Draw the heatmap and the chosen panel."""
    panel = shown.view.panel
    if panel == "beam":
        beam(subject, shown.source, shown.view.edits)
    elif panel == "surgery":
        _surgery(shown, drawn, feed)
    else:
        wide = panel == "home" or len(shown.source) > LONG
        left, right = st.columns(2 if wide else [5, 6], gap="medium")
        with left:
            _picture(shown, pictures(shown)[0], drawn, feed)
        with right:
            if panel == "steps":
                steps(shown, drawn, opened, feed)
            elif panel == "why":
                choose_snapshot(subject, shown.source, shown.place_in(shown.plain).row)
                show_html(WHY, drawn[WHY]["html"], feed=feed)
            else:
                take_home(subject, shown)


def _surgery(shown: Scene, drawn: Parts, feed: str) -> None:
    """Draw what can be done beside what it does: before and after are seen without scrolling."""
    if needs_room(shown):
        operate, (before, after) = st.container(), st.columns(2, gap="medium")
    else:
        operate, before, after = st.columns([5, 6, 6], gap="medium")
    with operate:
        if shown.through is not None:
            _who_looks(shown.through)
        controls(shown.plain, shown.place_in(shown.plain), shown.through, shown.view.edits)
    for column, picture in zip((before, after), pictures(shown), strict=False):
        with column:
            _picture(shown, picture, drawn, feed)
    with after:
        if shown.changed is None:
            st.markdown(why(shown.plain))
        else:
            show_html(FINDING, drawn[FINDING]["html"], feed=feed)


def _picture(shown: Scene, picture: Picture, drawn: Parts, feed: str) -> None:
    """Draw the heatmap of an answer with its figures, or what there is instead."""
    answer, through = picture.of(shown), shown.through
    if not answer.has_attention:
        instead_of_attention(answer, numbers=shown.view.numbers)
        show_html(picture.sums_key, drawn[picture.sums_key]["html"], feed=feed)
        return
    if through is not None and picture.title == "Attention":
        _who_looks(through)
    _heat(shown, picture, drawn, feed)
    show_html(picture.sums_key, drawn[picture.sums_key]["html"], feed=feed)
    if picture.title != "After":
        if seen(answer, through).truth is not None:
            st.toggle(
                "True alignment",
                key="attend_truth",
                help="Outline where each output truly comes from.",
            )
        outputs = through is None or through.kind == CROSS
        st.caption(look_for(answer.trained.config.data.task) if outputs else IN_THEMSELVES)


def _heat(shown: Scene, picture: Picture, drawn: Parts, feed: str) -> None:
    """Draw a heatmap, in which a cell and a head can be chosen."""
    answer, through = picture.of(shown), shown.through

    def take() -> None:
        if (chosen := selected_cell(picture.key)) is not None:
            choose(chosen)

    def turn() -> None:
        if through is not None and (head := chosen_head(picture.key)) is not None:
            st.session_state[_TOLD] = head.told
            look_through(at_place(answer, through.kind, head.place))

    chart = dict(drawn[picture.key])
    if through is not None:
        told = st.session_state.get(_TOLD, 0)
        chart["head"] = ChosenHead(place_of(answer, through), told)._asdict()
    show_chart(picture.key, chart, feed=feed, on_select=take, on_head=turn)


def _who_looks(through: Through) -> None:
    """Draw the choice of who looks at what."""

    def turn() -> None:
        look_through(through._replace(kind=st.session_state.attend_kind))

    st.session_state.attend_kind = through.kind
    st.segmented_control(
        "Who looks",
        list(WHO),
        key="attend_kind",
        required=True,
        wrap=True,
        format_func=WHO.__getitem__,
        on_change=turn,
        help="In a Transformer inputs look at each other, outputs at the words before them, and "
        "outputs at inputs: the same computation, three times.",
    )


def _following(subject: Subject) -> str:
    verb = "is still being trained" if subject.state == "running" else f"is {subject.state}"
    return (
        f"{in_markdown(subject.name)} {verb}: these are its weights after step "
        f"{subject.trained.step:,}, and the picture follows them."
    )
