"""Beam search: the tree of hypotheses, and where it went another way than greedy decoding."""

from collections.abc import Sequence
from itertools import zip_longest

import numpy as np
import streamlit as st
from markupsafe import Markup

from seqflip.decoding import BeamSearch, Hypothesis, Intervention, beam_search
from seqflip.ui.as_typed import all_in_html
from seqflip.ui.attend.picture import Answer, answer
from seqflip.ui.attend.view import WIDEST_BEAM
from seqflip.ui.charts.figures_beam import beam_tree, given_up_at, tree_height
from seqflip.ui.charts.live import figure, show_chart
from seqflip.ui.parts.numbers import EMPTY, number, probability, table
from seqflip.ui.parts.subject import Subject

_ROW = Markup("<tr>{}</tr>").format
_ROUNDING = 1e-5  # of a score: the same answer, decoded beside others, differs by less


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
    greedy = answer(subject, source, None, edits)
    limit = subject.trained.answer_length(len(source))
    network = subject.trained.model.network
    search = beam_search(network, source, limit, width, interventions=edits)
    st.html(f"<p>{where_they_differ(greedy, search)}</p>")
    tree = figure(
        "The tree of hypotheses",
        beam_tree(
            search, greedy.trace.outputs.tolist(), greedy.word, dark=st.context.theme.type == "dark"
        ),
        alt=f"The tree of a beam search of width {width}; its answers stand in the table below.",
        height=tree_height(search),
    )
    show_chart("attend_tree", tree)
    st.html(hypotheses(greedy, search))
    st.caption(
        "The score is the log probability divided by the number of tokens, so that long answers "
        "and short ones compare."
    )


def where_they_differ(greedy: Answer, search: BeamSearch) -> str:
    """Say whether beam search found another answer than greedy decoding, where, and how good."""
    found, plain = search.hypotheses[0], _as_hypothesis(greedy)
    pairs = zip_longest(found.tokens, plain.tokens)
    first = next((i for i, (ours, theirs) in enumerate(pairs) if ours != theirs), None)
    if first is None:
        return "Its best answer is that of greedy decoding."
    parts = (
        f"parts from greedy decoding at output {first + 1}: probability {_probability(found)} "
        f"instead of {_probability(plain)}."
    )
    if plain.score <= found.score + _ROUNDING:
        less = found.log_probability < plain.log_probability
        return f"Its best answer {parts}" + " It is likelier only by the token." * less
    step = given_up_at(search, plain.tokens)
    where = "" if step is None else f", at output {step + 1},"
    return (
        f"Greedy decoding found a better answer: beam search gave up its beginning{where} for "
        "others that were likelier until then, and that ended worse. The best of those that it "
        f"kept {parts}"
    )


def hypotheses(greedy: Answer, search: BeamSearch) -> Markup:
    """Return the answers with their scores, best first, and greedy decoding's if it was lost."""
    plain = _as_hypothesis(greedy)
    rows = [_row(greedy, found, found.tokens == plain.tokens) for found in search.hypotheses]
    if all(found.tokens != plain.tokens for found in search.hypotheses):
        step = given_up_at(search, plain.tokens)
        where = "" if step is None else f", given up at output {step + 1}"
        rows.append(_row(greedy, plain, True, where))
    return table("Hypotheses", ["answer", "score", "log probability", "probability", ""], rows)


def _row(greedy: Answer, found: Hypothesis, is_greedy: bool, where: str = "") -> Markup:
    right = {None: "", True: "right", False: "wrong"}[
        None if greedy.right is None else list(found.tokens) == greedy.right
    ]
    said = " ".join(filter(None, (right, f"greedy{where}" if is_greedy else "")))
    title = Markup('<th scope="row">{}</th>').format(all_in_html(map(greedy.word, found.tokens)))
    numbers = (number(found.score), number(found.log_probability), _probability(found), said)
    return _ROW(title + EMPTY.join(map(Markup("<td>{}</td>").format, numbers)))


def _as_hypothesis(greedy: Answer) -> Hypothesis:
    """Return greedy decoding's answer with its score."""
    log_probability = float(np.log(greedy.trace.output_probabilities.astype(np.float64)).sum())
    tokens = tuple(greedy.trace.outputs.tolist())
    return Hypothesis(tokens, log_probability, log_probability / len(tokens))


def _probability(found: Hypothesis) -> str:
    return probability(float(np.exp(found.log_probability)))
