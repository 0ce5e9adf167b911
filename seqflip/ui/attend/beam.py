"""Beam search: the tree of hypotheses, and where it went another way than greedy decoding."""

from collections.abc import Sequence
from html import escape
from itertools import zip_longest

import numpy as np
import streamlit as st

from seqflip.decoding import BeamSearch, Hypothesis, Intervention, beam_search
from seqflip.ui.attend.numbers import number, probability, table
from seqflip.ui.attend.picture import Answer, answer
from seqflip.ui.attend.view import WIDEST_BEAM
from seqflip.ui.charts.figures_beam import beam_tree, tree_height
from seqflip.ui.charts.live import figure, show_chart
from seqflip.ui.parts.subject import Subject


def beam(subject: Subject, source: list[int], edits: Sequence[Intervention]) -> None:
    """Draw a beam search for the source, under the same interventions as greedy decoding."""
    width = st.slider(
        "Width",
        1,
        WIDEST_BEAM,
        key="attend_beam",
        width=320,
        help="How many beginnings go on at every step. With 1 it is greedy decoding.",
    )
    plain = answer(subject, source, None, edits)
    limit = subject.trained.answer_length(len(source))
    network = subject.trained.model.network
    search = beam_search(network, source, limit, width, interventions=edits)
    st.html(f"<p>{where_they_differ(plain, search)}</p>")
    tree = figure(
        "The tree of hypotheses",
        beam_tree(
            search, plain.trace.outputs.tolist(), plain.word, dark=st.context.theme.type == "dark"
        ),
        alt=f"The tree of a beam search of width {width}; its answers stand in the table below.",
        height=tree_height(search),
    )
    show_chart("attend_tree", tree)
    st.html(hypotheses(plain, search))
    st.caption(
        "The score is the log probability divided by the number of tokens, so that long answers "
        "and short ones compare."
    )


def where_they_differ(greedy: Answer, search: BeamSearch) -> str:
    """Say whether beam search found another answer than greedy decoding, and where."""
    pairs = zip_longest(search.hypotheses[0].tokens, greedy.trace.outputs.tolist())
    first = next((i for i, (ours, theirs) in enumerate(pairs) if ours != theirs), None)
    if first is None:
        return "Its best answer is that of greedy decoding."
    return (
        f"Its best answer parts from greedy decoding at output {first + 1}: "
        f"probability {_probability(search.hypotheses[0])} instead of "
        f"{probability(greedy.confidence)}."
    )


def hypotheses(greedy: Answer, search: BeamSearch) -> str:
    """Return the answers with their scores, best first, as a table."""
    plain = greedy.trace.outputs.tolist()
    rows = []
    for found in search.hypotheses:
        tokens = " ".join(escape(greedy.word(token)) for token in found.tokens)
        same = "greedy" if list(found.tokens) == plain else ""
        right = {None: "", True: "right", False: "wrong"}[
            None if greedy.right is None else list(found.tokens) == greedy.right
        ]
        numbers = (number(found.score), number(found.log_probability), _probability(found))
        cells = "".join(f"<td>{one}</td>" for one in numbers)
        rows.append(f'<tr><th scope="row">{tokens}</th>{cells}<td>{right} {same}</td></tr>')
    head = ["answer", "score", "log probability", "probability", ""]
    return table("Hypotheses", head, rows)


def _probability(found: Hypothesis) -> str:
    return probability(float(np.exp(found.log_probability)))
