"""One case opened, and the list of all."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Final

import streamlit as st
from markupsafe import Markup

from seqflip.runs.run import Run, RunError
from seqflip.runs.trained import EXAMPLES
from seqflip.system.blas import one_blas_thread
from seqflip.ui.as_typed import in_markdown
from seqflip.ui.charts.live import show_chart
from seqflip.ui.gallery.cards import CASES
from seqflip.ui.gallery.cases import PARTS, Case, Findings, Piece, Way
from seqflip.ui.gallery.links import case_link, show_links
from seqflip.ui.labels import sentence
from seqflip.ui.parts.subject import Subject, open_subject
from seqflip.ui.shell.pages import link
from seqflip.ui.shell.share import share
from seqflip.ui.shell.visit import note

FIRST: Final = next(iter(CASES))
_CHOSEN: Final = "gallery_case"
_SAYS = Markup('<div class="seqflip-says">{}</div>').format
_P = Markup("<p>{}</p>").format
_LIVE = Markup("<h3>See it live</h3>")
_REPAIR = Markup("<h3>A repair to try</h3><p>{}</p>").format
_LIST = Markup('<nav class="seqflip-cases" aria-label="All cases">{}</nav>').format
_PART = Markup("<h3>{}</h3><ul>{}</ul>").format
_ENTRY = Markup("<li>{}<small>{}</small></li>").format
_TEASER = Markup('<p class="seqflip-teaser">{}</p>').format


def chosen_case() -> Case:
    """Return the case that the URL names, or that was opened last; a wrong name is told of."""
    wanted = st.query_params.get("case")
    if wanted is not None and wanted not in CASES:
        note(f"There is no case “{wanted[:40]}”, but there are {', '.join(CASES)}.")
    elif wanted is not None:
        st.session_state[_CHOSEN] = wanted
    return CASES[st.session_state.get(_CHOSEN, FIRST)]


def show_case(chosen: Case) -> None:
    """Draw all that a case has to show."""
    st.header(chosen.label, anchor=False)
    st.html(_TEASER(chosen.teaser))
    try:
        subjects = [open_subject(Run(EXAMPLES / name)) for name in chosen.runs]
        with st.spinner("Looking for it in the models…"):
            shown = look(chosen.name, tuple(one.version for one in subjects), subjects)
    except RunError as error:
        st.error(in_markdown(sentence(error)), icon=":material/error:")
        return
    if shown is None:
        st.html(_P(f"Among the held-out sequences of {', '.join(chosen.runs)} there is none now."))
        return
    st.html(_SAYS(Markup("").join(map(_P, shown.says))))
    _pieces(chosen.name, shown.evidence)
    if shown.live:
        st.html(_LIVE)
    for way in shown.live:
        _way(way)
    if shown.repair is not None:
        st.html(_REPAIR(shown.repaired))
        _way(shown.repair)


def show_list(chosen: Case) -> None:
    """Draw links to all cases."""
    parts = (
        _PART(
            title,
            Markup("").join(
                _ENTRY(case_link(one.name, one.label, here=one is chosen), one.teaser)
                for one in CASES.values()
                if one.part == part
            ),
        )
        for part, title in PARTS.items()
    )
    show_links("gallery_list", _LIST(Markup("").join(parts)))


def share_case(chosen: Case) -> None:
    """Let the address say which case it is."""
    share({"case": chosen.name})


@st.cache_resource(show_spinner=False, max_entries=64)
def look(name: str, versions: tuple[int, ...], _subjects: Sequence[Subject]) -> Findings | None:
    """Return what a case has to show, computed once for all who look."""
    with one_blas_thread():
        return CASES[name].look(_subjects)


def _pieces(name: str, pieces: Sequence[Piece]) -> None:
    """Draw pieces below each other, but charts that follow each other side by side."""
    for i, (_, group) in enumerate(groupby(pieces, key=type)):
        together = list(group)
        charts = [one for one in together if isinstance(one, Mapping)]
        columns = st.columns(len(charts)) if charts else []
        for j, (column, chart) in enumerate(zip(columns, charts, strict=True)):
            with column:
                show_chart(f"gallery_{name}_{i}_{j}", chart)
        for piece in together:
            if isinstance(piece, Way):
                _way(piece)
            elif isinstance(piece, Markup):
                st.html(piece)


def _way(way: Way) -> None:
    if way.page == "gallery":
        name = way.params["case"]
        show_links(f"gallery_to_{name}", case_link(name, way.label))
    else:
        link(way.page, way.label, way.params)
