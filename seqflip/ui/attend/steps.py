"""The panel that opens one output, step by step."""

from collections.abc import Sequence

import streamlit as st

from seqflip.ui.attend.code import Both, Code, code_of_steps
from seqflip.ui.attend.parts import HEADING, STRIP, Parts
from seqflip.ui.attend.positions import positions
from seqflip.ui.attend.scaling import what_the_division_is_for
from seqflip.ui.attend.sections import SCORES, Section
from seqflip.ui.attend.tab import choose
from seqflip.ui.attend.understand import Scene
from seqflip.ui.charts.live import selected_cell, show_html, show_strip


def steps(shown: Scene, parts: Parts, opened: Sequence[Section], feed: str) -> None:
    """Draw how one output came about, in the steps that were ``opened``."""
    show_strip(STRIP, parts[STRIP], feed=feed, on_select=_choose)
    code = code_of_steps(shown.opened.trained.model.network)
    with st.container(
        horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"
    ):
        show_html(HEADING, parts[HEADING]["html"], feed=feed)
        st.toggle(
            "All numbers",
            key="attend_numbers",
            help="Every vector as numbers, and every term of the chosen product: enough to redo a "
            "cell with a pocket calculator.",
        )
    found = list(opened)
    if found[0].name in ("encoder", "about"):
        first = found.pop(0)
        _section(first, feed, code.get(first.name))
    if shown.through is not None:
        with st.expander("Where words stand", key="attend_places"):
            positions(shown.opened)
    for section in found:
        _section(section, feed, code.get(section.name))
        if section.name in SCORES:
            what_the_division_is_for(shown)


def _choose() -> None:
    """Take up a press on the drawn model."""
    if (chosen := selected_cell(STRIP)) is not None:
        choose(chosen)


def _section(section: Section, feed: str, code: Both | None) -> None:
    """Draw one step; its code is sent when it is asked for."""
    if section.folded:
        with st.expander(section.title, key=f"attend_block_{section.name}"):
            show_html(section.key, section.html, feed=feed)
        return
    with st.container(gap=None):
        if section.title:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(f"### {section.title}", width="content")
                if code:
                    _code(section.name, code)
        show_html(section.key, section.html, feed=feed)


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
