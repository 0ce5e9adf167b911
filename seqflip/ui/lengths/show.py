"""All that is below the choice of models: it grows while the lengths are tried."""

from collections.abc import Callable

import streamlit as st
from markupsafe import Markup, escape

from seqflip.study.lengths import LengthPoint
from seqflip.study.lengths_report import (
    MEASURES,
    Report,
    as_csv,
    as_json_text,
    best_stretch,
    sentence,
)
from seqflip.system.spreadsheet import BYTE_ORDER_MARK
from seqflip.ui.as_typed import sentence_in_markdown
from seqflip.ui.charts.figures_lengths import ChosenPoint, length_curves, names
from seqflip.ui.charts.live import clicked_point, figure, show_chart
from seqflip.ui.lengths.choice import Chosen, longest, take_newest
from seqflip.ui.lengths.failures import failures_table
from seqflip.ui.lengths.measuring import Measuring, measuring
from seqflip.ui.lengths.tab import choose, chosen, current_view, restore
from seqflip.ui.lengths.view import View, to_link
from seqflip.ui.parts.file_name import file_name
from seqflip.ui.parts.subject import Subject
from seqflip.ui.parts.tables import progress_bar
from seqflip.ui.shell.share import share

HEIGHT = 420
_CHART = "lengths_chart"
_PROGRESS = Markup('<div class="{}">{}</div>')
_FINDING = Markup('<p class="seqflip-finding" role="status">{}</p>')
_MEANING = (
    "Shaded are the lengths of training; the sequences themselves are new to the models. There, "
    "one without attention has to put all it reads into one state of fixed size, and attention "
    "takes this bottleneck away. On other lengths all are on ground that they never saw: attention "
    "alone does not promise that what was learned at some lengths holds at others."
)


def growing(opened: Chosen) -> bool:
    """Whether there is more to come; whoever asks has the lengths tried."""
    far, count = longest(opened.subjects), st.session_state.lengths_count
    tests = [measuring(subject, count) for subject in opened.subjects]
    for test in tests:
        test.look(far)
    return opened.coming or any(test.left(far) for test in tests)


def show_lengths(opened: Chosen, grew: bool) -> None:
    """Draw the curves and what fails.

    Parameters
    ----------
    opened : Chosen
        The models.
    grew : bool
        Whether there was more to come when the page was drawn.
    """
    if growing(opened) != grew:
        st.rerun()
    restore()
    view, far = current_view(), longest(opened.subjects)
    tests = [(subject, measuring(subject, view.count)) for subject in opened.subjects]
    done, text = _progress(tests, far, view)  # first: what is told as tried is drawn below
    reports = [
        Report(
            subject.run.id,
            subject.name,
            subject.trained.step,
            test.seen,
            test.look(far),
            subject.trained.vocabulary,
        )
        for subject, test in tests
        if test.seen is not None
    ]
    for problem in [*opened.problems, *_problems(tests)]:
        st.error(sentence_in_markdown(problem), icon=":material/error:")
    _follow(opened.subjects)
    st.html(_PROGRESS.format("seqflip-done" if done == 1 else "", progress_bar(done, text)))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.segmented_control(
            "Measure",
            list(MEASURES),
            default=view.measure,  # see choice.py
            key="lengths_measure",
            required=True,
            format_func=MEASURES.__getitem__,
            help="Exact match: sequences that are right from the first token to the end. Token "
            "accuracy: right tokens, on average over sequences. Alignment: attention on the true "
            "place, while the model reads the right words.",
        )
        share(to_link(view))
        called = file_name("lengths", "-".join(view.runs), ())
        _download("CSV", "text/csv", called, lambda: BYTE_ORDER_MARK + as_csv(reports))
        _download("JSON", "application/json", called, lambda: as_json_text(reports, view.count))
    place = _place(reports, grew)
    there = not grew and any(report.points for report in reports)
    said = sentence(reports, view.measure) if there else ""
    _curves(reports, view, far, place, said)
    st.html(_FINDING.format(escape(said).replace(" %", Markup("&nbsp;%"))))
    st.caption(_MEANING)
    if place is not None:
        _failing(reports, place, live=grew)


def _progress(tests: list[tuple[Subject, Measuring]], far: int, view: View) -> tuple[float, str]:
    """Return how much is done, and what is to be said about it."""
    left = sum(test.left(far) for _, test in tests)
    total = far * len(tests)
    what = f"Lengths 1 to {far}, {view.count:,} sequences of each"
    if not tests:
        return 0.0, "Choose a model above"
    if left:
        return 1 - left / total, f"{what}: {total - left} of {total} tried"
    return 1.0, f"{what}: all tried"


def _problems(tests: list[tuple[Subject, Measuring]]) -> list[str]:
    return [f"{subject.name}: {test.error}." for subject, test in tests if test.error is not None]


def _follow(subjects: list[Subject]) -> None:
    """Say of runs that are still being trained which weights were tested."""
    for subject in subjects:
        if not subject.follows:
            continue
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(
                f"{subject.name}: tested are its weights after step {subject.trained.step:,}, in "
                "the middle of its training.",
                width="content",
            )
            if st.button("Take the newest", key=f"lengths_newest_{subject.run.id}"):
                take_newest(subject.run.id)
                st.rerun()


def _download(label: str, mime: str, called: str, make: Callable[[], str]) -> None:
    st.download_button(
        label,
        make,
        file_name=f"{called}.{label.lower()}",
        mime=mime,
        key=f"lengths_save_{label}",
        icon=":material/download:",
        on_click="ignore",
    )


def _curves(
    reports: list[Report], view: View, far: int, place: ChosenPoint | None, said: str
) -> None:
    """Draw the chart, in which a point can be chosen."""
    dark = st.context.theme.type == "dark"
    drawn = length_curves(
        reports, view.measure, longest=far, chosen=place, dark=dark, height=HEIGHT
    )
    runs = dict(zip(names(reports), reports, strict=True))

    def take() -> None:
        point = clicked_point(_CHART)
        if point is not None and point.series in runs:
            choose(ChosenPoint(runs[point.series].run, round(point.x)))

    title = f"{MEASURES[view.measure]} by length"
    chart = figure(
        title,
        drawn,
        alt=f"{title}, a curve for each model with its 95 % interval. {said}",
        height=HEIGHT,
        clickable=True,
        file_name=file_name("lengths", "-".join(view.runs), MEASURES[view.measure].split()),
        caption=title,
    )
    show_chart(_CHART, chart, on_click=take)


def _place(reports: list[Report], grew: bool) -> ChosenPoint | None:
    """Return the point that is looked into: the chosen one, or where the first run ends."""
    point = chosen()
    if point is not None:
        there = (report for report in reports if report.run == point.run)
        if any(report.at(point.length) is not None for report in there):
            return point
    return None if grew else _first_end(reports)


def _first_end(reports: list[Report]) -> ChosenPoint | None:
    """Return where a run first fails behind the lengths that it masters."""
    for report in reports:
        failing = [point.length for point in report.points if point.failures]
        stretch = best_stretch(report, "exact_match")
        behind = [length for length in failing if stretch is None or length > stretch[-1]]
        if behind or failing:
            return ChosenPoint(report.run, (behind or failing)[0])
    return None


def _failing(reports: list[Report], place: ChosenPoint, *, live: bool) -> None:
    """Draw what fails at a point, and the choice of another one."""
    called = dict(zip((report.run for report in reports), names(reports), strict=True))
    report = next(report for report in reports if report.run == place.run)
    lengths = [point.length for point in report.points]
    st.header("What fails", anchor=False)
    st.session_state.lengths_of, st.session_state.lengths_at = place

    def take() -> None:
        choose(ChosenPoint(st.session_state.lengths_of, st.session_state.lengths_at))

    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(
            "Model",
            list(called),
            list(called).index(place.run),
            key="lengths_of",
            format_func=called.__getitem__,
            on_change=take,
            width=320,
        )
        st.selectbox(
            "Length",
            lengths,
            lengths.index(place.length),
            key="lengths_at",
            on_change=take,
            width=120,
            help="A click on a point of the chart chooses it too.",
        )
    point = report.at(place.length)
    assert point is not None
    st.caption(_how_many(point))
    if point.failures:
        failures_table(report, point.failures, live=live)


def _how_many(point: LengthPoint) -> str:
    failing, n = point.sequences - point.right, point.sequences
    if failing == 0:
        return f"None of the {n:,} sequences of {point.length} tokens that were tried."
    shown = len(point.failures)
    which = "" if shown == failing else f"; these are the first {shown}"
    return (
        f"{failing:,} of the {n:,} sequences of {point.length} tokens that were tried{which}. "
        "Wrong tokens are struck out."
    )
