"""The panel that opens one output, step by step."""

from collections.abc import Callable

import streamlit as st

from seqflip.nn import ENCODER
from seqflip.ui.as_typed import in_markdown
from seqflip.ui.attend import block_html, moves_html, step_html
from seqflip.ui.attend.code import Both, Code, code_of_steps
from seqflip.ui.attend.picture import Answer
from seqflip.ui.attend.positions import positions
from seqflip.ui.attend.step_html import Place
from seqflip.ui.attend.through import Through, seen, through_head


def steps(answer: Answer, place: Place, through: Through | None, *, numbers: bool) -> None:
    """Draw how one output came about.

    Parameters
    ----------
    answer : Answer
    place : Place
        The chosen output and input.
    through : Through or None
        The head of a Transformer that one looks through.
    numbers : bool
        Whether vectors are written as numbers, and every term of the chosen product is shown.
    """
    code = code_of_steps(answer.trained.model.network)

    def step(title: str, name: str, draw: Callable[..., str], **how: bool) -> None:
        _section(name, title, draw(answer, place, **how), code.get(name))

    with st.container(
        horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"
    ):
        shown = seen(answer, through)
        which = f"{shown.axes[0].capitalize()} {place.row + 1} of {len(shown.rows)}"
        st.markdown(f"## {which}: {in_markdown(shown.rows[place.row])}", width="content")
        st.toggle(
            "All numbers",
            key="attend_numbers",
            help="Every vector as numbers, and every term of the chosen product: enough to redo a "
            "cell with a pocket calculator.",
        )
    if through is not None:
        _block(answer, place, through, numbers=numbers)
    else:
        step("State", "state", step_html.state, numbers=numbers)
    if answer.has_attention and through is None:
        step("Query", "query", step_html.query, numbers=numbers)
        stages = answer.trace.stages
        if "location" in stages:
            step("Location", "location", moves_html.location)
        scored = "Scores and content" if "content" in stages else "Scores and weights"
        step(scored, "scores", step_html.scores)
        if numbers:
            label = in_markdown(answer.labels[0][place.column])
            step(f"Every term of the product with {label}", "terms", step_html.terms)
        if "moved" in stages:
            step("Gate", "mixed", moves_html.gate)
            step("Shift", "moved", moves_html.shift)
            step("Sharpening", "sharpened", moves_html.sharpening)
        step("Context", "context", step_html.context)
        if numbers:
            step("Every value", "values", step_html.values)
    if through is None or through.kind != ENCODER:
        step("Prediction", "prediction", step_html.prediction)


def _block(answer: Answer, place: Place, through: Through, *, numbers: bool) -> None:
    """Draw what a Transformer's head made for one row, and what the block around it did."""

    def step(title: str, content: str, opened: bool = True) -> None:
        if opened:
            _section(title, title, content, None)
            return
        with st.expander(title, key=f"attend_block_{title}"):
            st.html(f'<div class="seqflip-step">{content}</div>')

    if through.head is None:
        st.html(f'<div class="seqflip-step">{block_html.about(answer, place, through)}</div>')
    with st.expander("Where words stand", key="attend_places"):
        positions(answer)
    if through.head is None:
        return
    one = through_head(answer, through, place.row)
    query = one.trace.query[place.row]
    step("What comes in", block_html.way_in(answer, through, place, numbers=numbers), False)
    step("Query", block_html.own_query(answer, query, through, numbers=numbers))
    step("Scores and weights", step_html.scores(one, place))
    if numbers:
        label = in_markdown(one.labels[0][place.column])
        step(f"Every term of the product with {label}", step_html.terms(one, place), False)
    step("Context", step_html.context(one, place), False)
    if answer.trace.heads > 1:
        title = "All heads together, and the way past them"
    else:
        title = "Out of the head, and the way past it"
    step(title, block_html.all_heads(answer, through, place, numbers=numbers), False)
    if block_html.feeds(answer):
        content = block_html.feed_forward(answer, through, place, numbers=numbers)
        step("Feed-forward", content, False)


def _section(name: str, title: str, content: str, code: Both | None) -> None:
    """Draw one step; its code is sent when it is asked for."""
    with st.container(gap=None):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"### {title}", width="content")
            if code:
                _code(name, code)
        st.html(f'<div class="seqflip-step">{content}</div>')


def _code(name: str, code: Both) -> None:
    popover = st.popover(
        "Code",
        type="tertiary",
        icon=":material/code:",
        key=f"attend_code_{name}",
        on_change="rerun",
    )
    if popover.open:
        with popover:
            _listings(code.plain)
            fast = st.toggle(
                "As it runs",
                key=f"attend_fast_{name}",
                help="The network computes the same in memory that is used again and in few large "
                "products, as that is much faster.",
            )
            if fast:
                _listings(code.fast)


def _listings(code: list[Code]) -> None:
    for one in code:
        st.caption(f"`{one.name}` in {one.file}, line {one.line}")
        st.code(one.text, wrap_lines=True)
