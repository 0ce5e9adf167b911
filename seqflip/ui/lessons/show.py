"""A stop on the page: what is asked, what there is to see, and what is said afterwards."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from urllib.parse import urlencode

import streamlit as st

from seqflip.runs.run import RunError
from seqflip.ui.as_typed import sentence_in_markdown
from seqflip.ui.labels import sentence
from seqflip.ui.lessons.course import Stop, course, folder, minutes, path
from seqflip.ui.lessons.lesson import Lesson
from seqflip.ui.lessons.mount import asked, bar, chosen_stop
from seqflip.ui.lessons.tab import Place, current_place, go, in_url, say_in_url
from seqflip.ui.shell.pages import link
from seqflip.ui.shell.share import share
from seqflip.ui.shell.visit import show_note

Listed = dict[str, str]


def all_stops() -> tuple[Stop, ...]:
    """Return the lessons of this server."""
    return course(folder())


def show_lessons(stops: Sequence[Stop]) -> None:
    """Draw the stop at which this tab stands."""
    place = current_place(stops)
    on_path = path(stops, short=place.short)
    if not on_path:
        st.title("Lessons", anchor=False)
        show_note()
        st.info(f"There are no lessons in `{folder()}`: `docs/lessons.md` says how to write one.")
        return
    say_in_url(place)
    stop = on_path[place.stop - 1]
    with st.container(gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.title(sentence_in_markdown(stop.title), width="stretch", anchor=False)
            share(in_url(place))
        _bar(on_path, place)
        show_note()
    if stop.lesson is None:
        st.error(sentence_in_markdown(sentence(stop.error)), icon=":material/error:")
    else:
        known = {one["id"]: one for one in _listed(stops, Place())}
        _lesson(stop.lesson, {"stops": known, "last": place.stop == len(on_path)})
    if place.stop == 1:
        _paths(stops)


def _bar(stops: Sequence[Stop], place: Place) -> None:
    def take() -> None:
        chosen = chosen_stop()
        if chosen is not None and 1 <= chosen <= len(stops):
            go(replace(place, stop=chosen))

    minutes_here = stops[place.stop - 1].minutes
    bar({"stops": _listed(stops, place), "at": place.stop - 1, "minutes": minutes_here}, take)


def _listed(stops: Sequence[Stop], place: Place) -> list[Listed]:
    """Return all stops of a path for the browser, with their links."""
    return [
        {
            "id": stop.name,
            "title": stop.title,
            "href": "?" + urlencode(replace(place, stop=i).link),
        }
        for i, stop in enumerate(stops, 1)
    ]


def _lesson(lesson: Lesson, around: dict[str, object]) -> None:
    """Draw a lesson: its parts lie where the style sheet puts them, beside or below each other."""
    kind = lesson.question.name
    with st.container(key=f"lesson_of_{kind}"):
        text, ask, seen, answer = (
            st.container(key=f"lesson_{name}", gap="xsmall")
            for name in ("text", "ask", "seen", "answer")
        )
    with seen:
        picture = st.container(key="lesson_picture", gap="xsmall")
        evidence = st.container(key="lesson_evidence", gap="xsmall")
    with text:
        _told(lambda: st.markdown(lesson.in_markdown(lesson.text)))
    with ask:
        _told(lambda: asked({**_question(lesson), **around}))
    with picture:
        if lesson.picture is not None:
            shows = lesson.picture
            _told(lambda: shows.show("lesson_picture_chart", lesson.shown))
    with evidence:
        if lesson.evidence is not None:
            proves = lesson.evidence
            _told(lambda: proves.show("lesson_evidence_chart", lesson.shown))
    with answer:
        _told(lambda: st.markdown(lesson.in_markdown(lesson.answer)))
        with st.container(horizontal=True):
            for see in lesson.see:
                link(see.page, sentence_in_markdown(see.label), see.texts)


def _question(lesson: Lesson) -> dict[str, object]:
    question = lesson.question.asked(lesson.shown)
    same = {"id": lesson.name, "version": lesson.version, "kind": lesson.question.name}
    return {**same, "text": lesson.front.title, **question}


def _told(draw: Callable[[], object]) -> None:
    """Draw a part; what cannot be computed on this server is told in its place."""
    try:
        draw()
    except (RunError, ValueError) as error:
        st.error(sentence_in_markdown(sentence(error)), icon=":material/error:")


def _paths(stops: Sequence[Stop]) -> None:
    """Say how long the two paths take, and lead to both."""
    short = path(stops, short=True)
    st.caption(
        f"The full path has {len(stops)} stops and takes about {minutes(stops)} minutes, "
        f"{stops[-1].minutes} of them for the last; the short one has {len(short)} and takes about "
        f"{minutes(short)}. What you answer stays in this browser; "
        "in a class, its lecturer sees what all answer."
    )
    with st.container(horizontal=True):
        link("lessons", "Full path", {"stop": "1"})
        link("lessons", "Short path", {"stop": "1", "path": "short"})
