"""All that is below the choice of a model: renewed as one types, without the rest of the page."""

import streamlit as st
from markupsafe import Markup

from seqflip.nn import CROSS, ENCODER
from seqflip.runs.run import Run, RunError
from seqflip.ui.as_typed import in_markdown, sentence_in_markdown
from seqflip.ui.attend import sequence
from seqflip.ui.attend.answer_table import answer_table
from seqflip.ui.attend.beam import beam
from seqflip.ui.attend.heat import LOW, TALL, Kind, heat, instead_of_attention, sums
from seqflip.ui.attend.numbers import EMPTY
from seqflip.ui.attend.steps import steps
from seqflip.ui.attend.surgery import controls, finding, why
from seqflip.ui.attend.tab import VERSIONS, look_through, restore
from seqflip.ui.attend.take_home import stem, take_home
from seqflip.ui.attend.through import WHO, Through, seen
from seqflip.ui.attend.understand import Note, Shown, understand
from seqflip.ui.attend.view import to_link
from seqflip.ui.parts.look_for import look_for
from seqflip.ui.parts.run_choice import is_coming
from seqflip.ui.parts.subject import Subject, open_subject
from seqflip.ui.shell.share import share

PANELS = {
    "steps": "Step by step",
    "surgery": "Surgery",
    "beam": "Beam search",
    "home": "Take home",
}
NO_ROW = -1
IN_THEMSELVES = (
    "Of what words see in each other nobody knows what would be right. What it was worth, Surgery "
    "tells: switch the head off."
)
LONG, WIDE = 24, 8
"""From so many inputs, or letters of one, on, the heatmap needs more room."""


def show_view(run: Run, seen: bool) -> None:
    """Draw the sequence, its answer, and where the model looked.

    Parameters
    ----------
    run : Run
    seen : bool
        Whether the model was still being trained when the page was drawn.
    """
    if is_coming(run) != seen:
        st.rerun()
    restore()
    try:
        subject = open_subject(run)
    except RunError as error:
        soon = "; the picture appears with them" if seen else ""
        st.error(sentence_in_markdown(f"{error}{soon}."))
        return
    with st.container(gap="xsmall"):
        if subject.follows:
            st.caption(_following(subject))
        with st.container(horizontal=True, vertical_alignment="bottom", key="attend_top"):
            sequence.box(subject)
            link_place = st.container(width="content")
        notes_place = st.container()
        shown, notes = understand(subject)
        with link_place:
            share(to_link(shown.view))
        with notes_place:
            st.html(_notes(notes))
        looks_at_outputs = shown.through is None or shown.through.kind != ENCODER
        row = shown.place_in(shown.opened).row if looks_at_outputs else NO_ROW
        st.html(answer_table(shown.plain, shown.changed, row))
        bar(shown)
    draw(subject, shown)


def bar(shown: Shown) -> None:
    """Draw the choice of panel, and of what the decoder reads."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="attend_bar"):
        st.segmented_control(
            "Look into it",
            list(PANELS),
            key="attend_panel",
            required=True,
            wrap=True,
            format_func=PANELS.__getitem__,
        )
        sequence.reads()
        if shown.changed is not None and shown.view.panel in ("steps", "home"):
            st.segmented_control("Surgery", VERSIONS, key="attend_version", required=True)


def draw(subject: Subject, shown: Shown) -> None:
    """Draw the heatmap and the chosen panel."""
    panel = shown.view.panel
    if panel == "beam":
        beam(subject, shown.source, shown.view.edits)
    elif panel == "surgery":
        _surgery(subject, shown)
    else:
        wide = panel == "home" or len(shown.source) > LONG
        left, right = st.columns(2 if wide else [5, 6], gap="medium")
        with left:
            kind: Kind = "changed" if shown.opened is shown.changed else "plain"
            _picture(subject, shown, kind, "Attention")
        with right:
            if panel == "steps":
                place = shown.place_in(shown.opened)
                steps(shown.opened, place, shown.through, numbers=shown.view.numbers)
            else:
                take_home(subject, shown)


def _surgery(subject: Subject, shown: Shown) -> None:
    """Draw what can be done beside what it does: before and after are seen without scrolling."""
    widest = max(map(len, [*shown.plain.inputs, *shown.plain.outputs]))
    if len(shown.source) > LONG or widest > WIDE:
        operate, (before, after), height = st.container(), st.columns(2, gap="medium"), TALL
    else:
        operate, before, after = st.columns([5, 6, 6], gap="medium")
        height = LOW
    with operate:
        if shown.through is not None:
            _who_looks(shown.through)
        controls(shown.plain, shown.place_in(shown.plain), shown.through, shown.view.edits)
    with before:
        _picture(subject, shown, "plain", "Before", height)
    with after:
        if shown.changed is None:
            st.markdown(why(shown.plain))
        else:
            _picture(subject, shown, "changed", "After", height)
            st.markdown(finding(shown.plain, shown.changed))


def _picture(subject: Subject, shown: Shown, kind: Kind, title: str, height: int = TALL) -> None:
    """Draw the heatmap of an answer with its figures, or what there is instead."""
    answer = shown.changed if kind == "changed" and shown.changed is not None else shown.plain
    place = shown.place_in(answer)
    if not answer.has_attention:
        instead_of_attention(answer, numbers=shown.view.numbers)
        st.caption(sums(answer, place))
        return
    name = stem(subject, answer)
    truth = shown.view.truth
    through = shown.through
    if through is not None and title == "Attention":
        _who_looks(through)
    heat(answer, place, kind, through, title=title, truth=truth, file_name=name, height=height)
    st.caption(sums(answer, place, through))
    if title != "After":
        if seen(answer, through).truth is not None:
            st.toggle(
                "True alignment",
                key="attend_truth",
                help="Outline where each output truly comes from.",
            )
        outputs = through is None or through.kind == CROSS
        st.caption(look_for(answer.trained.config.data.task) if outputs else IN_THEMSELVES)


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


def _notes(notes: list[Note]) -> Markup:
    """Return what is to be said beside the box; its place is kept when there is nothing."""
    line = Markup('<p class="{}">{}</p>')
    lines = EMPTY.join(line.format("problem" * note.problem, note.text) for note in notes)
    return Markup('<div class="seqflip-notes" role="status">{}</div>').format(lines)
