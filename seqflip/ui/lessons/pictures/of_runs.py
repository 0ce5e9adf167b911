"""Curves of several runs."""

import numpy as np
import streamlit as st

from seqflip.study.lengths_report import sentence
from seqflip.ui.charts.figures_lengths import length_curves
from seqflip.ui.charts.live import Series, curves, figure, show_chart
from seqflip.ui.charts.palette import RUNS
from seqflip.ui.labels import percent
from seqflip.ui.lessons.models import Shown, curve_of, race_of, report_of
from seqflip.ui.lessons.pictures.registry import HEIGHT, PICTURES, Picture
from seqflip.ui.lessons.reading import said

_DASHES = ("solid", "dash", "dot", "dashdot")


@PICTURES.register
class Lengths(Picture):
    """Exact match by length, a curve for each run."""

    name, label = "lengths", "exact match by length"
    called = "a picture of kind lengths"

    runs: list[str] = said("a list of one to six runs", min_length=1, max_length=6)
    longest: int = said("a whole number from 2 to 60", ge=2, le=60)

    def show(self, key: str, shown: Shown | None) -> None:
        reports = [report_of(run, self.longest) for run in self.runs]
        dark = st.context.theme.type == "dark"
        drawn = length_curves(reports, longest=self.longest, dark=dark, height=HEIGHT + 100)
        title = "Exact match by length"
        told = f"{title}. {sentence(reports, 'exact_match')}"
        show_chart(key, figure(title, drawn, alt=told, height=HEIGHT + 100, grows=True))


@PICTURES.register
class RaceCurves(Picture):
    """The exact match of the variants of a race, as they learned side by side."""

    name, label = "race", "curves of a race"
    called = "a picture of kind race"

    race: str = said("the name of a race")

    def show(self, key: str, shown: Shown | None) -> None:
        race = race_of(self.race)
        names = list(race.race_config().variants)
        series = [self._series(i, name) for i, name in enumerate(names)]
        ended = ", ".join(f"{one.name} {percent(float(one.y[-1]))}" for one in series)
        chart = curves(
            "Exact match",
            series,
            identity=self.race,
            alt=f"Exact match over training steps; at the end: {ended}.",
            y_title="held-out sequences all right",
            y_range=(0, 1.02),
            height=HEIGHT,
            grows=True,
        )
        show_chart(key, chart)

    def _series(self, i: int, name: str) -> Series:
        steps, exact = curve_of(self.race, name)
        return Series(name, RUNS[i], np.array(steps), np.array(exact), 0, _DASHES[i], width=2.2)
